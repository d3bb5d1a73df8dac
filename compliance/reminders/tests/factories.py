"""Open cycles for tests of reminders. Call inside a tenant."""

import datetime as dt

from compliance.records.models import ComplianceRecord
from compliance.records.tests.factories import make_assignment, make_record
from compliance.requirements.models import Requirement
from lms.people.models import User

TODAY = dt.date(2026, 11, 23)  # A Monday.
DAY = dt.timedelta(days=1)


def make_open_cycle(
    user: User,
    requirement: Requirement,
    *,
    due_on: dt.date,
    assigned_on: dt.date | None = None,
    window_opens_on: dt.date | None = None,
    cycle: int = 1,
    status: str = "active",
) -> ComplianceRecord:
    """An assignment with one open cycle; assigned 30 days before it is due unless told otherwise."""
    assigned_on = assigned_on or due_on - 30 * DAY
    assignment = make_assignment(
        user, requirement=requirement, status=status, assigned_on=assigned_on, reason=[["kind", "staff"]]
    )
    opens_on = window_opens_on or min(assigned_on, due_on)
    return make_record(assignment, due_on=due_on, window_opens_on=opens_on, cycle=cycle)
