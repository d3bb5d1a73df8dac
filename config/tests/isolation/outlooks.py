"""What the roster of the twins, and another list of holidays, were to do to Dee."""

import datetime as dt
from typing import Any


def kept(record: Any, *, roster: str, at: dt.datetime, canary: str) -> None:
    """The outlook of that import, with one line, and a name as it was before."""
    from lms.people.models import RosterChange, RosterImport

    made, said = RosterImport.objects.get(public_id=roster), {"family_name": canary}
    RosterChange.objects.create(
        roster_import=made, user=record.user, fact="person", row_id=record.user_id, before=said, after=said
    )
    _seen(record, at, canary, roster_import=made)


def of_holidays(record: Any, *, by: Any, at: dt.datetime, canary: str) -> str:
    """A change of the holidays that somebody proposed and that waits, with its outlook; the public id of the change."""
    from compliance.changes.models import HolidayChange

    made = HolidayChange.objects.create(
        number=1, state="waiting", before=[], after=[["2027-12-24", canary]], reason=canary, fingerprint="0" * 64,
        affected_count=1, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    _seen(record, at, canary, holidays=made)
    return str(made.public_id)


def _seen(record: Any, at: dt.datetime, canary: str, **of: Any) -> None:
    from compliance.changes.models import Outlook, OutlookLine

    seen = Outlook.objects.create(worked_out_on=at.date(), worked_out_at=at, affected_count=1, **of)
    OutlookLine.objects.create(
        outlook=seen,
        requirement=record.requirement,
        user=record.user,
        name=canary,
        email="dee@example.org",
        effect="move",
        due_from=record.due_on,
    )


def event_job(record: Any, *, by: Any, at: dt.datetime, canary: str) -> str:
    """What an event would ask of whom, worked out by a job; its public id."""
    from lms.jobs.models import Job

    row = {"name": canary, "email": "", "why": "", "is_away": False, "due_on": None, "was_due_on": None}
    seen = {
        "fingerprint": "0" * 64, "asked_count": 0, "left_out_count": 1, "opened_count": 0, "joined_count": 0,
        "away_count": 0, "due_dates": [], "asked": [], "left_out": [row],
    }  # fmt: skip
    params = {
        "deed": "look", "requirement": str(record.requirement.public_id), "draft": {}, "people": 1,
        "form": {"title": canary},
    }  # fmt: skip
    made = Job.objects.create(
        kind="records.event", status="done", params=params, result={"seen": seen}, owner=by, next_try_at=at,
        created_at=at, finished_at=at,
    )  # fmt: skip
    return str(made.public_id)
