"""What the second person does with an import that waits, and taking the question back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.people import messages_rosters, queries
from lms.people.enums import RosterImportState
from lms.people.imports import intake
from lms.people.imports.intake import NotNow, NotSeen, Refused
from lms.people.models import RosterImport, User
from tenants import clock


@transaction.atomic
def approve(*, roster: RosterImport, seen: str, remark: str, by: User, at: datetime) -> None:
    """Agree, and have it imported if it still does what was seen; the job looks once more before it writes anything.

    Raises Refused, NotNow, NotSeen, and LimitReached for more people than the plan's.
    """
    held = _waiting(roster, by)
    if held.asked_by not in queries.import_approvers(by, today=clock.today(at)):
        raise Refused(_("Whoever asked for it may no longer import people. Nothing was changed. Reject it."))
    if held.seen != seen:
        raise NotSeen
    intake.refuse_beyond_plan(held, held.options["absent"])
    held.decided_by, held.decided_at, held.decision_note = by, at, remark
    intake.begin(held, at=at)
    messages_rosters.tell_decided(held, "approved", at=at)
    intake.note("people.import_approved", held, by=by, at=at)


@transaction.atomic
def reject(*, roster: RosterImport, remark: str, by: User, at: datetime) -> None:
    """Say no, and why; nothing is imported. Raises Refused and NotNow."""
    held = _waiting(roster, by)
    held.state = RosterImportState.CHECKED
    held.decided_by, held.decided_at, held.decision_note = by, at, remark
    held.save()
    messages_rosters.tell_decided(held, "rejected", at=at)
    intake.note("people.import_rejected", held, by=by, at=at)


@transaction.atomic
def withdraw(*, roster: RosterImport, by: User, at: datetime) -> None:
    """Whoever asked no longer does. Raises Refused and NotNow.

    Of an undo whose job was stopped nothing was done, so anybody who may import gives it up.
    """
    states = (RosterImportState.WAITING, *((RosterImportState.IMPORTING,) if roster.undoes_id else ()))
    if roster.state == RosterImportState.IMPORTING:
        intake.refuse_running(roster, by)  # without waiting for a row that its job holds
    held = intake.held(roster, *states)
    if held.state == RosterImportState.IMPORTING:
        intake.refuse_running(held, by)
    elif held.asked_by_id != by.pk:
        raise Refused(_("Only whoever asked for an import takes the question back."))
    held.state, held.asked_by, held.asked_at = RosterImportState.CHECKED, None, None
    held.save()
    intake.note("people.import_withdrawn", held, by=by, at=at)


def _waiting(roster: RosterImport, by: User) -> RosterImport:
    held = intake.held(roster, RosterImportState.WAITING)
    if held.asked_by_id == by.pk:
        raise Refused(_("Nobody decides what they asked for themself. Somebody else has to."))
    return held


__all__ = ["NotNow", "NotSeen", "Refused", "approve", "reject", "withdraw"]
