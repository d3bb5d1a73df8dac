"""Agreeing today to a change that takes effect on a coming day: naming the day, and what is written until it comes."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import messages, rules
from compliance.changes.actions import leaving, preparing
from compliance.changes.actions.making import REQUIREMENTS
from compliance.changes.actions.noting import note
from compliance.changes.enums import State
from compliance.changes.models import Change

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def name_day(*, found: Change, on: date | None, by: "User", today: date, at: datetime) -> Change:
    """Say on which of the tenant's days it is to take effect (None, or today: at once), and work it out for that day.

    Whoever prepares it may, and while it waits whoever may agree to it. A job works it out where many are looked at.
    Raises rules.Refused.
    """
    leaving.refuse_if_at_work(found, at=at)
    held = REQUIREMENTS.locked(found)
    leaving.refuse_if_at_work(held, at=at)
    is_own = held.proposed_by_id == by.pk
    if not ((held.state == State.PREPARED and is_own) or (held.state == State.WAITING and not is_own)):
        raise rules.Refused(
            _("The day is named by whoever prepares a change, or by whoever agrees to it. Nothing was done.")
        )
    if why := rules.why_not_on(held, on, today):
        raise rules.Refused(why)
    chosen = None if on == today else on
    # Not worked out: what a job did not finish is begun again by naming the same day.
    if chosen == held.takes_effect_on and held.is_worked_out:
        return held
    held.takes_effect_on = chosen
    # For another day it is another question: nothing in the answer is new.
    held.lines.all().delete()
    preparing.work_out(held, by=by, today=today, at=at)
    note("day_named", held, by=by, at=at)
    return held


def waits_for_its_day(held: Change, today: date) -> bool:
    """Whether agreeing to it does nothing yet."""
    return held.takes_effect_on is not None and held.takes_effect_on > today


def agree(held: Change, *, at: datetime) -> None:
    """Keep that it was agreed, in the caller's transaction and under its locks, until its day comes."""
    held.state, held.agreed_at, held.agreed_count, held.problem = State.AGREED, at, held.affected_count, ""
    held.save()
    messages.tell_agreed(held, at=at)
    note("agreed", held, by=held.decided_by or held.proposed_by, at=at)


def take_back(held: Change, *, by: "User", reason: str, at: datetime) -> None:
    """Withdraw what was agreed before its day, in the caller's transaction and under its locks; both are written to.

    Whoever may change requirements may: nothing has happened yet, and whoever agreed may be gone by then. Raises
    rules.Refused without a reason.
    """
    if not reason.strip():
        raise rules.Refused(_("Say why it is withdrawn: others have agreed on it. Nothing was done."))
    held.state, held.withdrawn_by, held.withdrawal_reason = State.WITHDRAWN, by, reason
    held.save(update_fields=["state", "withdrawn_by", "withdrawal_reason"])
    messages.tell_withdrawn(held, but=by, at=at)
    note("withdrawn", held, by=by, at=at)
