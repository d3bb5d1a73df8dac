"""Trying an import out: everything is written as it would be, looked at, and taken back at once.

In chunks of people, so that no row is held for longer than a moment, and so that what the import writes and what was
looked at cannot differ: it is the same code. Managers whom a later chunk adds stand in for themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lms.jobs.kinds import JobHandle
from lms.people import queries
from lms.people.enums import RowOutcome
from lms.people.imports import absent, mapping, outlook, rows, snapshot
from lms.people.imports.lines import identity
from lms.people.imports.mapping import Layout
from lms.people.imports.rows import Entry
from lms.people.imports.write import Write, add_departments
from lms.people.kinds import Outlook
from lms.people.models import RosterImport, RosterRow, User
from lms.people.trial import tried, turned
from tenants import clock

CHUNK = 500
TO_DO = (RowOutcome.CREATE, RowOutcome.UPDATE)


def work_out(job: JobHandle, roster: RosterImport, *, keeps: bool) -> dict[str, str]:
    """What the import would do to obligations today: the digests, by what becomes of those who are not in the file.

    `keeps`: written down for the preview. Leaves no other trace.
    """
    looking = outlook.of(roster, at=job.at)
    with job.chunk(phase=_("Working out who owes what then")):
        if not looking.begin(keeps=keeps):
            return looking.finish()
    people = _people(roster)
    ended = list(
        absent.absent_from(roster, today=clock.today(job.at)).order_by("pk").values_list("pk", flat=True)
    )
    total = sum(len(lines) for lines in people) + len(ended)
    done = _look_at_file(job, roster, looking, people, total)
    for start in range(0, len(ended), CHUNK):
        ids = ended[start : start + CHUNK]
        with job.chunk(done=done + start + len(ids), total=total):
            _look_at_absent(looking, ids, job.at)
    with job.chunk():
        return looking.finish()


def _look_at_file(
    job: JobHandle, roster: RosterImport, looking: Outlook, people: list[list[int]], total: int
) -> int:
    layout = mapping.load(roster.mapping)
    coming = _coming(roster) if layout.has("manager") else {}
    done = 0
    chunk: list[int] = []
    for number, lines in enumerate(people, start=1):
        chunk.extend(lines)
        if len(chunk) >= CHUNK or number == len(people):
            done += len(chunk)
            with job.chunk(done=done, total=total):
                _look(looking, roster, layout, chunk, coming=coming, at=job.at)
            chunk = []
    return done


def _people(roster: RosterImport) -> list[list[int]]:
    """The lines that do something, by id; those of one person together, in the order of the file."""
    found: dict[int, list[int]] = {}
    to_do = RosterRow.objects.filter(roster_import=roster, outcome__in=TO_DO).order_by("line_number")
    for pk, number, first in to_do.values_list("pk", "line_number", "values__second_of"):
        found.setdefault(first or number, []).append(pk)
    return list(found.values())


def _coming(roster: RosterImport) -> dict[str, tuple[str, str]]:
    """Whom the file adds, by identity: employee ID and address."""
    new = RosterRow.objects.filter(roster_import=roster, outcome=RowOutcome.CREATE)
    told = new.values_list("values__external_id", "values__email")
    return {identity(own_id or "", email or ""): (own_id or "", email or "") for own_id, email in told}


def _look(
    looking: Outlook,
    roster: RosterImport,
    layout: Layout,
    row_ids: list[int],
    *,
    coming: Mapping[str, tuple[str, str]],
    at: datetime,
) -> None:
    chunk = list(RosterRow.objects.filter(pk__in=row_ids).order_by("line_number"))
    entries = [rows.load(row.line_number, row.values) for row in chunk]
    with tried():
        add_departments(roster)
        ids = Write(chunk, entries, layout, today=clock.today(at), at=at, is_manager_turn=False).run()
        if layout.has("manager"):
            _stand_in(entries, coming, at)
            Write(chunk, entries, layout, today=clock.today(at), at=at, is_manager_turn=True).run()
        after = queries.person_facts(user_ids=ids)
    looking.look(turned(after, is_absent=False))


def _stand_in(entries: Sequence[Entry], coming: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """Add the managers of this chunk who come with a later one."""
    named = {entry.manager for entry in entries} & coming.keys()
    missing = named - snapshot.ids_of(named).keys() if named else set()
    new = (coming[each] for each in missing)
    User.objects.bulk_create(
        (User(external_id=own_id or None, email=email, created_at=at) for own_id, email in new),
        ignore_conflicts=True,
    )


def _look_at_absent(looking: Outlook, ids: list[int], at: datetime) -> None:
    with tried():
        absent.end(ids, today=clock.today(at))
        after = queries.person_facts(user_ids=ids)
    looking.look(turned(after, is_absent=True))
