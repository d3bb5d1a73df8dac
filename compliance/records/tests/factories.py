"""Assignments and cycles for tests. Call inside a tenant. Where history matters, use the actions instead."""

import datetime as dt
from typing import Any

from compliance.records import actions
from compliance.records.enums import EventKind, EventReach
from compliance.records.models import Assignment, ComplianceRecord, GraceDecision, TriggeringEvent
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_requirement
from lms.catalog.models import Course, CourseVersion
from lms.learning.enums import EnrollmentState
from lms.learning.models import Enrollment
from lms.people.models import User
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.tests.factories import AT

TODAY = dt.date(2026, 11, 23)


def make_assignment(user: User, **fields: Any) -> Assignment:
    """`user` has a requirement (a new one unless given) since the beginning of November."""
    if "requirement" not in fields:
        fields["requirement"] = make_requirement()
    return Assignment.objects.create(user=user, **({"assigned_on": dt.date(2026, 11, 1)} | fields))


def make_record(assignment: Assignment, **fields: Any) -> ComplianceRecord:
    """An open cycle; the due date defaults to 1 December 2026, grace to none."""
    defaults: dict[str, Any] = {
        "user": assignment.user,
        "requirement": assignment.requirement,
        "cycle": 1,
        "window_opens_on": assignment.assigned_on,
        "due_on": dt.date(2026, 12, 1),
        "created_at": AT,
    }
    values = defaults | fields
    values.setdefault("original_due_on", values["due_on"])
    values.setdefault("grace_ends_on", values["due_on"])
    return ComplianceRecord.objects.create(assignment=assignment, **values)


def make_event(requirement: Requirement, *, by: User, **fields: Any) -> TriggeringEvent:
    """A failed phishing test of 20 November 2026, recorded by `by`; asks nobody for anything yet."""
    defaults: dict[str, Any] = {
        "kind": EventKind.PHISHING,
        "title": "Phishing test of 20 November",
        "happened_on": dt.date(2026, 11, 20),
        "days": 14,
        "reach": EventReach.LISTED,
        "recorded_at": AT,
    }
    return TriggeringEvent.objects.create(requirement=requirement, recorded_by=by, **(defaults | fields))


def make_grace_decision(number: int, from_on: dt.date, *, counts: bool = True) -> GraceDecision:
    """From that day on whoever is in grace counts as compliant, or does not; decided on that day."""
    at = dt.datetime.combine(from_on, dt.time(6), tzinfo=clock.zone())
    by = User.objects.first() or make_user(given_name="Decides")
    return GraceDecision.objects.create(
        number=number, counts=counts, from_on=from_on, reason="agreed", decided_by=by, decided_at=at,
        decided_on=from_on,
    )  # fmt: skip


def finish(record: ComplianceRecord, *, on: dt.date, until: dt.date | None = None) -> ComplianceRecord:
    """Complete an open cycle on that day, valid until that day (None: for good)."""
    record.completed_at = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    record.completed_on = record.valid_from = record.anchored_on = on
    record.valid_until = until
    record.late_days = max(0, (on - record.due_on).days)
    record.save()
    return record


def make_completion(user: User, course: Course, *, at: dt.datetime) -> Enrollment:
    """`user` passed the course at that moment."""
    version = CourseVersion.objects.get(course=course)
    return Enrollment.objects.create(
        user=user,
        course=course,
        course_version=version,
        state=EnrollmentState.COMPLETED,
        started_at=at - dt.timedelta(hours=1),
        completed_at=at,
    )


def noon(on: dt.date) -> dt.datetime:
    """Twelve o'clock of that day in the tenant's zone."""
    return dt.datetime.combine(on, dt.time(12), tzinfo=clock.zone())


def turn(on: dt.date) -> None:
    """The whole turn of that day, at six in the morning."""
    at = dt.datetime.combine(on, dt.time(6), tzinfo=clock.zone())
    actions.daily_turn(at=at, scheduled_for=at)
