"""The import itself: line by line what the preview said, in chunks that are done once and never halfway.

A chunk asks `plan.decide` again, so what has changed since the preview is taken as it is now. Managers who
were not here yet, and other managers of who was, come in a second turn, when everybody they may be is here.
"""

from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.kinds import JobHandle
from lms.people import events, messages_rosters
from lms.people.enums import AbsentPolicy, RosterImportState, RowOutcome
from lms.people.imports import absent, intake, keeping, mapping, rows, trying
from lms.people.imports.trying import TO_DO
from lms.people.imports.write import Write, add_departments
from lms.people.models import RosterImport, RosterRow, User
from tenants import clock

CHUNK = 1000


class WorkOut(Protocol):
    """Working out what an import, or its undoing, does; as `trying.work_out`."""

    def __call__(self, job: JobHandle, roster: RosterImport, *, keeps: bool) -> dict[str, str]: ...


def run(job: JobHandle) -> dict[str, Any]:
    """Import `job.params["roster"]`, from where the last finished chunk ended."""
    roster = RosterImport.objects.defer("content").get(pk=job.params["roster"])
    if roster.job_public_id not in {None, job.public_id}:
        return {"roster": str(roster.public_id)}  # cut off after it had handed over to another job
    total = RosterRow.objects.filter(roster_import=roster, outcome__in=TO_DO).count()
    if not job.state:
        if not is_as_seen(job, roster):
            check_anew(job, roster)
            return {"roster": str(roster.public_id)}
        with job.chunk(done=0, total=2 * total, phase=_("Adding departments"), state={"turn": "rows"}):
            add_departments(roster)
            # From here on what it changes is kept, so that it can be undone.
            roster.options = {**roster.options, "begun": True, "begun_at": job.at.isoformat()}
            roster.save(update_fields=["options"])
    _take_turn(job, roster, "rows", _("Importing people"))
    _take_turn(job, roster, "managers", _("Setting managers"))
    if roster.options.get("absent") == AbsentPolicy.DEACTIVATE:
        _end_absent(job, roster)
    if roster.state != RosterImportState.DONE:
        with job.chunk(phase=_("Finishing")):
            _finish(roster, job.owner_id, job.at)
    return {"roster": str(roster.public_id)}


def is_as_seen(job: JobHandle, roster: RosterImport, work_out: WorkOut = trying.work_out) -> bool:
    """Whether it still does to obligations what somebody said yes to; worked out anew, before anything is written."""
    if not roster.seen or roster.options.get("begun"):
        return True
    return work_out(job, roster, keeps=False)[roster.options["absent"]] == roster.seen


def check_anew(job: JobHandle, roster: RosterImport) -> None:
    """Nothing was imported: the preview is made again, and whoever wanted the import decides again."""
    with job.chunk():
        messages_rosters.tell_stale(roster, at=job.at)
        audit.record(
            action="people.undo_stopped" if roster.undoes_id else "people.import_stopped",
            by=None,
            at=job.at,
            object_label=roster.file_name,
            object_id=roster.public_id,
            facts={"reason": "facts_changed"},
        )
        roster.state, roster.seen = RosterImportState.CHECKING, ""
        roster.options = {**roster.options, "is_stale": True}
        kind = intake.check_kind(roster)
        check_job = jobs.start(kind=kind, params=job.params, by=roster.asked_by, at=job.at)
        roster.job_public_id = check_job.public_id
        roster.asked_by = roster.decided_by = roster.asked_at = roster.decided_at = None
        roster.save()


def _take_turn(job: JobHandle, roster: RosterImport, turn: str, phase: Any) -> None:
    """One pass over the rows; `state` remembers the turn and the last line it finished."""
    order = ("rows", "managers", "over")
    if order.index(job.state["turn"]) > order.index(turn):
        return
    layout, today = mapping.load(roster.mapping), clock.today(job.at)
    while chunk := list(_next_rows(roster, turn, after=job.state.get("line", 0))):
        done_count = len(chunk)
        state = {"turn": turn, "line": chunk[-1].line_number}
        with job.chunk(state=state, phase=phase) as progress:
            progress.done += done_count
            entries = [rows.load(row.line_number, row.values) for row in chunk]
            user_ids = Write(
                chunk,
                entries,
                layout,
                today=today,
                at=job.at,
                is_manager_turn=turn == "managers",
                keeps_for=roster if roster.begun_at else None,
            ).run()
            events.changed.send(sender=None, user_ids=user_ids, at=job.at)
    with job.chunk(state={"turn": order[order.index(turn) + 1]}):
        pass


def _next_rows(roster: RosterImport, turn: str, *, after: int) -> QuerySet[RosterRow]:
    to_do = RosterRow.objects.filter(roster_import=roster, outcome__in=TO_DO, line_number__gt=after)
    if turn == "managers":
        to_do = to_do.filter(Q(values__has_key="manager") | Q(changes__has_key="manager"))
    return to_do.order_by("line_number")[:CHUNK]


def _end_absent(job: JobHandle, roster: RosterImport) -> None:
    today = clock.today(job.at)
    while ids := list(
        absent.absent_from(roster, today=today).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        with job.chunk(phase=_("Ending those who are not in the file")):
            before = keeping.rows_of(ids)
            absent.end(ids, today=today)
            if roster.begun_at:
                keeping.keep(roster, before, keeping.rows_of(ids))
            events.changed.send(sender=None, user_ids=ids, at=job.at)


def _finish(roster: RosterImport, owner_id: int | None, at: datetime) -> None:
    counted = RosterRow.objects.filter(roster_import=roster).values("outcome").annotate(n=Count("pk"))
    figures = {row["outcome"]: row["n"] for row in counted}
    roster.counts = {**roster.counts, **{outcome: figures.get(outcome, 0) for outcome in RowOutcome.values}}
    roster.state, roster.finished_at = RosterImportState.DONE, at
    # The file has done its work; the lines that tell what became of it stay.
    roster.content = b""
    roster.save(update_fields=["counts", "state", "finished_at", "content"])
    keeping.forget(at=at)
    audit.record(
        action="people.imported",
        by=User.objects.filter(pk=owner_id).first() if owner_id else None,
        at=at,
        object_label=roster.file_name,
        object_id=roster.public_id,
        facts=figures | ({"decided_by": roster.decided_by.display_name} if roster.decided_by else {}),
    )
