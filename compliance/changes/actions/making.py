"""Making a change, whole and once, if it still does what was seen."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import messages, queries, rules
from compliance.changes.actions import leaving
from compliance.changes.actions.noting import note
from compliance.changes.actions.preparing import locked, refresh
from compliance.changes.enums import Deed, Effect, Kind, State
from compliance.changes.models import Change
from compliance.core.change import Due
from compliance.records import actions as records
from compliance.records.events import REFRESH
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries
from tenants import clock, schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


def make(
    *,
    found: Change,
    fingerprint: str,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    at_once: bool = False,
) -> Change:
    """Make it, if so few are affected that one person decides; a job does where many people have to be looked at.

    `fingerprint` is that of the difference on the screen; `at_once`: here and now, however many. Raises
    rules.DifferenceChanged when it would now do something else (the new difference is kept), rules.Refused when it was
    made or decided meanwhile or needs a second person.
    """
    is_same = True
    with transaction.atomic():
        held = _prepared(found, by, at, at_once=at_once)
        if held.needs_second:
            raise rules.Refused(_("So many people are affected that a second person has to agree."))
        if not at_once and leaving.leave_if_many(
            held, Deed.MAKE, seen=fingerprint, words=reason, by=by, at=at
        ):
            return held
        is_same = refresh(held, fingerprint, today=today, at=at)
        if is_same:
            held.reason = reason
            carry_out(held, today=today, at=at)
    if not is_same:
        raise _changed()
    return held


def ask(
    *,
    found: Change,
    fingerprint: str,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    at_once: bool = False,
) -> Change:
    """Send it to a second person, who sees the same difference. As `make`."""
    is_same = True
    with transaction.atomic():
        held = _prepared(found, by, at, at_once=at_once)
        if not at_once and leaving.leave_if_many(
            held, Deed.ASK, seen=fingerprint, words=reason, by=by, at=at
        ):
            return held
        is_same = refresh(held, fingerprint, today=today, at=at)
        if is_same:
            held.reason, held.state = reason, State.WAITING
            held.save(update_fields=["reason", "state"])
            messages.tell_approvers(held, at=at)
            note("changes.asked", held, by=by, at=at)
    if not is_same:
        raise _changed()
    return held


def carry_out(held: Change, *, today: date, at: datetime) -> None:
    """Write what the change decides, in the caller's transaction and under its locks; the next turn does the rest."""
    check_ground(held, at)
    held.state, held.made_at = State.MADE, at
    by = held.proposed_by
    if held.kind == Kind.EDIT:
        # What takes long comes before the first line of the log: from then on every other line of the site waits.
        _move(held, requirement_queries.proposed(held.requirement, held.content))
    try:
        requirement = _write(held, today=today, at=at)
    except requirements.NotAllowedNow as refusal:
        raise rules.Refused(str(refusal)) from refusal
    held.version_number = requirement.number
    held.save()
    if held.kind == Kind.UNDO:
        # Which stretches it rested is part of what is taken back, and of the dates.
        held.requirement.refresh_from_db()
        _move(held, held.requirement)
    schedule.wake(REFRESH, at=at)
    messages.tell_made(held, at=at)
    note(
        "changes.undone" if held.kind == Kind.UNDO else "changes.made", held, by=held.decided_by or by, at=at
    )


def _write(held: Change, *, today: date, at: datetime) -> "Requirement":
    """What the requirement is from now on. Raises requirements.NotAllowedNow."""
    requirement, by = held.requirement, held.proposed_by
    match held.kind:
        case Kind.TURN_ON | Kind.RESUME:
            requirement = requirements.turn_on(
                requirement=requirement, fingerprint=None, by=by, at=at, today=today
            )
        case Kind.PAUSE:
            requirement = requirements.pause(requirement=requirement, by=by, at=at, today=today)
        case Kind.RETIRE:
            requirement = requirements.retire(requirement=requirement, by=by, at=at)
        case Kind.EDIT:
            definition = requirements.Definition.from_content(held.content)
            requirement = requirements.revise(requirement=requirement, definition=definition, by=by, at=at)
        case Kind.UNDO:
            _take_back(held, today=today, at=at)
            requirement.refresh_from_db()
    return requirement


def _take_back(held: Change, *, today: date, at: datetime) -> None:
    """Bring back what was said and the state there was; who got it only by the undone change loses it."""
    undone, requirement = held.undoes, held.requirement
    if undone is None or undone.made_at is None:
        raise AssertionError("An undo without what it undoes.")
    state = queries.state_after(held)
    if undone.kind == Kind.EDIT:
        definition = requirements.Definition.from_content(held.content)
        requirements.revise(requirement=requirement, definition=definition, by=held.proposed_by, at=at)
    elif state != requirement.state:
        since = clock.today(undone.made_at)
        requirements.step_back(requirement=requirement, state=state, since=since, by=held.proposed_by, at=at)
    lines = queries.lines_of(held).order_by("pk")
    ref = _ref(held, at)
    records.take_back(
        requirement=requirement,
        user_ids=list(lines.filter(effect=Effect.DROP).values_list("user_id", flat=True)),
        change=ref,
        today=today,
    )
    statuses = lines.filter(effect=Effect.RESTORE).values_list("user_id", "assignment_id")
    had = dict(undone.lines.filter(effect=Effect.DROP).values_list("user_id", "assignment_status"))
    records.give_back(
        requirement=requirement,
        statuses={assignment: had[user] for user, assignment in statuses if assignment and had.get(user)},
        since=undone.made_at,
    )
    closing = lines.filter(effect=Effect.CLOSE).values_list("record_id", flat=True)
    records.close_opened(record_ids=[pk for pk in closing if pk], at=at)


def _move(held: Change, after: "Requirement") -> None:
    """Move the open due dates whose ground moves, by the terms of `after`.

    Those that only an absence moves follow in the turn.
    """
    if held.made_at is None:
        return
    rows = queries.lines_of(held).filter(effect__in=(Effect.MOVE, Effect.RESUME), record_id__isnull=False)
    moves = {}
    for row in rows.order_by("pk"):
        if row.record_id is None or row.shifted_from is None or row.shifted_to is None:
            continue
        old = Due(row.shifted_from, row.shifted_from, row.grace_from)
        new = Due(row.shifted_to, row.shifted_to, row.grace_to)
        if old != new:
            moves[row.record_id] = old, new
    if moves:
        records.shift(requirement=after, moves=moves, change=_ref(held, held.made_at))


def _ref(held: Change, at: datetime) -> records.ChangeRef:
    return records.ChangeRef(held.public_id, held.number, held.proposed_by, held.reason, at)


def _prepared(found: Change, by: "User", at: datetime, *, at_once: bool) -> Change:
    if not at_once:
        leaving.refuse_if_at_work(found, at=at)
    held = locked(found)
    if held.state == State.MADE:
        raise rules.Refused(_("This change has been made already. It was not made twice."))
    if held.state != State.PREPARED:
        raise rules.Refused(_("This change was sent or decided meanwhile. Nothing was done."))
    if held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepared a change makes it."))
    if not at_once:
        leaving.refuse_if_at_work(held, at=at)
    if not held.is_worked_out:
        raise rules.Refused(_("What this change does is not worked out yet. Nothing was done."))
    check_ground(held, at)
    return held


def check_ground(held: Change, at: datetime) -> None:
    """Raises rules.Refused when the requirement is not what it was when the change was prepared."""
    requirement, before = held.requirement, held.before
    # A draft may be rewritten without a new number.
    is_other = (requirement.state, requirement.number) != (before["state"], before["number"]) or (
        requirement_queries.differs(before["content"], requirement_queries.content_of(requirement))
    )
    if is_other:
        raise rules.Refused(
            _("The requirement was changed meanwhile. Prepare the change again, from what it says now.")
        )
    if gone := queries.put_away_meanwhile(held):
        raise rules.Refused(
            _(
                "It asks for what was archived or retired meanwhile: %(names)s. Bring that back, or change the rule."
            )
            % {"names": ", ".join(gone)}
        )
    if held.undoes is not None:
        why = rules.why_not_undone(held.undoes, at, queries.latest_made(requirement.pk))
        if why:
            raise rules.Refused(why)


def _changed() -> rules.DifferenceChanged:
    return rules.DifferenceChanged(
        _("It would now do something else than what you saw. Nothing was done; look at what differs.")
    )
