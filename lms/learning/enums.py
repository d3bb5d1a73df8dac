"""The words learning stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EnrollmentState(TextChoices):
    """One pass through a course is either going on or done."""

    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
