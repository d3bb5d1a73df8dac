"""What the tables' own triggers keep, asked of all rows at once: for a tenant that comes back from an archive."""

from django.utils.translation import gettext as _

from lms.learning.enums import EnrollmentState
from lms.learning.models import Certificate, Enrollment


def faults() -> list[str]:
    """What does not hold together, in sentences; none when all is well."""
    unearned = Certificate.objects.exclude(enrollment__state=EnrollmentState.COMPLETED).count()
    completed = Enrollment.objects.filter(state=EnrollmentState.COMPLETED, attestation=None)
    unsigned = completed.exclude(course_version__statement="").count()
    found = []
    if unearned:
        found.append(_("%(count)d certificates have no completed enrollment.") % {"count": unearned})
    if unsigned:
        found.append(
            _("%(count)d courses were completed without the statement they end with.") % {"count": unsigned}
        )
    return found
