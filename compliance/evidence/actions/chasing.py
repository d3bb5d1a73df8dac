"""Reminding those who review: nothing runs where nothing waits, and nobody is written to more than once a week."""

from datetime import date, datetime, time, timedelta

from compliance.evidence import messages, queries
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from tenants import clock, schedule

JOB = "evidence.chase"
MORNING = time(8, 15)


def wake_for(evidence: Evidence) -> None:
    """Have somebody look on the morning after the last day on which its review would be in time."""
    schedule.wake(JOB, at=_morning(queries.target_of(evidence) + timedelta(days=1)))


def wake_anew(*, at: datetime) -> None:
    """Have somebody look on the first morning from `at` on that finds something late: the aim has changed."""
    first = Evidence.objects.filter(state=EvidenceState.WAITING).order_by("sent_at", "pk").first()
    if first is not None:
        morning = _morning(queries.target_of(first) + timedelta(days=1))
        schedule.wake(JOB, at=morning if morning > at else _morning(clock.today(at) + timedelta(days=1)))


def chase(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Write to everyone who could review what waits too long; answers when to look again, None when nothing waits.

    The key of the letter names the week, so that any number of turns in it writes once.
    """
    waiting = list(
        Evidence.objects.filter(state=EvidenceState.WAITING).select_related("user").order_by("sent_at", "pk")
    )
    if not waiting:
        return None
    today = clock.today(at)
    lines = queries.lines(waiting, today)
    late = [line.evidence for line in lines if line.is_late]
    if late:
        messages.tell_reviewers(late, week=_week(today), at=at)
        return _morning(today + timedelta(days=7))
    return _morning(queries.target_of(waiting[0]) + timedelta(days=1))


def _morning(on: date) -> datetime:
    return datetime.combine(on, MORNING, tzinfo=clock.zone())


def _week(on: date) -> str:
    year, week, _day = on.isocalendar()
    return f"{year}-{week:02}"
