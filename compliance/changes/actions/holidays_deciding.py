"""Making a change of the list of holidays, whole and once, if it still does what was seen; by two for many people."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import messages_holidays as messages
from compliance.changes import queries, rules
from compliance.changes.actions.gathering import Gathering
from compliance.changes.actions.holidays import check_ground, locked, refresh
from compliance.changes.enums import State
from compliance.changes.models import HolidayChange
from compliance.records import actions as records
from compliance.records.events import REFRESH
from compliance.requirements import actions as requirements
from lms.audit import actions as audit
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User


def make(
    *, found: HolidayChange, fingerprint: str, reason: str, by: "User", today: date, at: datetime
) -> HolidayChange:
    """Make it at once, if so few are affected that one person decides.

    `fingerprint` is that of what was on the screen. Raises rules.DifferenceChanged when it would now do something else
    (that is kept), rules.Refused when it was made or decided meanwhile or needs a second person.
    """
    with transaction.atomic():
        held = _prepared(found, by, at)
        does = refresh(held, fingerprint, today=today, at=at)
        if does is not None:
            if held.needs_second:
                raise rules.Refused(_("So many people are affected that a second person has to agree."))
            held.reason = reason
            carry_out(held, does, at=at)
    return _or_changed(held, does)


def ask(
    *, found: HolidayChange, fingerprint: str, reason: str, by: "User", today: date, at: datetime
) -> HolidayChange:
    """Send it to a second person, who sees the same. Raises as `make`."""
    with transaction.atomic():
        held = _prepared(found, by, at)
        does = refresh(held, fingerprint, today=today, at=at)
        if does is not None:
            held.reason, held.state = reason, State.WAITING
            held.save(update_fields=["reason", "state"])
            messages.tell_approvers(held, at=at)
            note("changes.holidays_asked", held, by=by, at=at)
    return _or_changed(held, does)


def approve(
    *, found: HolidayChange, fingerprint: str, remark: str, by: "User", today: date, at: datetime
) -> HolidayChange:
    """Agree, and make it. Never by whoever proposed it. Raises rules.DifferenceChanged and rules.Refused."""
    with transaction.atomic():
        held = _waiting(found, by)
        check_ground(held, at)
        does = refresh(held, fingerprint, today=today, at=at)
        if does is not None:
            held.decided_by, held.decided_at, held.decision_note = by, at, remark
            carry_out(held, does, at=at)
    return _or_changed(held, does)


@transaction.atomic
def reject(*, found: HolidayChange, remark: str, by: "User", at: datetime) -> HolidayChange:
    """Say no, and why; nothing changes. Raises rules.Refused."""
    held = _waiting(found, by)
    held.state, held.decided_by, held.decided_at, held.decision_note = State.REJECTED, by, at, remark
    held.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    messages.tell_rejected(held, at=at)
    note("changes.holidays_rejected", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw(*, found: HolidayChange, by: "User", at: datetime) -> HolidayChange:
    """Whoever proposed it no longer does. Raises rules.Refused."""
    held = locked(found)
    if held.state not in {State.PREPARED, State.WAITING}:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever proposed a change withdraws it."))
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    note("changes.holidays_withdrawn", held, by=by, at=at)
    return held


def note(action: str, made: HolidayChange, *, by: "User", at: datetime) -> None:
    """One line in the log: which change, how many it concerns, with which digest, why, and who agreed."""
    facts = {
        "change": made.number,
        "affected": made.affected_count,
        "reach": made.reach,
        "fingerprint": made.fingerprint,
        "reason": made.reason,
        "proposed_by": made.proposed_by.display_name,
        "decided_by": made.decided_by.display_name if made.decided_by else "",
        "note": made.decision_note,
        "undoes": made.undoes.number if made.undoes else "",
    }
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=_("Change %(number)s") % {"number": made.number},
        object_id=made.public_id,
        facts={name: value for name, value in facts.items() if value != ""},
    )


def carry_out(held: HolidayChange, does: Gathering, *, at: datetime) -> None:
    """Write the list and move open due dates, in the caller's transaction, under its locks; the turn does the rest."""
    requirements.set_holidays(days=held.days_after, by=held.proposed_by, at=at)
    held.state, held.made_at = State.MADE, at
    held.save()
    ref = records.ChangeRef(held.public_id, records.OF_HOLIDAYS, held.proposed_by, held.reason, at)
    for requirement in queries.observing_now():
        if moves := does.moves.get(requirement.pk):
            records.shift(requirement=requirement, moves=moves, change=ref)
    schedule.wake(REFRESH, at=at)
    messages.tell_made(held, at=at)
    action = "changes.holidays_undone" if held.undoes_id else "changes.holidays_made"
    note(action, held, by=held.decided_by or held.proposed_by, at=at)


def _prepared(found: HolidayChange, by: "User", at: datetime) -> HolidayChange:
    held = locked(found)
    if held.state == State.MADE:
        raise rules.Refused(_("This change has been made already. It was not made twice."))
    if held.state != State.PREPARED:
        raise rules.Refused(_("This change was sent or decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepared a change makes it."))
    check_ground(held, at)
    return held


def _waiting(found: HolidayChange, by: "User") -> HolidayChange:
    held = locked(found)
    if held.state != State.WAITING:
        raise rules.Refused(_("This change was decided meanwhile. Nothing was done."))
    if held.proposed_by_id == by.pk:
        raise rules.Refused(_("Nobody decides what they proposed themself. Somebody else has to."))
    return held


def _or_changed(held: HolidayChange, does: Gathering | None) -> HolidayChange:
    if does is None:
        raise rules.DifferenceChanged(
            _("It would now do something else than what you saw. Nothing was done; look at what differs.")
        )
    return held
