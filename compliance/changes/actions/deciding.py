"""What the second person does with a change, and taking it back."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import messages, rules
from compliance.changes.actions import leaving
from compliance.changes.actions.making import carry_out, check_ground
from compliance.changes.actions.noting import note
from compliance.changes.actions.preparing import locked, refresh
from compliance.changes.enums import Deed, State
from compliance.changes.models import Change

if TYPE_CHECKING:
    from lms.people.models import User


def approve(
    *,
    found: Change,
    fingerprint: str,
    remark: str,
    by: "User",
    today: date,
    at: datetime,
    at_once: bool = False,
) -> Change:
    """Agree, and make it; a job does where many people have to be looked at. Never by whoever proposed it.

    Raises rules.DifferenceChanged when it would now do something else than what was seen, and rules.Refused.
    """
    is_same = True
    if not at_once:
        leaving.refuse_if_at_work(found, at=at)
    with transaction.atomic():
        held = _waiting(found, by)
        if not at_once:
            leaving.refuse_if_at_work(held, at=at)
            check_ground(held, at)
            if leaving.leave_if_many(held, Deed.APPROVE, seen=fingerprint, words=remark, by=by, at=at):
                return held
        is_same = refresh(held, fingerprint, today=today, at=at)
        if is_same:
            held.decided_by, held.decided_at, held.decision_note = by, at, remark
            carry_out(held, today=today, at=at)
    if not is_same:
        raise rules.DifferenceChanged(
            _("It would now do something else than what you saw. Nothing was done; look at what differs.")
        )
    return held


@transaction.atomic
def reject(*, found: Change, remark: str, by: "User", at: datetime) -> Change:
    """Say no, and why; nothing changes. Raises rules.Refused."""
    leaving.refuse_if_at_work(found, at=at)
    held = _waiting(found, by)
    leaving.refuse_if_at_work(held, at=at)
    held.state, held.decided_by, held.decided_at, held.decision_note = State.REJECTED, by, at, remark
    held.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    messages.tell_rejected(held, at=at)
    note("changes.rejected", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw(*, found: Change, by: "User", at: datetime) -> Change:
    """Whoever proposed it no longer does; a job that has not begun to make it stops. Raises rules.Refused."""
    leaving.refuse_if_at_work(found, at=at, unless_it_can_stop=True)
    held = locked(found)
    if held.state not in {State.PREPARED, State.WAITING}:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever proposed a change withdraws it."))
    leaving.stop(held, by=by, at=at)
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    note("changes.withdrawn", held, by=by, at=at)
    return held


def _waiting(found: Change, by: "User") -> Change:
    held = locked(found)
    if held.state != State.WAITING:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id == by.pk:
        raise rules.Refused(_("Nobody decides what they proposed themself. Somebody else has to."))
    return held
