"""The example rosters: those at SHARED_DIR, or invented ones of the same make."""

import csv
import datetime as dt
import io

from lms.jobs.models import Job
from lms.people.enums import RosterImportState
from lms.people.imports import outlook, undo, undo_jobs
from lms.people.imports.inline import Inline
from lms.people.models import RosterImport, User
from tenants.tests.shared import SHARED

HEADER = [
    "Employee ID", "Legal First Name", "Legal Last Name", "Preferred Name", "Work Email", "Cost Center ID",
    "Organization", "Worker Type", "Business Title", "Manager ID", "Hire Date", "Termination Date", "Leave Start",
    "Leave End", "FTE %",
]  # fmt: skip
_DEPARTMENTS = [
    "Law",
    "Medicine",
    "Engineering",
    "Arts & Sciences",
    "Business",
    "Libraries",
    "Registrar",
    "Finance",
]
_DEPARTMENTS += [
    "Research",
    "Athletics",
    "Housing & Dining",
    "Public Safety",
    "Extension",
    "IT Services",
    "People",
]
_KINDS = ["Staff", "Faculty", "Student Worker", "Contractor", "Affiliate", "Retiree"]
_NAMES = ["Ana", "Jörg", "Nguyễn", "Zoë", "Łukasz", "Bo"]


def named(name: str) -> bytes:
    """The roster of this name, as a file."""
    shared = SHARED / "data" / "rosters" / name
    return shared.read_bytes() if shared.exists() else _MAKERS[name]()


def _line(number: int, **changes: str) -> list[str]:
    identity, manager = str(100000 + number), str(100000 + number // 20)
    values = dict(
        zip(
            HEADER,
            [
                identity,
                _NAMES[number % 6],
                f"Müller-{number}",
                "",
                f"p{number}@northfield.example",
                f"D{number % 15:02}",
                _DEPARTMENTS[number % 15],
                _KINDS[number % 6],
                "Clerk, first class",
                manager if number > 20 else identity,
                "2026-01-05" if number % 40 else "2027-01-15",
                "2026-06-30" if number % 30 == 7 else "",
                "2026-11-01" if number % 56 == 3 else "",
                "",
                "50" if number % 3 else "100",
            ],
            strict=True,
        )
    )
    return list({**values, **changes}.values())


def _text(lines: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *lines])
    return out.getvalue()


def _people(count: int) -> list[list[str]]:
    return [_line(number) for number in range(1, count + 1)]


# By record, counted from 1. The line break in the eleventh makes it two physical lines.
_FAULTS: dict[int, dict[str, str]] = {
    2: {"Work Email": "P1@northfield.example"},
    3: {"Work Email": "not-an-address"},
    4: {"Work Email": ""},
    5: {"Employee ID": "100001"},
    6: {"Employee ID": ""},
    7: {"Legal First Name": '=HYPERLINK("http://x.example","hi")'},
    8: {"Legal First Name": "<script>alert(1)</script>"},
    10: {"Hire Date": "31/02/2026"},
    11: {"Work Email": "a@x.example\nBcc: b@x.example"},
    12: {"Work Email": "a@x.example, c@z.example"},
    13: {"Organization": "Department of Nowhere"},
    14: {"Legal First Name": "\u202eevil"},
    15: {"Work Email": "ASTRID.HAYDEN@NORTHFIELD.EXAMPLE"},
    18: {"Legal First Name": "Nul\0l"},
    19: {"Hire Date": "0001-01-01"},
    26: {"Manager ID": "100037"},
    37: {"Manager ID": "100026"},
}


def _bad() -> bytes:
    """Sixty records, about twenty with a fault of their own; one is cut short and one too long."""
    lines = [_line(number, **_FAULTS.get(number, {})) for number in range(1, 61)]
    lines[15] = lines[15][:5]
    lines[16] += ["extra", "cells"]
    return _text(lines).encode()


def _lossy(count: int) -> bytes:
    return _text(_people(count), ";").encode("cp1252", errors="replace")


_MAKERS = {
    "northfield-workday.csv": lambda: _text(_people(2400)).encode(),
    "northfield-utf8-bom.csv": lambda: _text(_people(299)).encode("utf-8-sig"),
    "northfield-utf16le-bom.csv": lambda: b"\xff\xfe" + _text(_people(400), "\t").encode("utf-16-le"),
    "northfield-excel-semicolon-cp1252.csv": lambda: _lossy(400),
    "northfield-bad-rows.csv": _bad,
}


def undone(roster: RosterImport, at: dt.datetime, *, by: User, only_looked_at: bool = False) -> RosterImport:
    """Undo this import, as far as one person may: to the end, or until a second one is asked."""
    back = undo.prepare(roster=roster, by=by, at=at)
    Job.objects.filter(params={"roster": back.pk}).delete()  # it is done here and now
    undo_jobs.check(Inline(back, at=at, report=lambda chunk: None))
    back.refresh_from_db()
    summary = outlook.of(back, at=at).summary()
    if only_looked_at or summary is None:
        return back
    back = undo.start(undo=back, seen=summary.seen, by=by, at=at)
    if back.state == RosterImportState.IMPORTING:
        Job.objects.filter(params={"roster": back.pk}).delete()
        RosterImport.objects.filter(pk=back.pk).update(job_public_id=None)
        undo_jobs.run(Inline(back, at=at, report=lambda chunk: None))
        back.refresh_from_db()
    return back
