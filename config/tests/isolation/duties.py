"""What the world holds of the duties of the program."""

import datetime as dt
from typing import Any


def kept(owner: Any, *, by: Any, at: dt.datetime, canary: str) -> dict[str, str]:
    """A duty of the owner, and a draft; a round that was taken back, and the one in its place. Their ids by name."""
    from compliance.program.models import Duty, DutyRound, RoundCorrection

    cited = {
        "regime": f"Law {canary}", "control": "12.6.2", "asks": canary, "pack": "pci-dss-4", "pack_version": 1,
    }  # fmt: skip
    said: dict[str, Any] = {"task": canary, "owner": owner, "deputy": by, "created_by": by, "created_at": at}
    first = at.date() + dt.timedelta(days=7)
    duty = Duty.objects.create(
        title=f"Review {canary}", state="active", authorities=[cited], first_due_on=first, repeats_months=12,
        turned_on_at=at, **said,
    )  # fmt: skip
    draft = Duty.objects.create(title=f"Draft {canary}", **said)
    done = DutyRound.objects.create(
        duty=duty, number=1, due_on=first, opened_on=at.date(), outcome="done", done_on=at.date(), late_days=0,
        statement=canary, evidence_note=canary, closed_by=owner, closed_at=at,
    )  # fmt: skip
    RoundCorrection.objects.create(round=done, reopens=True, reason=canary, made_by=by, made_at=at)
    again = DutyRound.objects.create(duty=duty, number=2, due_on=first, opened_on=at.date(), replaces=done)
    return {
        "duty": str(duty.public_id),
        "duty_draft": str(draft.public_id),
        "round": str(again.public_id),
        "round_done": str(done.public_id),
    }
