"""What is done with a change of any kind: worked out anew, made, sent, agreed to, rejected, withdrawn, undone.

It is made whole and once, if it still does what was seen; by two where many are affected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import messages, rules
from compliance.changes.actions import leaving
from compliance.changes.actions.agreeing import agree, take_back, waits_for_its_day
from compliance.changes.actions.holidays import HOLIDAYS
from compliance.changes.actions.making import REQUIREMENTS
from compliance.changes.actions.noting import note
from compliance.changes.actions.ways import Way
from compliance.changes.actions.weighing import check_undo
from compliance.changes.enums import Deed, Reach, State
from compliance.changes.models import Change, HolidayChange, Proposal
from compliance.records.events import REFRESH
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User

C = TypeVar("C", bound=Proposal)


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody decides, on the tenant's day `today`: `seen` is the digest of what was on the screen."""

    seen: str
    words: str
    by: "User"
    today: date
    at: datetime
    at_once: bool


@transaction.atomic
def rework(*, found: C, reach: Reach, by: "User", today: date, at: datetime) -> C:
    """Work it out anew, with another choice of due dates if need be; a job does where many are looked at.

    Raises rules.Refused.
    """
    way, held = _way(found), _free(found, at, at_once=False)
    if held.state != State.PREPARED or held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepares a change works it out anew, before it is sent."))
    way.choose(held, reach, at=at)
    way.work_out(held, by=by, today=today, at=at)
    return held


@transaction.atomic
def prepare_undo(*, undone: C, by: "User", today: date, at: datetime) -> C:
    """A change that takes `undone` back, with what that would do. Raises rules.Refused when it cannot be undone."""
    way = _way(undone)
    way.hold(undone)
    check_undo(undone, at=at)
    taken_back: C = way.taken_back(undone, by=by, today=today, at=at)
    return taken_back


def make(
    *, found: C, fingerprint: str, reason: str, by: "User", today: date, at: datetime, at_once: bool = False
) -> C:
    """Make it, if so few are affected that one person decides; a job does where many people have to be looked at.

    `fingerprint` is that of what was on the screen; `at_once`: here and now, however many. Raises
    rules.DifferenceChanged when it would now do something else (that is kept), rules.Refused when it was made or
    decided meanwhile or needs a second person.
    """
    said = _Said(fingerprint, reason, by, today, at, at_once)

    def alone(held: C, does: Any) -> None:
        held.reason = reason
        _settle(held, does, today=today, at=at)

    return _decide(found, Deed.MAKE, said, alone)


def ask(
    *, found: C, fingerprint: str, reason: str, by: "User", today: date, at: datetime, at_once: bool = False
) -> C:
    """Send it to a second person, who sees the same. As `make`."""
    said = _Said(fingerprint, reason, by, today, at, at_once)

    def send(held: C, _does: Any) -> None:
        held.reason, held.state = reason, State.WAITING
        held.save(update_fields=["reason", "state"])
        messages.tell_approvers(held, at=at)
        note("asked", held, by=by, at=at)

    return _decide(found, Deed.ASK, said, send)


def approve(
    *, found: C, fingerprint: str, remark: str, by: "User", today: date, at: datetime, at_once: bool = False
) -> C:
    """Agree, and make it; a job does where many people have to be looked at. Never by whoever proposed it.

    Raises as `make`.
    """
    said = _Said(fingerprint, remark, by, today, at, at_once)

    def agree(held: C, does: Any) -> None:
        held.decided_by, held.decided_at, held.decision_note = by, at, remark
        _settle(held, does, today=today, at=at)

    return _decide(found, Deed.APPROVE, said, agree)


@transaction.atomic
def reject(*, found: C, remark: str, by: "User", at: datetime) -> C:
    """Say no, and why; nothing changes. Raises rules.Refused."""
    held = _waiting(found, by, at, at_once=False)
    held.state, held.decided_by, held.decided_at, held.decision_note = State.REJECTED, by, at, remark
    held.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    messages.tell_rejected(held, at=at)
    note("rejected", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw(*, found: C, by: "User", at: datetime, reason: str = "") -> C:
    """Whoever proposed it no longer does; a job that has not begun to make it stops.

    What was agreed and waits for its day is withdrawn by anybody who may change requirements, with a reason. Raises
    rules.Refused.
    """
    leaving.refuse_if_at_work(found, at=at, unless_it_can_stop=True)
    held: C = _way(found).locked(found)
    if isinstance(held, Change) and held.state == State.AGREED:
        take_back(held, by=by, reason=reason, at=at)
        return held
    if not held.is_open:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever proposed a change withdraws it."))
    leaving.stop(held, by=by, at=at)
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    note("withdrawn", held, by=by, at=at)
    return held


def carry_out(held: Proposal, does: Any, *, today: date, at: datetime) -> None:
    """Write what the change decides, in the caller's transaction and under its locks; the next turn does the rest."""
    held.state, held.made_at = State.MADE, at
    _way(held).carry_out(held, does, today=today, at=at)
    schedule.wake(REFRESH, at=at)
    messages.tell_made(held, at=at)
    if isinstance(held, Change) and held.agreed_at is not None:
        note("took_effect", held, by=None, at=at)
    else:
        note("undone" if held.undoes_id else "made", held, by=held.decided_by or held.proposed_by, at=at)


def _settle(held: Proposal, does: Any, *, today: date, at: datetime) -> None:
    """Make it now, or keep that it was agreed until its day comes."""
    if isinstance(held, Change):
        if waits_for_its_day(held, today):
            agree(held, at=at)
            return
        # It was agreed only on its day, or after it.
        held.takes_effect_on = None
    carry_out(held, does, today=today, at=at)


def _way(found: Proposal) -> Way[Any, Any]:
    return HOLIDAYS if isinstance(found, HolidayChange) else REQUIREMENTS


def _decide(found: C, deed: Deed, said: _Said, then: Callable[[C, Any], None]) -> C:
    """Do it, or leave it to a job, if it would still do what was seen; `then` gets what it does."""
    way, by, at = _way(found), said.by, said.at
    check = _waiting if deed is Deed.APPROVE else _prepared
    with transaction.atomic():
        held = check(found, by, at, at_once=said.at_once)
        way.check_ground(held, at=at)
        if deed is Deed.MAKE and held.needs_second:
            raise rules.Refused(_("So many people are affected that a second person has to agree."))
        if not said.at_once and leaving.leave_if_many(
            held, deed, seen=said.seen, words=said.words, by=by, at=at
        ):
            return held
        does = way.compared(held, said.seen, today=said.today, at=at)
        if does is not None:
            then(held, does)
    if does is None:
        # Outside of the transaction: what it would do now is kept, so that it can be looked at.
        raise rules.DifferenceChanged(
            _("It would now do something else than what you saw. Nothing was done; look at what differs.")
        )
    return held


def _prepared(found: C, by: "User", at: datetime, *, at_once: bool) -> C:
    held = _free(found, at, at_once=at_once)
    if held.state == State.MADE:
        raise rules.Refused(_("This change has been made already. It was not made twice."))
    if held.state != State.PREPARED:
        raise rules.Refused(_("This change was sent or decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepared a change makes it."))
    if not held.is_worked_out:
        raise rules.Refused(_("What this change does is not worked out yet. Nothing was done."))
    return held


def _waiting(found: C, by: "User", at: datetime, *, at_once: bool) -> C:
    held = _free(found, at, at_once=at_once)
    if held.state != State.WAITING:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id == by.pk:
        raise rules.Refused(_("Nobody decides what they proposed themself. Somebody else has to."))
    return held


def _free(found: C, at: datetime, *, at_once: bool) -> C:
    """The change, locked. Raises rules.UnderWay when a job has it: also before the locks, which that job may hold."""
    if not at_once:
        leaving.refuse_if_at_work(found, at=at)
    held: C = _way(found).locked(found)
    if not at_once:
        leaving.refuse_if_at_work(held, at=at)
    return held
