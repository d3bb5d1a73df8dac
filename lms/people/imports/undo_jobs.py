"""The two jobs of an undo: working out what it would do, and doing it, whole and once, in one transaction."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.jobs.kinds import JobFailed, JobHandle
from lms.people import events, queries
from lms.people.enums import RosterImportState, RowOutcome
from lms.people.imports import outlook, restoring, undoing
from lms.people.imports.apply import check_anew, is_as_seen
from lms.people.models import RosterChange, RosterImport, RosterRow, User
from lms.people.trial import tried, turned
from tenants import clock

CHUNK = 500
_TOLD = (RowOutcome.REMOVE, RowOutcome.UPDATE)


def check(job: JobHandle) -> dict[str, Any]:
    """Work out what the undo `job.params["roster"]` does. Started again after a crash, it begins anew."""
    undo = _of(job)
    if undo.state != RosterImportState.CHECKING:
        return {"roster": str(undo.public_id)}
    with job.chunk(done=0, phase=_("Looking at what was changed")):
        RosterRow.objects.filter(roster_import=undo).delete()
    work_out(job, undo, keeps=True)
    with job.chunk():
        undo.counts, undo.state = _counted(undo), RosterImportState.CHECKED
        undo.save(update_fields=["counts", "state"])
    return {"roster": str(undo.public_id)}


def run(job: JobHandle) -> dict[str, Any]:
    """Undo, if it still does what was seen; else it is worked out anew and nothing is undone.

    Raises JobFailed where whoever asked may not do so any more.
    """
    undo = _of(job)
    result = {"roster": str(undo.public_id)}
    if undo.job_public_id not in {None, job.public_id} or undo.state != RosterImportState.IMPORTING:
        return result  # cut off after it had finished, or had handed over to another job
    able = queries.able_to(Permission.PEOPLE_IMPORT, today=clock.today(job.at))
    if job.owner_id not in {one.pk for one in able}:
        raise JobFailed(_("Whoever asked for it may no longer import people."))
    if queries.why_not_begun(undo, job.at) or not is_as_seen(job, undo, work_out):
        check_anew(job, undo)
        return result
    people = _people(undo)
    with job.chunk(phase=_("Putting back what was before"), is_long=True):
        _undo(job, undo, people)
    return result


def work_out(job: JobHandle, roster: RosterImport, *, keeps: bool) -> dict[str, str]:
    """As `trying.work_out`: everything is put back chunk by chunk, looked at, and taken away again at once.

    `keeps`: written down for the preview, with a line for each person.
    """
    looking = outlook.of(roster, at=job.at)
    with job.chunk(phase=_("Working out who owes what then")):
        is_owed = looking.begin(keeps=keeps)
    people = _people(roster)
    for start in range(0, len(people), CHUNK):
        ids = people[start : start + CHUNK]
        with job.chunk(done=start + len(ids), total=len(people)):
            cases = undoing.decide(_undone(roster), ids, at=job.at)
            if keeps:
                RosterRow.objects.bulk_create(
                    undoing.rows(roster, cases, start + 1, at=job.at, is_done=False)
                )
            if is_owed:
                with tried():
                    after = queries.person_facts(user_ids=restoring.write(cases))
                looking.look(turned(after, is_absent=False))
    with job.chunk():
        return looking.finish()


def _undo(job: JobHandle, undo: RosterImport, people: list[int]) -> None:
    # Whoever else may hold this job waits here, and finds it done.
    held = RosterImport.objects.select_for_update(of=("self",)).get(pk=undo.pk)
    if held.state != RosterImportState.IMPORTING:
        return
    RosterRow.objects.filter(roster_import=held).delete()
    looking = outlook.of(held, at=job.at)
    looking.hold()
    for start in range(0, len(people), CHUNK):
        cases = undoing.decide(_undone(held), people[start : start + CHUNK], at=job.at)
        RosterRow.objects.bulk_create(undoing.rows(held, cases, start + 1, at=job.at, is_done=True))
        ids = restoring.write(cases)
        looking.give_back(ids)
        events.changed.send(sender=None, user_ids=ids, at=job.at)
    held.counts, held.state, held.finished_at = _counted(held), RosterImportState.DONE, job.at
    held.save(update_fields=["counts", "state", "finished_at"])
    audit.record(
        action="people.import_undone",
        by=User.objects.filter(pk=job.owner_id).first() if job.owner_id else None,
        at=job.at,
        object_label=held.file_name,
        object_id=_undone(held).public_id,
        facts=held.counts | ({"decided_by": held.decided_by.display_name} if held.decided_by else {}),
    )


def _of(job: JobHandle) -> RosterImport:
    return RosterImport.objects.select_related("undoes").get(pk=job.params["roster"])


def _undone(undo: RosterImport) -> RosterImport:
    if undo.undoes is None:
        raise AssertionError("An undo without what it undoes.")
    return undo.undoes


def _people(undo: RosterImport) -> list[int]:
    """Everybody of whom the import changed anything, by serial id."""
    kept = RosterChange.objects.filter(roster_import=undo.undoes_id).order_by("user_id")
    return list(kept.values_list("user_id", flat=True).distinct())


def _counted(undo: RosterImport) -> dict[str, int]:
    """How many people are taken out, how many have something put back, and of how many anything is left as it is."""
    rows = list(RosterRow.objects.filter(roster_import=undo).values_list("outcome", "problems"))
    figures = Counter(outcome for outcome, _problems in rows)
    return {outcome.value: figures[outcome] for outcome in _TOLD} | {
        RowOutcome.LEFT.value: sum(bool(problems) for _outcome, problems in rows)
    }
