"""What the world holds of certified and revoked training."""

import datetime as dt
import uuid
from typing import Any

# The number of the certificate that the credit gives.
CODE = "0123456789ABCDEFGHJKMNPQRS"


def certified(record: Any, *, by: Any, at: dt.datetime, canary: str) -> dict[str, str]:
    """A credit of the record's person, and a finished cycle that was revoked and counts again; Cal had
    asked for each. Their ids by name."""
    from compliance.records.models import (
        CertificationRequest,
        Credit,
        Reinstatement,
        ReinstatementRequest,
        Revocation,
        RevocationRequest,
    )
    from compliance.records.tests.factories import finish, make_assignment, make_record
    from lms.people.tests.factories import make_user

    credit = Credit.objects.create(
        user=record.user, requirement=record.requirement, on=dt.date(2026, 1, 5), source="manual",
        reason=canary, reference=canary, by=by, at=at, code=CODE, holder_name=canary,
    )  # fmt: skip
    done = finish(make_record(make_assignment(record.user)), on=at.date())
    revocation = Revocation.objects.create(record=done, on=at.date(), reason=canary, by=by, at=at)
    again = Reinstatement.objects.create(revocation=revocation, on=at.date(), reason=canary, by=by, at=at)
    asker = make_user(given_name="Cal", family_name=canary, email="cal@example.org")
    asked: dict[str, Any] = {
        "user": record.user, "requirement": record.requirement, "reason": canary, "evidence_note": canary,
        "asked_by": asker, "asked_at": at, "state": "approved", "decided_by": by, "decided_at": at,
        "decision_note": canary,
    }  # fmt: skip
    certification = CertificationRequest.objects.create(
        on=credit.on, source="manual", outcome=credit, batch=uuid.UUID(int=1), **asked
    )
    revoke = RevocationRequest.objects.create(record=done, due_on=at.date(), outcome=revocation, **asked)
    restore = ReinstatementRequest.objects.create(revocation=revocation, outcome=again, **asked)
    return {
        "credit": str(credit.public_id),
        "credit_code": credit.code,
        "cycle": str(done.public_id),
        "revocation": str(revocation.public_id),
        "certification": str(certification.public_id),
        "revocation_request": str(revoke.public_id),
        "reinstatement_request": str(restore.public_id),
    } | _loaded(record, by=by, at=at, canary=canary)


def _loaded(record: Any, *, by: Any, at: dt.datetime, canary: str) -> dict[str, str]:
    """A load of one line, and that somebody wants to take it back; their ids by name."""
    from compliance.records.models import Credit, GraceDecision, Load, LoadUndo

    load = Load.objects.create(
        state="made", reason=canary, seen="0" * 64, people_count=1, cycle_count=0, line_count=1, file_name=canary,
        asked_by=by, asked_at=at, made_at=at,
    )  # fmt: skip
    Credit.objects.create(
        user=record.user, requirement=record.requirement, on=dt.date(2026, 1, 6), source="history", reason=canary,
        reference=canary, batch=load.public_id, by=by, at=at,
    )  # fmt: skip
    undo = LoadUndo.objects.create(
        load=load, reason=canary, seen="0" * 64, people_count=1, cycle_count=0, opened_count=0, is_told=True,
        asked_by=by, asked_at=at,
    )  # fmt: skip
    GraceDecision.objects.create(
        number=1,
        counts=True,
        from_on=at.date(),
        reason=canary,
        decided_by=by,
        decided_at=at,
        decided_on=at.date(),
    )
    return {"load": str(load.public_id), "load_undo": str(undo.public_id)}
