"""The example roster of 2,400 people, or one like it where the example is not at hand."""

from __future__ import annotations

import csv
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from config.tests.journeys.live import CLONE

SHARED = Path(os.environ.get("SHARED_DIR", CLONE.parent / "shared"))
EXAMPLE = SHARED / "data" / "rosters" / "northfield-workday.csv"
HEADER = (
    "Employee ID,Legal First Name,Legal Last Name,Preferred Name,Work Email,Cost Center ID,Organization,Worker Type,"
    "Business Title,Manager ID,Hire Date,Termination Date,Leave Start,Leave End,FTE %"
).split(",")
IN_AUDIENCE = {"Staff", "Faculty"}


@dataclass(frozen=True)
class Person:
    """One line of the roster, as far as the story needs it."""

    given_name: str
    family_name: str
    email: str
    department: str


def file(folder: Path, today: dt.date) -> Path:
    """The example where there is one, else a generated equivalent in `folder`."""
    return EXAMPLE if EXAMPLE.exists() else generated(folder / "northfield-workday.csv", today)


def generated(path: Path, today: dt.date) -> Path:
    """2,400 invented people in 15 departments, with managers, hire dates before and after `today`, and leaves."""
    hired, starts = dt.date(2020, 1, 6), today + dt.timedelta(days=45)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(HEADER)
        for number in range(2_400):
            department = number % 15
            kind = ("Staff", "Faculty", "Staff", "Student Worker")[number % 4]
            leave = ("2026-10-01", "2027-03-31") if number % 97 == 5 else ("", "")
            writer.writerow([
                100_000 + number, f"Given{number:04d}", f"Family{number % 401:03d}", f"Given{number:04d}",
                f"person.{number:04d}@northfield.example", f"D{department:02d}", f"Department {department:02d}", kind,
                "Clerk", 100_000 + department if number >= 15 else "",
                (starts if number % 53 == 8 else hired + dt.timedelta(days=min(number, 2_000))).isoformat(),
                "", *leave, 100,
            ])  # fmt: skip
    return path


def in_audience(path: Path) -> list[Person]:
    """Staff and faculty who are there, not on leave and not leaving; in the order of the file, each once."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    lines_of: dict[str, int] = {}
    for row in rows:
        lines_of[row["Work Email"]] = lines_of.get(row["Work Email"], 0) + 1
    return [
        Person(row["Legal First Name"], row["Legal Last Name"], row["Work Email"], row["Organization"])
        for row in rows
        if row["Worker Type"] in IN_AUDIENCE
        and not (row["Termination Date"] or row["Leave Start"])
        and row["Work Email"].isascii()
        and lines_of[row["Work Email"]] == 1
    ]
