"""The table of docs/engine/scenarios.md: read here, and lived through day by day with the real rules of the core."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from zoneinfo import ZoneInfo

from compliance.core import audience, dates, plan, standing, waivers
from compliance.core.due import waiting_facts
from compliance.core.fields import FieldValue
from compliance.core.milestones import DateField, Milestone, Other
from compliance.core.plan import Outcome
from compliance.core.terms import (
    Absence,
    Anchor,
    Appointment,
    Calendar,
    Cause,
    Completion,
    CycleDates,
    CycleFacts,
    DayUnit,
    DueFrom,
    FixedDay,
    Period,
    Person,
    Roll,
    Terms,
    Validity,
)
from tenants import clock

PAGE = Path(__file__).resolve().parents[3] / "docs" / "engine" / "scenarios.md"
_ALWAYS = date(1900, 1, 1)
OTHER = Other(2, "the other")
FIELD = DateField("day", "the field")
T = TypeVar("T")
_ANCHORS = {"expiry": Anchor.EXPIRY, "completion": Anchor.COMPLETION, "month end": Anchor.MONTH_END}


def sure(value: T | None) -> T:
    """The value, which the row takes for granted."""
    assert value is not None
    return value


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
                Row(name, _clauses(usual[1]) + _clauses(requirement), _clauses(person), _day(asked), answers)
            )
    return found


def _clauses(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.replace("`", "").split(";") if each.strip())


def _day(text: str) -> date:
    return date.fromisoformat(text.strip())


def stretch_of(text: str) -> tuple[date, date | None]:
    first, last = text.split("..")
    return _day(first), _day(last) if last else None


def _fixed(text: str) -> FixedDay:
    month, day = text.split("-")
    return FixedDay(int(month), int(day))


_TERMS: list[tuple[str, Callable[..., dict[str, Any]]]] = [
    (r"start (\S+)", lambda day: {"starts_on": _day(day)}),
    (
        r"due (\d+) (working )?days from (appointment|hire|assignment)",
        lambda count, working, since: {
            "first_due_days": int(count),
            "due_unit": DayUnit.WORKING if working else DayUnit.DAYS,
            "due_from": DueFrom(since),
        },
    ),
    (
        r"due (\d+) (working )?days from (completion of the other|the day in the field)",
        lambda count, working, since: {
            "first_due_days": int(count),
            "due_unit": DayUnit.WORKING if working else DayUnit.DAYS,
            "due_from": DueFrom.FIELD if "field" in since else DueFrom.COMPLETION,
            "due_after": OTHER,
            "due_field": FIELD,
        },
    ),
    (
        r"due on (\S+), at least (\d+) days",
        lambda day, count: {"due_from": DueFrom.FIXED, "due_on": _day(day), "first_due_days": int(count)},
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
    (r"holidays (.+)", lambda days: {"calendar": Calendar(frozenset(map(_day, days.split())))}),
    (r"credit since (\S+)", lambda day: {"credit_since": _day(day)}),
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
        tuple(then[2] if then else clause for clause, then in changes if not then or on >= _day(then[1]))
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
    is_active = True
    for clause in (*row.person, *(each for each in row.requirement if each.startswith("paused "))):
        text, known = known_of(clause)
        word, *rest = text.split()
        if word in {"passed", "outage"} or known > on:
            continue
        if word == "other":
            milestones += _other(rest, known, on)
        elif word == "field":
            fields.append(FieldValue(FIELD.key, *said_of(rest, known)))
        elif word == "deactivated":
            is_active = on < _day(rest[0])
        elif word in {"leave", "waiver", "paused"}:
            cause = {"leave": Cause.LEAVE, "waiver": Cause.WAIVER, "paused": Cause.PAUSE}[word]
            absences.append(replace(Absence.leave(*stretch_of(rest[0])), cause=cause))
        else:
            appointments.append(Appointment(word, (rest[0], "UNI"), *stretch_of(rest[1])))
    return Person(
        1, tuple(appointments), tuple(absences), is_active, fields=tuple(fields), milestones=tuple(milestones)
    )


def said_of(said: list[str], known: date) -> tuple[date, date, date | None]:
    """`field 2026-03-01`, `field 2026-03-01 since 2026-02-01 until 2026-02-28`: the day, since and until when."""
    more = dict(zip(said[1::2], map(_day, said[2::2]), strict=True))
    return _day(said[0]), more.get("since", known), more.get("until")


def _other(said: list[str], known: date, on: date) -> list[Milestone]:
    """`other 2026-03-01`, `other 2026-03-01 until 2027-03-01`, `other 2026-03-01 revoked 2026-05-01`."""
    done = _day(said[0])
    more = dict(zip(said[1::2], map(_day, said[2::2]), strict=True))
    if done > on or more.get("revoked", date.max) <= on:
        return []
    return [Milestone(OTHER.key, done, max(done, known), more.get("until"))]


def known_of(clause: str) -> tuple[str, date]:
    text, _known, day = clause.partition(" known ")
    return text, _day(day) if day else _ALWAYS


@cache
def passes(person: tuple[str, ...]) -> list[Completion]:
    """The days, in the tenant's zone, on which the course was passed."""
    found: list[Completion] = []
    for clause in person:
        if clause.startswith("passed "):
            moment, _in, zone = clause.removeprefix("passed ").partition(" in ")
            found.append(Completion(_local(moment, zone) if zone else _day(moment), len(found) + 1))
    return found


def _local(moment: str, zone: str) -> date:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with patch.object(clock, "zone", return_value=ZoneInfo(zone)):
        return clock.today(at)


def is_down(row: Row, on: date) -> bool:
    """Whether the nightly work did not run that day."""
    stretches = (stretch_of(each.split()[1]) for each in row.person if each.startswith("outage "))
    return any(first <= on and (last is None or on <= last) for first, last in stretches)


@dataclass
class Cycle:
    """One cycle as the records keep it."""

    number: int
    dates: CycleDates
    done: Completion | None = None
    valid: Validity | None = None

    def facts(self) -> CycleFacts:
        """In the words of the standing."""
        on, valid = self.done.on if self.done else None, self.valid
        due, opens = self.dates.due_on, self.dates.window_opens_on
        return CycleFacts(
            self.number,
            opens,
            due,
            self.dates.grace_ends_on,
            on,
            valid.valid_from if valid else None,
            valid.valid_until if valid else None,
        )


@dataclass
class Life:
    """One person under one requirement, one night after another."""

    row: Row
    cycles: list[Cycle] = field(default_factory=list)
    decision: plan.Decision | None = None
    first: plan.Decision | None = None
    holds: bool = False
    waits_since: date | None = None

    def live(self) -> Life:
        """Until the day the row asks about."""
        day = _day(next(each for each in reversed(self.row.requirement) if each.startswith("start "))[6:])
        while day <= self.row.asked_on:
            if not is_down(self.row, day):
                self._night(day)
            day += timedelta(days=1)
        return self

    @property
    def open(self) -> Cycle | None:
        """The cycle that is not done."""
        return next((each for each in self.cycles if each.done is None), None)

    @property
    def last_done(self) -> Cycle | None:
        """The newest cycle that is done."""
        return next((each for each in reversed(self.cycles) if each.done is not None), None)

    def _night(self, day: date) -> None:
        rule, person = rule_on(self.row, day), person_on(self.row, day)
        known = [each for each in passes(self.row.person) if each.on <= day]
        self.decision = made = plan.decide(rule, person, self.holds, known, day)
        if made.outcome in {Outcome.ASSIGN, Outcome.CREDIT}:
            self.holds, self.first = True, made
            self.cycles = [Cycle(1, sure(made.dates), made.credit, made.validity)]
        elif made.outcome is Outcome.WAIT:
            self.holds, self.first, self.waits_since, self.cycles = True, made, day, []
        elif made.outcome is Outcome.WITHDRAW:
            self.holds, self.waits_since = False, None
        if self.waits_since is not None:
            self._stop_waiting(rule, person, known, self.waits_since, day)
        if self.holds:
            self._move(rule.terms, person)
            while self._end(rule.terms, person, known, day) | self._renew(rule.terms, person, day):
                pass

    def _stop_waiting(
        self, rule: plan.Rule, person: Person, known: list[Completion], since: date, day: date
    ) -> None:
        made = plan.end_of_waiting(rule, person, since, known, day)
        if made is not None:
            self.first, self.waits_since = made, None
            self.cycles = [Cycle(1, sure(made.dates), made.credit, made.validity)]

    def _move(self, terms: Terms, person: Person) -> None:
        cycle = self.open
        if cycle is not None and (person.absences or cycle.dates.due_on != cycle.dates.original_due_on):
            was = cycle.dates
            due_on = max(
                dates.after_absences(terms, was.original_due_on, person.absences), was.window_opens_on
            )
            grace_ends_on = was.grace_ends_on + (due_on - was.due_on)
            cycle.dates = replace(was, due_on=due_on, grace_ends_on=grace_ends_on)

    def _end(self, terms: Terms, person: Person, known: list[Completion], day: date) -> bool:
        """A pass finishes the open cycle; an excuse that ended before that closes it, and a fresh one opens."""
        cycle, last = self.open, self.last_done
        if cycle is None:
            return False
        opened_on = cycle.dates.window_opens_on
        over_on = waivers.ended_within(opened_on, person.absences, day)
        until = day if over_on is None else over_on - timedelta(days=1)
        done = next((each for each in known if opened_on <= each.on <= until), None)
        if done is not None:
            cycle.done = done
            cycle.valid = dates.validity(terms, done.on, last.valid if last else None)
        elif over_on is not None:
            fresh = dates.after_waiver(terms, over_on, cycle.dates.original_due_on, person.absences)
            self.cycles[self.cycles.index(cycle)] = Cycle(cycle.number + 1, fresh)
        return done is not None or over_on is not None

    def _renew(self, terms: Terms, person: Person, day: date) -> bool:
        last = self.last_done
        if self.open is not None or last is None or terms.recurs is None:
            return False
        ends_on = sure(last.valid).valid_until
        if ends_on is None:
            return False
        due = dates.renewal(terms, ends_on, sure(last.done).on, person.absences)
        if due.window_opens_on > day:
            return False
        self.cycles.append(Cycle(last.number + 1, due))
        return True

    def answer(self, key: str) -> str:
        """What the engine says on the day of the row."""
        decision = sure(self.decision)
        upcoming = decision.dates if decision.outcome is Outcome.LATER else None
        shown = self.open.dates if self.open and self.holds else upcoming
        last = self.last_done
        answers: dict[str, Callable[[], object]] = {
            "status": self._status,
            "plan": lambda: decision.outcome.value,
            "starts": lambda: decision.on,
            "due": lambda: shown.due_on if shown else "none",
            "originally due": lambda: sure(shown).original_due_on,
            "grace until": lambda: sure(shown).grace_ends_on,
            "opened": lambda: sure(shown).window_opens_on,
            "cycle": lambda: sure(self.open or last).number,
            "valid until": lambda: (sure(last.valid).valid_until or "for good") if last else "none",
            "late by": lambda: max(0, (sure(sure(last).done).on - sure(last).dates.due_on).days),
            "adjusted": lambda: "yes" if sure(self.first).is_adjusted else "no",
            "counted from": lambda: dict(sure(self.first).because)["counted_from_on"],
        }
        return str(answers[key]())

    def _status(self) -> str:
        if not self.holds:
            return "not in scope"
        on = self.row.asked_on
        absence = person_on(self.row, on).absence_on(on)
        because = (("assignment", absence.cause.value),) if absence else None
        facts = [each.facts() for each in self.cycles]
        waits = waiting_facts(rule_on(self.row, on).terms) if self.waits_since else None
        found = standing.standing_of(facts, on, excused_because=because, waits_for=waits)
        return found.status.value.replace("_", " ")
