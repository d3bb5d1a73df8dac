"""What the world holds of systems that are told, and of what they were told."""

import datetime as dt
from typing import Any


def told(record: Any, *, by: Any, at: dt.datetime, canary: str) -> dict[str, str]:
    """A system, a consequence, somebody who lost access twice and regained it once, failed calls, a freeze; ids."""
    from compliance.consequences.models import Consequence, Delivery, Freeze, Receiver, Withdrawal

    receiver = Receiver.objects.create(
        name=f"VPN {canary}", url="https://127.0.0.1:9/duly?key=1", note=canary, created_by=by, created_at=at,
        changed_by=by, changed_at=at,
    )  # fmt: skip
    consequence = Consequence.objects.create(
        requirement=record.requirement, receiver=receiver, days=14, created_by=by, created_at=at
    )
    said: dict[str, Any] = {"receiver": receiver, "user": record.user, "next_try_at": at, "created_at": at}
    calls = [
        Delivery.objects.create(
            kind=kind, body=f'{{"x":"{canary}"}}', state="failed", settled_at=at, last_answer=canary, **said
        )
        for kind in ("access.withdrawn", "access.restored", "access.withdrawn")
    ]
    lost: dict[str, Any] = {
        "consequence": consequence, "user": record.user, "due_on": record.due_on, "withdrawn_on": at.date(),
        "withdrawn_at": at,
    }  # fmt: skip
    Withdrawal.objects.create(
        lost_by=calls[0], restored_at=at, cause="completed", regained_by=calls[1], **lost
    )
    Withdrawal.objects.create(lost_by=calls[2], **lost)
    days = {"starts_on": at.date(), "ends_on": at.date()}
    freeze = Freeze.objects.create(name=f"Finals {canary}", created_by=by, created_at=at, **days)
    return {
        "receiver": str(receiver.public_id),
        "consequence": str(consequence.public_id),
        "delivery": str(calls[2].public_id),
        "freeze": str(freeze.public_id),
    }
