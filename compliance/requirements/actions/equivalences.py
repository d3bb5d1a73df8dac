"""Saying that one course counts for another: one person proposes it, another decides."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.requirements import events, queries, rules
from compliance.requirements.enums import EquivalenceState
from compliance.requirements.models import Equivalence
from lms.audit import actions as audit
from lms.catalog import queries as catalog


@transaction.atomic
def propose_equivalence(
    *,
    course_id: int,
    counts_for_id: int,
    since: date | None,
    until: date | None,
    reason: str,
    by: Any,
    at: datetime,
) -> Equivalence:
    """Propose it; nothing counts yet. Days are those of the pass, both included. Raises rules.NotAllowedNow."""
    if course_id == counts_for_id:
        raise rules.NotAllowedNow(_("These are the same course: it counts for itself."))
    if since is not None and until is not None and until < since:
        raise rules.NotAllowedNow(_("The last day is before the first."))
    if not reason.strip():
        raise rules.NotAllowedNow(_("Say why it counts."))
    alive = Equivalence.objects.filter(
        course_id=course_id,
        counts_for_id=counts_for_id,
        state__in=(EquivalenceState.WAITING, EquivalenceState.APPROVED),
        ended_on__isnull=True,
    )
    taken = rules.NotAllowedNow(
        _("This is in force or waits for a decision already. End or withdraw that one first.")
    )
    if alive.exists():
        raise taken
    try:
        with transaction.atomic():
            made = Equivalence.objects.create(
                course_id=course_id, counts_for_id=counts_for_id, since=since, until=until,
                reason=reason.strip(), asked_by=by, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:  # proposed twice at the same moment
        raise taken from error
    _note("requirement.equivalence_proposed", made, by=by, at=at)
    return made


@transaction.atomic
def approve_equivalence(
    equivalence: Equivalence, *, fingerprint: str, note: str, by: Any, at: datetime
) -> Equivalence:
    """Let it count, from now on and backwards: whoever is done by it is credited by the turn that this wakes.

    `fingerprint` is that of the people who were shown. Raises rules.NumbersChanged when it would credit others now,
    rules.NotAllowedNow when it was decided already or `by` proposed it. Finished cycles stay as they are.
    """
    held = _waiting(equivalence)
    if held.asked_by_id == by.pk:
        raise rules.NotAllowedNow(_("Somebody else has to decide what you proposed."))
    found = queries.settled_by_equivalence(held)
    if found.fingerprint != fingerprint:
        raise rules.NumbersChanged
    _decide(held, EquivalenceState.APPROVED, note, by, at)
    _note("requirement.equivalence_approved", held, by=by, at=at, facts={"credited": found.count})
    _announce(held, at)
    return held


@transaction.atomic
def refuse_equivalence(equivalence: Equivalence, *, note: str, by: Any, at: datetime) -> Equivalence:
    """Say no, with a reason. Raises rules.NotAllowedNow."""
    held = _waiting(equivalence)
    if held.asked_by_id == by.pk:
        raise rules.NotAllowedNow(_("Somebody else has to decide what you proposed."))
    _decide(held, EquivalenceState.REFUSED, note, by, at)
    _note("requirement.equivalence_refused", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw_equivalence(equivalence: Equivalence, *, by: Any, at: datetime) -> Equivalence:
    """Take back one's own proposal. Raises rules.NotAllowedNow."""
    held = _waiting(equivalence)
    if held.asked_by_id != by.pk:
        raise rules.NotAllowedNow(_("Only whoever proposed it can withdraw it."))
    _decide(held, EquivalenceState.WITHDRAWN, "", by, at)
    _note("requirement.equivalence_withdrawn", held, by=by, at=at)
    return held


@transaction.atomic
def end_equivalence(
    equivalence: Equivalence, *, reason: str, by: Any, today: date, at: datetime
) -> Equivalence:
    """Let passes from today (tenant's day) on no longer count; earlier ones, and what was credited, still do.

    Raises rules.NotAllowedNow unless it is in force.
    """
    held = Equivalence.objects.select_for_update().get(pk=equivalence.pk)
    if held.state != EquivalenceState.APPROVED or held.ended_on is not None:
        raise rules.NotAllowedNow(_("Only an equivalence in force can be ended."))
    held.ended_on, held.ended_by, held.ended_at, held.end_reason = today, by, at, reason
    held.save(update_fields=["ended_on", "ended_by", "ended_at", "end_reason"])
    _note("requirement.equivalence_ended", held, by=by, at=at, facts={"reason": reason})
    _announce(held, at)
    return held


def _waiting(equivalence: Equivalence) -> Equivalence:
    """The row, locked. Raises rules.NotAllowedNow when it was decided."""
    held = Equivalence.objects.select_for_update().get(pk=equivalence.pk)
    if not held.is_waiting:
        raise rules.NotAllowedNow(_("This was decided already. Nothing was changed."))
    return held


def _decide(held: Equivalence, state: EquivalenceState, note: str, by: Any, at: datetime) -> None:
    held.state, held.decided_by, held.decided_at, held.decision_note = state, by, at, note
    held.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _announce(held: Equivalence, at: datetime) -> None:
    """Wake whoever looks at the requirements that it touches."""
    for requirement in queries.asking_for(held.counts_for_id):
        events.changed.send(sender=None, requirement_id=requirement.pk, at=at)


def _note(action: str, held: Equivalence, *, by: Any, at: datetime, facts: Any = None) -> None:
    named = catalog.named_courses([held.course_id, held.counts_for_id])
    days = {"since": held.since and held.since.isoformat(), "until": held.until and held.until.isoformat()}
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=_("“%(course)s” for “%(meant)s”")
        % {"course": named[held.course_id].title, "meant": named[held.counts_for_id].title},
        object_id=held.public_id,
        facts={
            **{name: day for name, day in days.items() if day},
            "reason": held.reason,
            "note": held.decision_note,
            **(facts or {}),
        },
    )
