"""Why something counts that is not what was asked for."""

from django.utils.translation import gettext as _

from compliance.records.models import ComplianceRecord
from lms.ui.dates import day_text

COUNTED = ("counted_for", "enrollment__course", "credit__by")
"""What is read of a record to say what finished it."""


def counts_text(record: ComplianceRecord) -> str:
    """Why a finished cycle counts although another course was passed than it asked for; empty otherwise."""
    passed, meant = record.enrollment, record.counted_for
    if passed is None or meant is None or passed.course_id == meant.pk or record.completed_on is None:
        return ""
    return _("Counts because “%(passed)s” was passed on %(day)s, which is accepted for “%(meant)s”") % {
        "passed": passed.course.title,
        "day": day_text(record.completed_on),
        "meant": meant.title,
    }
