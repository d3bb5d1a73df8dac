"""What the world holds of certified and revoked training."""

import datetime as dt
from typing import Any


def certified(record: Any, *, by: Any, at: dt.datetime, canary: str) -> dict[str, str]:
    """A credit of the record's person, and a finished cycle that was revoked and counts again; their ids by name."""
    from compliance.records.models import Credit, Reinstatement, Revocation
    from compliance.records.tests.factories import finish, make_assignment, make_record

    credit = Credit.objects.create(
        user=record.user, requirement=record.requirement, on=dt.date(2026, 1, 5), source="manual",
        reason=canary, reference=canary, by=by, at=at,
    )  # fmt: skip
    done = finish(make_record(make_assignment(record.user)), on=at.date())
    revocation = Revocation.objects.create(record=done, on=at.date(), reason=canary, by=by, at=at)
    Reinstatement.objects.create(revocation=revocation, on=at.date(), reason=canary, by=by, at=at)
    return {
        "credit": str(credit.public_id),
        "cycle": str(done.public_id),
        "revocation": str(revocation.public_id),
    }
