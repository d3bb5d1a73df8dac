"""The preview of an import: every line read and decided upon, nothing of it done."""

from collections import Counter
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.jobs.kinds import JobHandle
from lms.people.enums import RosterImportState, RowOutcome
from lms.people.imports import absent, intake, lines, mapping, plan, rows, snapshot, trying
from lms.people.imports.decode import NotReadable
from lms.people.imports.mapping import Layout
from lms.people.imports.rows import Entry
from lms.people.imports.snapshot import Snapshot
from lms.people.models import RosterImport, RosterRow
from tenants import clock, plans
from tenants.plans import Limit

CHUNK = 2000
READ_CHUNK = 5000


def run(job: JobHandle) -> dict[str, Any]:
    """Check the import `job.params["roster"]`. Started again after a crash, it begins anew."""
    roster = RosterImport.objects.get(pk=job.params["roster"])
    layout = mapping.load(roster.mapping)
    with job.chunk(done=0, phase=_("Reading the file")):
        RosterRow.objects.filter(roster_import=roster).delete()
    try:
        entries = _read(job, roster, layout)
        plans.refuse_beyond(Limit.ROSTER_ROWS, len(entries))
    except (NotReadable, plans.LimitReached) as error:
        return _refuse(job, roster, str(error))
    departments = lines.compare(entries, layout, snapshot.known())
    today = clock.today(job.at)
    counts: Counter[str] = Counter()
    for start in range(0, len(entries), CHUNK):
        chunk = entries[start : start + CHUNK]
        with job.chunk(done=start + len(chunk), total=len(entries), phase=_("Comparing with who is here")):
            RosterRow.objects.bulk_create(_decided(roster, layout, chunk, today, counts), batch_size=500)
    with job.chunk():
        roster.options = {**roster.options, "departments": departments}
        roster.save(update_fields=["options"])
    trying.work_out(job, roster, keeps=True)
    with job.chunk():
        _finish(roster, entries, len(departments), counts, today)
    return {"roster": str(roster.public_id)}


def _read(job: JobHandle, roster: RosterImport, layout: Layout) -> list[Entry]:
    _header, records = intake.records_of(roster)
    entries: list[Entry] = []
    for record in records:
        entries.append(rows.read(record, layout))
        if len(entries) % READ_CHUNK == 0:
            with job.chunk(done=len(entries)):
                pass  # a sign of life: reading a long file takes longer than a lease
    return entries


def _decided(
    roster: RosterImport, layout: Layout, entries: list[Entry], today: date, counts: Counter[str]
) -> list[RosterRow]:
    here = snapshot.take(entries, today=today)
    return [_row(roster, layout, entry, here, today, counts) for entry in entries]


def _row(  # noqa: PLR0917
    roster: RosterImport, layout: Layout, entry: Entry, here: Snapshot, today: date, counts: Counter[str]
) -> RosterRow:
    person, conflict = here.of(entry)
    if conflict is not None and entry.is_good:
        entry.problems.append(conflict)
    changes: dict[str, list[str]] = {}
    outcome: str = RowOutcome.ERROR
    if entry.is_good:
        decision = plan.decide(entry, person, layout, today=today)
        entry.problems.extend(decision.problems)
        outcome, changes = decision.outcome, decision.changes
    counts[outcome] += 1
    counts["warning"] += bool(entry.problems) and outcome != RowOutcome.ERROR
    return RosterRow(
        roster_import=roster,
        line_number=entry.line,
        values=entry.stored(),
        outcome=outcome,
        problems=[problem.stored() for problem in entry.problems],
        changes=changes,
        user_id=person.id if person else None,
    )


def _finish(
    roster: RosterImport,
    entries: list[Entry],
    department_count: int,
    counts: Counter[str],
    today: date,
) -> None:
    roster.counts = {
        **counts,
        "lines": len(entries),
        "departments": department_count,
        "absent": absent.absent_from(roster, today=today).count(),
        "on_roster": absent.on_roster(today=today).count(),
    }
    roster.state = RosterImportState.CHECKED
    roster.save(update_fields=["counts", "state"])


def _refuse(job: JobHandle, roster: RosterImport, sentence: str) -> dict[str, Any]:
    with job.chunk():
        roster.refusal, roster.state = sentence, RosterImportState.REFUSED
        roster.save(update_fields=["refusal", "state"])
    return {"roster": str(roster.public_id)}
