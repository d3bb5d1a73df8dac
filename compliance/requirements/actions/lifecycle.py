"""Turning a requirement on, letting it rest, and ending it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from compliance.requirements import events, queries, rules
from compliance.requirements.actions.drafts import write_version
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement, RequirementPause
from lms.audit import actions as audit


@transaction.atomic
def turn_on(
    *,
    requirement: Requirement,
    fingerprint: str | None,
    by: Any,
    at: datetime,
    today: date,
    approved_by: Any = None,
) -> Requirement:
    """Put a draft, or one that rested, in force on `today` (the tenant's day); `approved_by` is a second person.

    `fingerprint` is that of the preview on which `by` decided; None when the caller has compared the whole difference
    already. Raises rules.NumbersChanged when it would now reach other people or other dates, rules.NotAllowedNow when
    it is on already or retired. The people get it from the records' next turn, which is woken here.
    """
    held = _held(requirement)
    rules.check_can_turn_on(held)
    RequirementPause.objects.filter(requirement=held, resumes_on__isnull=True).update(resumes_on=today)
    found = queries.preview(held, today)
    if fingerprint is not None and found.fingerprint != fingerprint:
        raise rules.NumbersChanged
    is_first = held.state == RequirementState.DRAFT
    held.state = RequirementState.ACTIVE
    if is_first:
        # Past 1 when turning it on was undone before: what was said then stays.
        held.turned_on_at, held.turned_on_by, held.number = at, by, held.number + 1
        held.save()
        write_version(held, by=by, at=at, approved_by=approved_by, today=today)
    else:
        held.save(update_fields=["state"])
    counts = {"new": found.new_count, "credited": found.credited_count, "later": found.later_count}
    _announce(
        "requirement.turned_on" if is_first else "requirement.resumed", held, by=by, at=at, facts=counts
    )
    return held


@transaction.atomic
def pause(*, requirement: Requirement, by: Any, at: datetime, today: date) -> Requirement:
    """Let a requirement rest: it counts in no figure, sends nothing, and due dates meanwhile move to after its return.

    Raises rules.NotAllowedNow unless it is on.
    """
    held = _held(requirement)
    rules.check_can_pause(held)
    held.state = RequirementState.PAUSED
    held.save(update_fields=["state"])
    RequirementPause.objects.create(requirement=held, starts_on=today, paused_by=by)
    _announce("requirement.paused", held, by=by, at=at)
    return held


@transaction.atomic
def retire(*, requirement: Requirement, by: Any, at: datetime) -> Requirement:
    """End a requirement for good: open cycles are closed without completion, finished ones stay as evidence.

    Raises rules.NotAllowedNow unless it was turned on and is not retired yet.
    """
    held = _held(requirement)
    rules.check_can_retire(held)
    held.state = RequirementState.RETIRED
    held.save(update_fields=["state"])
    _announce("requirement.retired", held, by=by, at=at)
    return held


@transaction.atomic
def step_back(
    *, requirement: Requirement, state: RequirementState, since: date, by: Any, at: datetime
) -> Requirement:
    """Bring a requirement back to the state it had before `since`, the tenant's day on which it left it.

    A rest that began then has never been; one that ended then goes on. Whose obligations come and go with it is for
    the caller.
    """
    held = _held(requirement)
    if state == RequirementState.DRAFT:
        rules.check_nobody_waits(held, for_good=False)
    if held.state == RequirementState.PAUSED:
        held.pauses.filter(resumes_on__isnull=True).update(resumes_on=F("starts_on"))
    # A rest that was not ended by what is taken back goes on as it was.
    if state == RequirementState.PAUSED and not held.pauses.filter(resumes_on__isnull=True).exists():
        last = held.pauses.filter(resumes_on__gte=since).order_by("-pk").first()
        if last is None:
            RequirementPause.objects.create(requirement=held, starts_on=since, paused_by=by)
        else:
            last.resumes_on = None
            last.save(update_fields=["resumes_on"])
    held.state = state
    if state == RequirementState.DRAFT:
        held.turned_on_at = held.turned_on_by = None
    held.save(update_fields=["state", "turned_on_at", "turned_on_by"])
    _announce("requirement.stepped_back", held, by=by, at=at, facts={"state": state.value})
    return held


def _held(requirement: Requirement) -> Requirement:
    """The row, locked, as it is now."""
    return Requirement.objects.select_for_update().get(pk=requirement.pk)


def _announce(action: str, requirement: Requirement, *, by: Any, at: datetime, facts: Any = None) -> None:
    events.changed.send(sender=None, requirement_id=requirement.pk, at=at)
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=requirement.title,
        object_id=requirement.public_id,
        facts=facts or {},
    )
