"""Events after which training is asked for again: recorded once seen, and ended when that was a mistake."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.core import dates, derivation, triggers
from compliance.core.triggers import Outcome
from compliance.records import events, messages, rules
from compliance.records.actions.changing import wait_again
from compliance.records.actions.completing import record_completions
from compliance.records.actions.cycles import open_due_cycles
from compliance.records.actions.patience import in_words
from compliance.records.actions.returning import return_from_excuses
from compliance.records.actions.taking_in import take_in_credits
from compliance.records.actions.writing import kept
from compliance.records.enums import AssignmentStatus, CloseReason, EventOutcome
from compliance.records.models import Assignment, ComplianceRecord, Concern, TriggeringEvent
from compliance.records.queries import requests
from compliance.records.queries import triggers as queries
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.audit import actions as audit
from lms.people import queries as people
from tenants import schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

CHUNK = 500


@in_words()
def record_event(
    requirement: "Requirement",
    draft: queries.Draft,
    *,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
) -> TriggeringEvent:
    """Ask for the training again, of exactly the people and by the dates that were shown; all of them or none.

    `fingerprint` is that of the preview. Raises rules.NumbersChanged when it would no longer be the same, and
    rules.Refused when the event cannot be recorded or asks nobody for anything.
    """
    if found := triggers.fault(draft.occasion(today)):
        raise rules.Refused(rules.event_fault_text(found))
    # What a turn would find now is found first, and stays found although the numbers have changed by it.
    take_in_credits(at=at, until=at)
    record_completions(at=at)
    return_from_excuses(today=today, at=at)
    open_due_cycles(today=today, at=at)
    return _record(requirement, draft, fingerprint=fingerprint, by=by, today=today, at=at)


@transaction.atomic
def _record(
    requirement: "Requirement",
    draft: queries.Draft,
    *,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
) -> TriggeringEvent:
    # The lock keeps turns from opening cycles; one that is finished meanwhile is noticed where it is joined.
    locked = requirements.locked(requirement.pk)
    if locked.state != RequirementState.ACTIVE:
        raise rules.Refused(_("This requirement is not in force, so there is nothing to ask for."))
    seen = queries.preview(locked, draft, today)
    if seen.fingerprint != fingerprint:
        raise _changed()
    if not seen.asked:
        raise rules.Refused(_("This asks nobody for anything, so there is nothing to record."))
    event = TriggeringEvent.objects.create(
        requirement=locked, kind=draft.kind, title=draft.title, account=draft.account, days=draft.days,
        happened_on=draft.happened_on, reach=draft.reach, recorded_by=by, recorded_at=at,
        department_id=people.department_id(draft.department_code) if draft.department_code else None,
    )  # fmt: skip
    records = _join(event, seen) | _open(event, seen, at)
    concerned = Concern.objects.bulk_create(
        [_concern(event, one, records) for one in seen.people], batch_size=CHUNK
    )
    messages.tell_asked_again(event, [one for one in seen.asked if not one.is_away], at=at)
    _announce("records.event_recorded", event, by=by, at=at, people=len(seen.asked), concerned=len(concerned))
    return event


def _changed() -> rules.NumbersChanged:
    return rules.NumbersChanged(
        _("Something has changed since you looked, so nothing was recorded. Look again, then confirm.")
    )


def _concern(event: TriggeringEvent, one: queries.Meant, records: dict[int, int]) -> Concern:
    asked = one.asked
    return Concern(
        event=event,
        user_id=asked.person_id,
        outcome=EventOutcome(asked.outcome.value),
        record_id=records.get(asked.person_id),
        presses_to=asked.presses_to,
        was_due_on=asked.was_due_on,
        done_on=asked.done_on,
    )


def _open(event: TriggeringEvent, seen: queries.Preview, at: datetime) -> dict[int, int]:
    """Open the cycles of this event; answers them by person."""
    opening = [one.asked for one in seen.people if one.asked.outcome is Outcome.OPENED]
    fresh = {asked.person_id: asked.dates for asked in opening}
    because = {
        asked.person_id: (("opened", derivation.Opened.EVENT.value), *event.trigger.facts, *asked.because)
        for asked in opening
    }
    held = Assignment.objects.filter(
        requirement_id=event.requirement_id, user_id__in=list(fresh), withdrawn_on__isnull=True
    ).annotate(last_cycle=Max("records__cycle"))
    rows = []
    for assignment in held:
        made = fresh[assignment.user_id]
        if made is None:
            raise AssertionError("What is asked without dates is a mistake in the engine.")
        rows.append(
            ComplianceRecord(
                assignment=assignment,
                user_id=assignment.user_id,
                requirement_id=event.requirement_id,
                cycle=(assignment.last_cycle or 0) + 1,
                window_opens_on=made.window_opens_on,
                due_on=made.due_on,
                original_due_on=made.original_due_on,
                grace_ends_on=made.grace_ends_on,
                event=event,
                derivation=kept(because[assignment.user_id]),
                created_at=at,
            )
        )
    # Who waited for a due date has one now, by the event.
    waiting = held.filter(status=AssignmentStatus.WAITING)
    Assignment.objects.filter(pk__in=waiting.values("pk")).update(status=AssignmentStatus.ACTIVE)
    return {row.user_id: row.pk for row in ComplianceRecord.objects.bulk_create(rows, batch_size=CHUNK)}


def _join(event: TriggeringEvent, seen: queries.Preview) -> dict[int, int]:
    """Let open cycles carry it; answers them by person. One that another event asks for earlier keeps that one."""
    joining = {
        one.record_id: one.asked
        for one in seen.people
        if one.asked.outcome is Outcome.JOINED and one.record_id is not None
    }
    rows = list(
        ComplianceRecord.objects.filter(
            pk__in=list(joining), completed_at__isnull=True, closed_at__isnull=True
        )
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if len(rows) != len(joining):
        raise _changed()
    for row in rows:
        made = joining[row.pk].dates
        if made is None:
            raise AssertionError("What is asked without dates is a mistake in the engine.")
        if row.event_id is None or made.due_on < row.due_on:
            row.event = event
        row.due_on, row.grace_ends_on = made.due_on, made.grace_ends_on
    ComplianceRecord.objects.bulk_update(rows, ["due_on", "grace_ends_on", "event"], batch_size=CHUNK)
    return {row.user_id: row.pk for row in rows}


@in_words()
@transaction.atomic
def end_event(event: TriggeringEvent, *, reason: str, by: "User", today: date, at: datetime) -> int:
    """It was recorded by mistake: its open cycles end, and open ones that only carried it get their date back.

    What was finished meanwhile stays as it is. Answers how many people are no longer asked. Raises rules.Refused.
    """
    requirements.locked(event.requirement_id)
    found = TriggeringEvent.objects.select_for_update().get(pk=event.pk)
    if found.ended_at is not None:
        raise rules.Refused(_("This event was ended before. Nothing was changed."))
    found.ended_by, found.ended_at, found.end_reason = by, at, reason
    found.save(update_fields=["ended_by", "ended_at", "end_reason"])
    rows = list(
        ComplianceRecord.objects.filter(event=found, completed_at__isnull=True, closed_at__isnull=True)
        .select_for_update(of=("self",))
        .select_related("user")
        .order_by("pk")
    )
    opened = set(
        Concern.objects.filter(event=found, outcome=EventOutcome.OPENED).values_list("user_id", flat=True)
    )
    others = _other_events(found, rows)
    for row in rows:
        row.event_id = others.get(row.user_id)
        if row.event_id is None and row.user_id in opened:
            row.closed_at, row.close_reason = at, CloseReason.MISTAKE
    _give_dates_back([row for row in rows if row.closed_at is None])
    # A closed cycle says for ever what it was asked for because of.
    for row in rows:
        if row.closed_at is not None:
            row.event = found
    ComplianceRecord.objects.bulk_update(
        rows, ["due_on", "grace_ends_on", "event", "closed_at", "close_reason"], batch_size=CHUNK
    )
    # Who waited for what their due date is counted from until the event asked.
    wait_again([row.assignment_id for row in rows if row.closed_at is not None])
    released = [row.user for row in rows if row.closed_at is not None or row.event_id is None]
    messages.tell_event_ended(found, released, at=at)
    # The renewal that would have opened meanwhile opens now.
    open_due_cycles(today=today, at=at)
    _announce("records.event_ended", found, by=by, at=at, people=len(released), reason=reason)
    return len(released)


def _other_events(ended: TriggeringEvent, rows: list[ComplianceRecord]) -> dict[int, int]:
    """By person: the event still in force that these cycles carry as well; of several the one that asks first."""
    found = Concern.objects.filter(
        user_id__in=[row.user_id for row in rows],
        record_id__in=[row.pk for row in rows],
        event__ended_at__isnull=True,
    ).exclude(event=ended)
    ordered = found.order_by("-presses_to", "-event_id").values_list("user_id", "event_id")
    return dict(ordered)


def _give_dates_back(rows: list[ComplianceRecord]) -> None:
    """When these cycles are due without the event that was ended; grace follows."""
    if not rows:
        return
    requirement = requirements.locked(rows[0].requirement_id)
    found = {one.id: one for one in requirements.people_of(requirement, [row.user_id for row in rows])}
    bases, terms = requests.base_due_dates(rows), requirement.terms
    for row in rows:
        due_on = max(
            dates.after_absences(terms, bases[row.pk], found[row.user_id].absences), row.window_opens_on
        )
        row.grace_ends_on += due_on - row.due_on
        row.due_on = due_on


def _announce(action: str, event: TriggeringEvent, *, by: "User", at: datetime, **facts: object) -> None:
    events.changed.send(sender=None, at=at)
    schedule.wake(events.REFRESH, at=at)
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=event.title,
        object_id=event.public_id,
        facts={
            "requirement": event.requirement.title,
            "kind": event.kind,
            "happened_on": event.happened_on.isoformat(),
            "days": event.days,
            **facts,
        },
    )
