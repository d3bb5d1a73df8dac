"""Within how many working days proof should be reviewed here."""

from django.conf import settings

from compliance.evidence.models import ReviewAim

MOST_DAYS = ReviewAim.MOST


def review_aim() -> int:
    """The aim for reviews in working days: the university's own, or that of the installation until it has one."""
    row = ReviewAim.objects.first()
    return row.days if row else settings.EVIDENCE_REVIEW_DAYS


def has_own_aim() -> bool:
    """Whether the university set the aim itself."""
    return ReviewAim.objects.exists()
