"""Undoing an import: an import of its own without a file, which is looked at, decided and made as any other."""

from datetime import datetime

from django.db import transaction

from lms.jobs import actions as jobs
from lms.people import messages_rosters, queries
from lms.people.enums import AbsentPolicy, RosterImportState
from lms.people.imports import intake, mapping, outlook
from lms.people.imports.intake import NotNow, NotSeen, Refused
from lms.people.models import RosterImport, User
from tenants import clock

_WORKED_ON = (RosterImportState.CHECKING, RosterImportState.IMPORTING)


@transaction.atomic
def prepare(*, roster: RosterImport, by: User, at: datetime) -> RosterImport:
    """Have it worked out what undoing the import would do; nothing else happens. Raises Refused.

    There is one undo of an import: asked for again, it is worked out anew, unless somebody decides on it just now.
    """
    begun = queries.undo_of(roster)
    if begun is not None and begun.state in _WORKED_ON:
        return begun  # without waiting for a row that its job holds
    held = RosterImport.objects.select_for_update(of=("self",)).defer("content").get(pk=roster.pk)
    if why := queries.why_not_undone(held, at):
        raise Refused(why)
    undo = RosterImport.objects.select_for_update(of=("self",)).filter(undoes=held).first()
    if undo is None:
        undo = RosterImport(
            undoes=held, file_name=held.file_name, content=b"", encoding="", delimiter="", created_at=at
        )
        undo.mapping = mapping.Layout(columns={}).stored()  # there are no columns
    elif undo.state != RosterImportState.CHECKED:
        return undo
    undo.options = {"absent": AbsentPolicy.KEEP}
    undo.state, undo.seen, undo.created_by = RosterImportState.CHECKING, "", by
    undo.asked_by = undo.decided_by = undo.asked_at = undo.decided_at = None
    undo.decision_note = ""
    undo.save()
    undo.job_public_id = jobs.start(
        kind=intake.UNDO_CHECK_JOB, params={"roster": undo.pk}, by=by, at=at
    ).public_id
    undo.save(update_fields=["job_public_id"])
    return undo


@transaction.atomic
def start(*, undo: RosterImport, seen: str, by: User, at: datetime) -> RosterImport:
    """Have it undone, or ask a second person first where it concerns so many that it takes two.

    `seen` names the outlook that was on the screen. Raises NotNow, NotSeen, Refused.
    """
    locked = intake.held(undo, RosterImportState.CHECKED)
    if why := queries.why_not_begun(locked, at):
        raise Refused(why)
    looked = outlook.of(locked, at=at).summary()
    if looked is None or seen != looked.seen:
        raise NotSeen
    locked.seen = looked.digests[AbsentPolicy.KEEP]
    locked.asked_by, locked.asked_at = by, at
    locked.decided_by, locked.decided_at, locked.decision_note = None, None, ""
    if intake.needs_second(locked, AbsentPolicy.KEEP, looked, by=by, at=at):
        locked.state = RosterImportState.WAITING
        locked.save()
        messages_rosters.tell_approvers(locked, queries.import_approvers(by, today=clock.today(at)), at=at)
        intake.note("people.import_asked", locked, by=by, at=at)
    else:
        intake.begin(locked, at=at)
    return locked


__all__ = ["NotNow", "NotSeen", "Refused", "prepare", "start"]
