"""Taking a load of past completions back as a whole: what revoking each of its cycles by hand would leave."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.core import derivation
from compliance.records import events, messages_loads, rules
from compliance.records.actions.loading import (
    TakesTwo,
    again,
    never,
    note,
    refuse_for_who_may_not,
    waiting,
)
from compliance.records.actions.patience import in_words
from compliance.records.actions.writing import insert, kept
from compliance.records.enums import CloseReason, LoadState
from compliance.records.models import Assignment, ComplianceRecord, Load, LoadUndo, Revocation
from compliance.records.queries import loads as queries
from compliance.requirements import queries as requirements
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User

_CHUNK = 1000


@in_words()
@transaction.atomic
def take_load_back(
    load: Load,
    *,
    reason: str,
    is_told: bool,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
    takes_two: TakesTwo = never,
    name: UUID | None = None,
) -> LoadUndo:
    """From `today` on nothing of this load counts any more; or, where it takes two, ask a second person first.

    `fingerprint` is that of what was shown (queries.taking_back), `name` names the deed: a second time it changes
    nothing. Raises rules.Refused, and rules.NumbersChanged when it would no longer do the same.
    """
    held = Load.objects.select_for_update(of=("self",)).get(pk=load.pk)
    done = LoadUndo.objects.filter(public_id=name).first() if name else None
    if done is not None:
        return again(done, by, is_same=done.load_id == held.pk)
    if held.undos.filter(state=LoadState.WAITING).exists():
        raise rules.Refused(
            _("Somebody asked for it already, and a second person has to decide. Nothing was changed.")
        )
    seen = _looked(held, fingerprint, today)
    refuse_own(seen, by)
    undo = LoadUndo(
        public_id=name or uuid4(), load=held, reason=reason, is_told=is_told, seen=fingerprint,
        asked_by=by, asked_at=at,
    )  # fmt: skip
    _count(undo, seen)
    # Asked of whom it is about now, under the locks.
    if takes_two(seen.user_ids):
        undo.save()
        messages_loads.tell_deciders(undo, about=seen.user_ids, at=at)
        note("records.history_undo_asked", undo, by=by, at=at)
    else:
        _carry_out(undo, seen, by=by, today=today, at=at)
    return undo


@in_words()
@transaction.atomic
def approve_taking_back(
    undo: LoadUndo, *, fingerprint: str, remark: str, by: "User", today: date, at: datetime
) -> LoadUndo:
    """Agree, and take the load back as whoever decides has seen it. As `take_load_back`."""
    load = Load.objects.select_for_update(of=("self",)).get(pk=undo.load_id)
    held = waiting(undo, by)
    refuse_for_who_may_not(held, by, today=today)
    seen = _looked(load, fingerprint, today)
    refuse_own(seen, by)
    if held.asked_by_id in seen.user_ids:
        raise rules.Refused(
            _("Training of whoever asked is in this load by now. Refuse it; somebody else asks anew.")
        )
    held.seen = fingerprint
    held.decided_by, held.decided_at, held.decision_note = by, at, remark
    _count(held, seen)
    _carry_out(held, seen, by=by, today=today, at=at)
    messages_loads.tell_answered(held, at=at)
    return held


def refuse_own(seen: queries.Back, by: "User") -> None:
    """Nobody revokes their own, nor agrees that it be. Raises rules.Refused."""
    if by.pk in seen.user_ids:
        raise rules.Refused(_("Training of your own is in this load. Somebody else has to take it back."))


def _looked(load: Load, fingerprint: str, today: date) -> queries.Back:
    """What it would do now, if that is what was seen; its requirements and assignments locked until the end."""
    if load.state != LoadState.MADE:
        raise rules.Refused(_("This file was never loaded, so there is nothing to take back."))
    if load.undos.filter(state=LoadState.MADE).exists():
        raise rules.Refused(_("This load was taken back already. Nothing was changed."))
    for requirement_id in queries.requirement_ids(load):
        requirements.locked(requirement_id)
    held = ComplianceRecord.objects.filter(credit__batch=load.public_id).values("assignment")
    list(Assignment.objects.filter(pk__in=held).select_for_update().order_by("pk"))
    seen = queries.taking_back(load, today)
    if seen.fingerprint != fingerprint:
        raise rules.NumbersChanged(
            _("Something has changed since you looked, so nothing was taken back. Look again, then confirm.")
        )
    if seen.resting:
        raise rules.Refused(
            _("“%(title)s” rests at the moment. Turn it on again first; nothing was taken back.")
            % {"title": seen.resting[0]}
        )
    if not seen.rows and not seen.kept_ids:
        raise rules.Refused(_("Everything in it was revoked by hand already. Nothing was changed."))
    return seen


def _count(undo: LoadUndo, seen: queries.Back) -> None:
    undo.people_count, undo.cycle_count = len(seen.user_ids), seen.cycle_count
    undo.opened_count = len(seen.opened)


def _carry_out(undo: LoadUndo, seen: queries.Back, *, by: "User", today: date, at: datetime) -> None:
    """One revocation a cycle, a fresh cycle for whoever owes it again; a fixed number of statements a thousand."""
    undo.state, undo.on, undo.made_at = LoadState.MADE, today, at
    undo.save()
    Revocation.objects.bulk_create(
        [
            Revocation(
                record_id=record_id,
                on=today,
                # What the standing rests on is the newest; the others were behind it already.
                due_on=row.opens.due_on
                if row.opens is not None and record_id == row.record_ids[-1]
                else None,
                undo=undo,
                reason=undo.reason,
                by=undo.asked_by,
                at=at,
            )
            for row in seen.rows
            for record_id in row.record_ids
        ],
        batch_size=_CHUNK,
    )
    _open_instead(seen.opened, today, at)
    if undo.is_told:
        messages_loads.tell_people(undo, seen.opened, at=at)
    events.changed.send(sender=None, at=at)
    # Renewals that follow, and what was done meanwhile.
    schedule.wake(events.REFRESH, at=at)
    note("records.history_undone", undo, by=by, at=at)


def _open_instead(rows: Iterable[queries.Undone], today: date, at: datetime) -> None:
    """Close what these people had open, and open what they owe instead."""
    rested = {row.assignment_id: row for row in rows}
    of = ComplianceRecord.objects.filter(assignment_id__in=list(rested))
    unfinished = of.filter(completed_at__isnull=True, closed_at__isnull=True)
    unfinished.update(closed_at=at, close_reason=CloseReason.REVOKED)
    numbers = of.order_by().values_list("assignment_id").annotate(Max("cycle"))
    insert([_opened(rested[pk], number + 1, today, at) for pk, number in numbers])


def _opened(row: queries.Undone, number: int, today: date, at: datetime) -> ComplianceRecord:
    cycle = row.opens
    if cycle is None:
        raise AssertionError("Nothing opens where the standing rests on something else.")
    return ComplianceRecord(
        assignment_id=row.assignment_id,
        user_id=row.user.pk,
        requirement_id=row.requirement.pk,
        cycle=number,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        original_due_on=cycle.original_due_on,
        grace_ends_on=cycle.grace_ends_on,
        derivation=kept(derivation.revocation(row.done_on, today, cycle.due_on, cycle)),
        created_at=at,
    )
