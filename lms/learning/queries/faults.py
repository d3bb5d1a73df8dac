"""What the tables' own triggers keep, asked of all rows at once: for a tenant that comes back from an archive."""

from django.utils.translation import gettext as _

from lms.learning.enums import EnrollmentState
from lms.learning.models import Certificate


def faults() -> list[str]:
    """What does not hold together, in sentences; none when all is well."""
    unearned = Certificate.objects.exclude(enrollment__state=EnrollmentState.COMPLETED).count()
    return (
        [_("%(count)d certificates have no completed enrollment.") % {"count": unearned}] if unearned else []
    )
