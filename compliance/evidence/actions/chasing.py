"""Reminding those who review: nothing runs where nothing waits, and nobody is written to more than once a week."""

from datetime import date, datetime, time, timedelta

from django.conf import settings

from compliance.core import evidence as core
from compliance.evidence import messages
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.requirements import queries as requirements
from tenants import clock, schedule

JOB = "evidence.chase"
MORNING = time(8, 15)


def wake_for(evidence: Evidence) -> None:
    """Have somebody look on the morning after the last day on which its review would be in time."""
    schedule.wake(JOB, at=_morning(_target(evidence.sent_at) + timedelta(days=1)))


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
    late = [each for each in waiting if _target(each.sent_at) < today]
    if late:
        messages.tell_reviewers(late, week=_week(today), at=at)
        return _morning(today + timedelta(days=7))
    return _morning(_target(waiting[0].sent_at) + timedelta(days=1))


def _target(sent_at: datetime) -> date:
    return core.target_day(
        clock.today(sent_at), settings.EVIDENCE_REVIEW_DAYS, requirements.working_calendar()
    )


def _morning(on: date) -> datetime:
    return datetime.combine(on, MORNING, tzinfo=clock.zone())


def _week(on: date) -> str:
    year, week, _day = on.isocalendar()
    return f"{year}-{week:02}"
