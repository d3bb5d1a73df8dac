"""Lists of evidence: a person's own, and the queue, with how long each has waited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from compliance.core import evidence as core
from compliance.core.terms import Calendar
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.evidence.queries.aim import review_aim
from compliance.requirements import queries as requirements
from lms.access.permissions import Permission
from lms.people import queries as people
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User

_JOINED = ("user", "requirement", "decided_by", "replaces")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the queue. `waited` counts working days; both are None once it is decided."""

    evidence: Evidence
    waited: int | None
    target_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for a review, and how many of them longer than the aim."""

    total: int
    late: int


def mine(user_id: int) -> QuerySet[Evidence]:
    """Everything the person ever sent, newest first."""
    return Evidence.objects.filter(user_id=user_id).select_related(*_JOINED).order_by("-sent_at", "-pk")


def of_person(user_id: int, public_id: UUID) -> Evidence | None:
    """One of the person's own."""
    return mine(user_id).filter(public_id=public_id).first()


def queue(
    *,
    within: people.Reach,
    state: str | None = None,
    requirement: str | None = None,
    decided_by: int | None = None,
    search: str = "",
) -> QuerySet[Evidence]:
    """What people within reach sent: waiting first and oldest first, then what was decided, newest first."""
    rows = Evidence.objects.select_related(*_JOINED)
    if not within.is_everyone:
        rows = rows.filter(user_id__in=within.user_ids)
    if state:
        rows = rows.filter(state=state)
    if requirement:
        rows = rows.filter(requirement__public_id=requirement)
    if decided_by:
        rows = rows.filter(decided_by=decided_by)
    for word in search.split()[:6]:
        mentions = Q(title__icontains=word) | Q(issuer__icontains=word)
        for name in ("given_name", "family_name", "preferred_name", "email", "external_id"):
            mentions |= Q(**{f"user__{name}__icontains": word})
        rows = rows.filter(mentions)
    first = Case(
        When(state=EvidenceState.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return rows.order_by(first, F("decided_at").desc(nulls_last=True), "sent_at", "pk")


def lines(rows: Iterable[Evidence], today: date) -> Iterator[Line]:
    """The rows with how long each has waited and until when it is in time."""
    calendar, aim = requirements.working_calendar(), review_aim()
    return (_line(row, today, calendar, aim) for row in rows)


def for_reviewer(viewer: "User", public_id: UUID) -> Evidence | None:
    """One piece, if its person is within the viewer's reach."""
    found = Evidence.objects.select_related(*_JOINED).filter(public_id=public_id).first()
    if found is None or not people.reach(viewer, Permission.EVIDENCE_VIEW).covers(found.user_id):
        return None
    return found


def waiting_counts(within: people.Reach, today: date) -> Waiting:
    """How many pieces wait and how many are late, of the people within reach."""
    rows = Evidence.objects.filter(state=EvidenceState.WAITING)
    if not within.is_everyone:
        rows = rows.filter(user_id__in=within.user_ids)
    last = _latest_late_day(today)
    late = Q(sent_at__lte=clock.end_of_day(last))
    counted = rows.aggregate(total=Count("pk"), late=Count("pk", filter=late))
    return Waiting(counted["total"], counted["late"])


def _latest_late_day(today: date) -> date:
    """The last day such that what was sent on it is late today."""
    calendar, aim = requirements.working_calendar(), review_aim()
    on = today
    while core.target_day(on, aim, calendar) >= today:
        on = date.fromordinal(on.toordinal() - 1)
    return on


def _line(row: Evidence, today: date, calendar: Calendar, aim: int) -> Line:
    if not row.is_waiting:
        return Line(row, None, None, is_late=False)
    sent_on = clock.today(row.sent_at)
    target_on = core.target_day(sent_on, aim, calendar)
    return Line(row, core.working_days(sent_on, today, calendar), target_on, is_late=today > target_on)
