"""Taking back what a finished cycle says, and taking that back: the cycle itself is never touched."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.core import dates, derivation
from compliance.records import events, letters, rules
from compliance.records.actions.writing import kept
from compliance.records.enums import CloseReason
from compliance.records.models import Assignment, ComplianceRecord, Reinstatement, Revocation
from compliance.records.queries import certifying as queries
from compliance.records.queries.revocations import IN_FORCE
from compliance.requirements import queries as requirements
from lms.audit import actions as audit
from lms.learning import actions as learning
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User


def fresh_due_on(record: ComplianceRecord, today: date) -> date:
    """When the cycle would usually be due that opens today in the place of this one."""
    (person,) = requirements.people_of(record.requirement, [record.user_id])
    return dates.after_waiver(record.requirement.terms, today, None, person.absences).due_on


@transaction.atomic
def revoke(
    record: ComplianceRecord, *, due_on: date, reason: str, by: "User", today: date, at: datetime
) -> Revocation:
    """From `today` on (tenant's day) this finished cycle counts no longer. Raises rules.Refused.

    The pages ask first, and another person approves (`certifying.approve_revocation`).

    When the person's standing rested on it, the open cycle is closed and a fresh one opens today, due on `due_on`. The
    certificate says it too, unless its pass counts for something else, and the person is written to.
    """
    found, assignment = _locked(record)
    if found.user_id == by.pk:
        raise rules.Refused(_("Nobody revokes their own. Somebody else has to."))
    if why := queries.why_not_revoked(found, due_on, today):
        raise rules.Refused(why)
    rested = queries.rests_on(found)
    revocation = Revocation.objects.create(
        record=found, on=today, due_on=due_on if rested else None, reason=reason, by=by, at=at
    )
    if rested:
        _close_open(assignment, CloseReason.REVOKED, at)
        _open_fresh(found, assignment, due_on, today, at)
    _mark(found, today)
    _told("revoked", revocation, by, at)
    return revocation


@transaction.atomic
def restore(revocation: Revocation, *, reason: str, by: "User", today: date, at: datetime) -> Reinstatement:
    """From `today` on the cycle counts again; the one that was opened in its place is closed. Raises rules.Refused."""
    found, assignment = _locked(revocation.record)
    if found.user_id == by.pk:
        raise rules.Refused(_("Nobody decides what concerns themself. Somebody else has to."))
    if why := queries.why_not_restored(found, revocation):
        raise rules.Refused(why)
    reinstatement = Reinstatement.objects.create(revocation=revocation, on=today, reason=reason, by=by, at=at)
    if queries.rests_on(found):
        _close_open(assignment, CloseReason.RESTORED, at)
    _mark(found, None)
    _told("restored", revocation, by, at)
    return reinstatement


def _locked(record: ComplianceRecord) -> tuple[ComplianceRecord, Assignment]:
    requirements.locked(record.requirement_id)
    assignment = Assignment.objects.select_for_update().get(pk=record.assignment_id)
    return ComplianceRecord.objects.select_related("requirement", "user").get(pk=record.pk), assignment


def _close_open(assignment: Assignment, why: CloseReason, at: datetime) -> None:
    unfinished = assignment.records.filter(completed_at__isnull=True, closed_at__isnull=True)
    unfinished.update(closed_at=at, close_reason=why)


def _open_fresh(
    record: ComplianceRecord, assignment: Assignment, due_on: date, today: date, at: datetime
) -> None:
    """The cycle that is owed instead."""
    (person,) = requirements.people_of(record.requirement, [record.user_id])
    cycle = dates.opened(record.requirement.terms, today, due_on, person.absences)
    last = assignment.records.order_by("-cycle").values_list("cycle", flat=True)[0]
    ComplianceRecord.objects.create(
        assignment=assignment,
        user_id=record.user_id,
        requirement_id=record.requirement_id,
        cycle=last + 1,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        original_due_on=cycle.original_due_on,
        grace_ends_on=cycle.grace_ends_on,
        derivation=kept(derivation.revocation(record.completed_on, today, due_on, cycle)),
        created_at=at,
    )


def _mark(record: ComplianceRecord, on: date | None) -> None:
    """Say it on the certificate of the pass, unless that pass still counts for something else."""
    if record.enrollment_id is None:
        return
    others = ComplianceRecord.objects.filter(enrollment_id=record.enrollment_id, completed_at__isnull=False)
    still = others.exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
    learning.set_revoked(enrollment_id=record.enrollment_id, on=None if still.exists() else on)


def _told(what: str, revocation: Revocation, by: "User", at: datetime) -> None:
    """Whoever counts is told, the person, and the log."""
    record = revocation.record
    events.changed.send(sender=None, at=at)
    # Renewals that follow, and what was done meanwhile.
    schedule.wake(events.REFRESH, at=at)
    letters.tell(what, revocation.pk, to=record.user, at=at)
    reason = revocation.reason if what == "revoked" else revocation.reinstatement.reason
    facts = {
        "requirement": record.requirement.title,
        "cycle": record.cycle,
        "completed_on": record.completed_on.isoformat() if record.completed_on else "",
        "due_on": revocation.due_on.isoformat() if revocation.due_on else "",
        "reason": reason,
    }
    audit.record(
        action=f"records.credit_{what}",
        by=by,
        at=at,
        object_label=record.user.display_name,
        object_id=record.user.public_id,
        facts={name: value for name, value in facts.items() if value},
    )
