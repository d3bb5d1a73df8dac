"""What became of a round: done, missed, or put right afterwards by rows of their own."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.program import queries, rules
from compliance.program.actions.locking import locked, open_round, record
from compliance.program.actions.turning import close, open_due
from compliance.program.enums import Outcome
from compliance.program.models import DutyRound, RoundCorrection
from lms.access.permissions import Permission
from lms.ui.dates import day_text

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def complete(
    row: DutyRound,
    *,
    done_on: date,
    statement: str,
    evidence_note: str,
    by: "User",
    today: date,
    at: datetime,
) -> DutyRound:
    """Record a round as done on that day, by its owner, the deputy or an officer; the next one is there at once.

    Raises Refused.
    """
    found = open_round(row.pk)
    statement, evidence_note = statement.strip(), evidence_note.strip()
    _refuse_recording(found, by, done_on, today)
    if not statement:
        raise rules.Refused(_("Say what was found or decided. That is what an auditor reads."))
    if found.duty.needs_evidence and not evidence_note:
        raise rules.Refused(_("Say where the evidence lies: this duty asks for it."))
    late = rules.late_days(found.due_on, done_on)
    close(
        found,
        Outcome.DONE,
        statement=statement,
        by=by,
        at=at,
        done_on=done_on,
        late_days=late,
        evidence_note=evidence_note,
    )
    if found.duty.is_on:
        open_due(found.duty, today)
    facts = {
        "due_on": found.due_on.isoformat(),
        "done_on": done_on.isoformat(),
        "late_days": late,
        "statement": statement,
        "evidence": evidence_note,
    }
    record("program.done", found.duty, by=by, at=at, facts=facts)
    return found


@transaction.atomic
def give_up(row: DutyRound, *, reason: str, by: "User", today: date, at: datetime) -> DutyRound:
    """Record that an overdue round was missed and is not made up for, with the reason. Raises Refused."""
    found = open_round(row.pk)
    _refuse_unless_officer(by)
    if found.due_on >= today:
        raise rules.Refused(_("It is not overdue, so it was not missed."))
    if not reason.strip():
        raise rules.Refused(_("Say why it was missed. That is what an auditor reads."))
    close(found, Outcome.MISSED, statement=reason.strip(), by=by, at=at)
    if found.duty.is_on:
        open_due(found.duty, today)
    facts = {"due_on": found.due_on.isoformat(), "reason": reason.strip()}
    record("program.missed", found.duty, by=by, at=at, facts=facts)
    return found


@transaction.atomic
def correct(
    row: DutyRound, *, statement: str, evidence_note: str, reason: str, by: "User", at: datetime
) -> RoundCorrection:
    """Say what should have been written about a round that was done. Raises Refused."""
    found = _done(row.pk)
    _refuse_unless_officer(by)
    if not statement.strip() or not reason.strip():
        raise rules.Refused(_("Write what should have stood there, and why it did not."))
    made = RoundCorrection.objects.create(
        round=found,
        reason=reason.strip(),
        statement=statement.strip(),
        evidence_note=evidence_note.strip(),
        made_by=by,
        made_at=at,
    )
    facts = {
        "due_on": found.due_on.isoformat(),
        "reason": made.reason,
        "statement": made.statement,
        "evidence": made.evidence_note,
    }
    record("program.corrected", found.duty, by=by, at=at, facts=facts)
    return made


@transaction.atomic
def reopen(row: DutyRound, *, reason: str, by: "User", today: date, at: datetime) -> DutyRound:
    """It was not done after all: another round with the same due date is open from now on. Raises Refused."""
    found = _done(row.pk)
    _refuse_unless_officer(by)
    if not found.duty.is_on:
        raise rules.Refused(_("This duty was retired, so nothing can be asked for again."))
    if not reason.strip():
        raise rules.Refused(_("Say why it counts as not done."))
    RoundCorrection.objects.create(round=found, reopens=True, reason=reason.strip(), made_by=by, made_at=at)
    last = DutyRound.objects.filter(duty=found.duty).aggregate(last=Max("number"))["last"]
    made = DutyRound.objects.create(
        duty=found.duty, number=last + 1, due_on=found.due_on, opened_on=today, replaces=found
    )
    facts = {"due_on": found.due_on.isoformat(), "reason": reason.strip()}
    record("program.reopened", found.duty, by=by, at=at, facts=facts)
    return made


def _done(pk: int) -> DutyRound:
    """The round with its duty, locked, if it was done and was not taken back since. Raises Refused."""
    duty = locked(DutyRound.objects.values_list("duty_id", flat=True).get(pk=pk))
    found = DutyRound.objects.get(pk=pk)
    found.duty = duty
    if found.outcome != Outcome.DONE or found.corrections.filter(reopens=True).exists():
        raise rules.Refused(_("Only what stands as done can be put right. Look at it again."))
    return found


def _refuse_unless_officer(by: "User") -> None:
    if Permission.PROGRAM_EDIT not in by.permissions:
        raise rules.Refused(_("Only a compliance officer can do that."))


def _refuse_recording(found: DutyRound, by: "User", done_on: date, today: date) -> None:
    """Whoever may, and for a day that this round is about."""
    if not queries.may_record(found.duty, by):
        raise rules.Refused(_("Only its owner, the deputy or a compliance officer records this duty."))
    if done_on > today:
        raise rules.Refused(_("The day on which it was done must not be in the future."))
    since = queries.covers_since(found)
    if since is not None and done_on <= since:
        raise rules.Refused(
            _("This round is for what was done after %(day)s. Nothing counts for two rounds.")
            % {"day": day_text(since)}
        )
    until = queries.covers_until(found)
    if until is not None and done_on >= until:
        raise rules.Refused(
            _(
                "What was done on %(day)s or later counts for the round after this one. Nothing counts for two rounds."
            )
            % {"day": day_text(until)}
        )
