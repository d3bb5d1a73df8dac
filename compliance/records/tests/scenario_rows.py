"""The table of docs/engine/scenarios.md, read: what each row says of the requirement and of the person, day by day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from compliance.core import audience, plan
from compliance.core.fields import FieldValue
from compliance.core.milestones import DateField, FirstSignIn, Milestone, Other
from compliance.core.terms import (
    Absence,
    Anchor,
    Appointment,
    Calendar,
    Cause,
    Completion,
    DayUnit,
    DueFrom,
    FixedDay,
    Period,
    Person,
    Roll,
    Terms,
)
from tenants import clock

PAGE = Path(__file__).resolve().parents[3] / "docs" / "engine" / "scenarios.md"
_ALWAYS = date(1900, 1, 1)
OTHER = Other(2, "the other")
FIELD = DateField("day", "the field")
_WAITS = {
    "completion of the other": DueFrom.COMPLETION,
    "the day in the field": DueFrom.FIELD,
    "the first sign-in": DueFrom.SIGN_IN,
}
_ANCHORS = {"expiry": Anchor.EXPIRY, "completion": Anchor.COMPLETION, "month end": Anchor.MONTH_END}


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    requirement: tuple[str, ...]
    person: tuple[str, ...]
    asked_on: date
    answers: dict[str, str]


def rows() -> list[Row]:
    """Every row of every table on the page; the usual terms stand in its introduction."""
    text = PAGE.read_text(encoding="utf-8")
    usual = re.search(r"^Unless a row says otherwise: `([^`]+)`", text, re.MULTILINE)
    if usual is None:
        raise AssertionError("The page says no usual terms.")
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 6 and cells[0].split(" ")[0].isdigit():
            name, _words, requirement, person, asked, answer = cells
            answers = dict(each.split(": ") for each in _clauses(answer))
            found.append(
                Row(
                    name, _clauses(usual[1]) + _clauses(requirement), _clauses(person), day_of(asked), answers
                )
            )
    return found


def _clauses(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.replace("`", "").split(";") if each.strip())


def day_of(text: str) -> date:
    return date.fromisoformat(text.strip())


def stretch_of(text: str) -> tuple[date, date | None]:
    first, last = text.split("..")
    return day_of(first), day_of(last) if last else None


def _fixed(text: str) -> FixedDay:
    month, day = text.split("-")
    return FixedDay(int(month), int(day))


_TERMS: list[tuple[str, Callable[..., dict[str, Any]]]] = [
    (r"start (\S+)", lambda day: {"starts_on": day_of(day)}),
    (
        r"due (\d+) (working )?days from (appointment|hire|assignment)",
        lambda count, working, since: {
            "first_due_days": int(count),
            "due_unit": DayUnit.WORKING if working else DayUnit.DAYS,
            "due_from": DueFrom(since),
        },
    ),
    (
        r"due (\d+) (working )?days from (completion of the other|the day in the field|the first sign-in)",
        lambda count, working, since: {
            "first_due_days": int(count),
            "due_unit": DayUnit.WORKING if working else DayUnit.DAYS,
            "due_from": _WAITS[since],
            "due_after": OTHER,
            "due_field": FIELD,
        },
    ),
    (r"waited (\d+) days at most", lambda count: {"sign_in": FirstSignIn(int(count))}),
    (
        r"due on (\S+), at least (\d+) days",
        lambda day, count: {"due_from": DueFrom.FIXED, "due_on": day_of(day), "first_due_days": int(count)},
    ),
    (
        r"due by the calendar, at least (\d+) days",
        lambda count: {"due_from": DueFrom.CALENDAR, "first_due_days": int(count)},
    ),
    (r"once", lambda: {"recurs": None}),
    (r"every (\d+) months", lambda count: {"recurs": Period(months=int(count))}),
    (r"every (\d+) days", lambda count: {"recurs": Period(days=int(count))}),
    (r"from (expiry|completion|month end)", lambda name: {"anchor": _ANCHORS[name]}),
    (r"to (\d\d-\d\d)", lambda day: {"anchor": Anchor.FIXED, "fixed_day": _fixed(day)}),
    (
        r"by (\d\d-\d\d) in the year from (\d\d-\d\d)",
        lambda day, start: {"anchor": Anchor.YEAR, "fixed_day": _fixed(day), "year_start": _fixed(start)},
    ),
    (r"window (\d+)", lambda count: {"window_days": int(count)}),
    (r"grace (\d+)", lambda count: {"grace_days": int(count)}),
    (r"return (\d+)", lambda count: {"return_days": int(count)}),
    (r"minimum (\d+) months", lambda count: {"minimum_months": int(count)}),
    (r"roll (later|earlier)", lambda side: {"roll": Roll(side)}),
    (r"holidays (.+)", lambda days: {"calendar": Calendar(frozenset(map(day_of, days.split())))}),
    (r"credit since (\S+)", lambda day: {"credit_since": day_of(day)}),
    (r"who (.+)", lambda kinds: {"who": audience.Kinds(tuple(kinds.split()))}),
    (r"in (.+)", lambda codes: {"in": audience.Departments(tuple(codes.split()))}),
    (r"not in (.+)", lambda codes: {"not in": audience.Not(audience.Departments(tuple(codes.split())))}),
    (r"not on leave", lambda: {"away": audience.Not(audience.OnLeave())}),
]
_WHO = ("who", "in", "not in", "away")


def rule_on(row: Row, on: date) -> plan.Rule:
    """The requirement as it reads on that day."""
    said = (clause for clause in row.requirement if not clause.startswith("paused "))
    changes = ((clause, re.fullmatch(r"then (\S+) (.+)", clause)) for clause in said)
    return _rule(
        tuple(then[2] if then else clause for clause, then in changes if not then or on >= day_of(then[1]))
    )


@cache
def _rule(clauses: tuple[str, ...]) -> plan.Rule:
    said: dict[str, Any] = {}
    for clause in clauses:
        said |= _meaning(clause)
    parts = tuple(said.pop(name) for name in _WHO if name in said)
    return plan.Rule(Terms(**said), audience.All(parts))


def _meaning(clause: str) -> dict[str, Any]:
    for pattern, make in _TERMS:
        if found := re.fullmatch(pattern, clause):
            return make(*found.groups())
    raise AssertionError(f"The table says {clause!r}, which nobody understands.")


def person_on(row: Row, on: date) -> Person:
    """The person as HR knows them on that day."""
    appointments: list[Appointment] = []
    absences: list[Absence] = []
    milestones: list[Milestone] = []
    fields: list[FieldValue] = []
    is_active, signed_in_on = True, None
    for clause in (*row.person, *(each for each in row.requirement if each.startswith("paused "))):
        text, known = known_of(clause)
        word, *rest = text.split()
        if word in {"passed", "outage"} or known > on:
            continue
        if word == "other":
            milestones += _other(rest, known, on)
        elif word == "field":
            fields.append(FieldValue(FIELD.key, *said_of(rest, known)))
        elif word == "signed":
            signed_in_on = day_of(rest[1]) if day_of(rest[1]) <= on else None
        elif word == "deactivated":
            is_active = on < day_of(rest[0])
        elif word in {"leave", "waiver", "paused"}:
            cause = {"leave": Cause.LEAVE, "waiver": Cause.WAIVER, "paused": Cause.PAUSE}[word]
            absences.append(replace(Absence.leave(*stretch_of(rest[0])), cause=cause))
        else:
            appointments.append(Appointment(word, (rest[0], "UNI"), *stretch_of(rest[1])))
    return Person(
        1,
        tuple(appointments),
        tuple(absences),
        is_active,
        fields=tuple(fields),
        milestones=tuple(milestones),
        signed_in_on=signed_in_on,
    )


def said_of(said: list[str], known: date) -> tuple[date, date, date | None]:
    """`field 2026-03-01`, `field 2026-03-01 since 2026-02-01 until 2026-02-28`: the day, since and until when."""
    more = dict(zip(said[1::2], map(day_of, said[2::2]), strict=True))
    return day_of(said[0]), more.get("since", known), more.get("until")


def _other(said: list[str], known: date, on: date) -> list[Milestone]:
    """`other 2026-03-01`, `other 2026-03-01 until 2027-03-01`, `other 2026-03-01 revoked 2026-05-01`."""
    done = day_of(said[0])
    more = dict(zip(said[1::2], map(day_of, said[2::2]), strict=True))
    if done > on or more.get("revoked", date.max) <= on:
        return []
    return [Milestone(OTHER.key, done, max(done, known), more.get("until"))]


def known_of(clause: str) -> tuple[str, date]:
    text, _known, day = clause.partition(" known ")
    return text, day_of(day) if day else _ALWAYS


@cache
def passes(person: tuple[str, ...]) -> list[Completion]:
    """The days, in the tenant's zone, on which the course was passed."""
    found: list[Completion] = []
    for clause in person:
        if clause.startswith("passed "):
            moment, _in, zone = clause.removeprefix("passed ").partition(" in ")
            found.append(Completion(_local(moment, zone) if zone else day_of(moment), len(found) + 1))
    return found


def _local(moment: str, zone: str) -> date:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with patch.object(clock, "zone", return_value=ZoneInfo(zone)):
        return clock.today(at)


def is_down(row: Row, on: date) -> bool:
    """Whether the nightly work did not run that day."""
    stretches = (stretch_of(each.split()[1]) for each in row.person if each.startswith("outage "))
    return any(first <= on and (last is None or on <= last) for first, last in stretches)
