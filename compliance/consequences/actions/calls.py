"""What a call says: the whole truth about one person at one system, so that one that is lost does no harm."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from compliance.consequences.enums import DeliveryKind
from compliance.consequences.models import Delivery, Receiver, Withdrawal


def told(
    any_row: Withdrawal, *, missing: Iterable[Withdrawal], settled: Iterable[Withdrawal], at: datetime
) -> Delivery:
    """The call about the person of `any_row` at its system, unsaved.

    `missing`: what access is withdrawn for now; none: it is restored. `settled`: what it is no longer withdrawn for.
    Nothing of what somebody answered, scored or is excused for leaves.
    """
    user, lacking = any_row.user, list(missing)
    kind = DeliveryKind.WITHDRAWN if lacking else DeliveryKind.RESTORED
    data = {
        "person": {"email": user.email, "employee_id": user.external_id or None},
        "access": "withdrawn" if lacking else "restored",
        "missing": [_requirement(row) | _since(row) for row in lacking],
        "settled": [_requirement(row) | {"because": _told_cause(row)} for row in settled],
    }
    return _call(any_row.consequence.receiver, kind, data, at, user_id=user.pk)


def test(receiver: Receiver, *, at: datetime) -> Delivery:
    """A call about nobody, unsaved."""
    return _call(receiver, DeliveryKind.TEST, {"message": "This is a test. Nobody's access changed."}, at)


def _call(
    receiver: Receiver, kind: DeliveryKind, data: dict[str, Any], at: datetime, user_id: int | None = None
) -> Delivery:
    public_id = uuid.uuid4()
    envelope = {
        "type": str(kind),
        "timestamp": at.astimezone(UTC).isoformat(),
        "id": str(public_id),
        "data": data,
    }
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return Delivery(
        public_id=public_id,
        receiver=receiver,
        user_id=user_id,
        kind=kind,
        body=body,
        next_try_at=at,
        created_at=at,
    )


def _requirement(row: Withdrawal) -> dict[str, str]:
    requirement = row.consequence.requirement
    return {"requirement": str(requirement.public_id), "title": requirement.title}


def _since(row: Withdrawal) -> dict[str, str]:
    return {"due_on": row.due_on.isoformat(), "withdrawn_on": row.withdrawn_on.isoformat()}


def _told_cause(row: Withdrawal) -> str:
    """Completed or not: that somebody is excused or on leave is no other system's business."""
    return "completed" if row.cause == "completed" else "no_longer_due"
