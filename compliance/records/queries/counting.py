"""What finished a cycle: which course, and why it counts where it is not what was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from compliance.records.models import ComplianceRecord, Revocation
from compliance.records.queries.revocations import IN_FORCE
from lms.ui.dates import day_text

COUNTED = (
    "counted_for",
    "enrollment__course",
    "enrollment__course_version",
    "credit__by",
    "credit__request__asked_by",
)
"""What is read of a record to say what finished it."""

_CHUNK = 500


def answered_text(record: ComplianceRecord) -> str:
    """The course that finished a cycle, by the title it had then, and its version; empty where none here did."""
    if record.enrollment is None:
        return ""
    version = record.enrollment.course_version
    return _("“%(course)s”, version %(number)s") % {"course": version.title, "number": version.number}


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


@dataclass(frozen=True, slots=True)
class FinishedCycle:
    """A finished cycle with its person and requirement, and since when it counts no longer."""

    record: ComplianceRecord
    revoked_on: date | None


def finished_cycles(user_ids: Sequence[int], requirement_id: int | None = None) -> Iterator[FinishedCycle]:
    """Every cycle that these people have finished (of one requirement), in their order; two statements for 500."""
    for first in range(0, len(user_ids), _CHUNK):
        ids = user_ids[first : first + _CHUNK]
        rows = ComplianceRecord.objects.filter(user_id__in=ids, completed_at__isnull=False)
        if requirement_id is not None:
            rows = rows.filter(requirement_id=requirement_id)
        gone = dict(
            Revocation.objects.filter(record__user_id__in=ids, **IN_FORCE).values_list("record_id", "on")
        )
        place = {user_id: number for number, user_id in enumerate(ids)}
        found = rows.select_related("user", "requirement", *COUNTED).order_by(
            "requirement__title", "cycle", "pk"
        )
        for row in sorted(found, key=lambda one: place[one.user_id]):
            yield FinishedCycle(row, gone.get(row.pk))
