"""Short ways to say people and terms in tests."""

from datetime import date

from compliance.core import audience
from compliance.core.plan import Rule
from compliance.core.terms import Absence, Anchor, Appointment, FixedDay, Period, Person, Terms

STAFF_AND_FACULTY = audience.All((audience.Kinds(("staff", "faculty")),))


def d(text: str) -> date:
    return date.fromisoformat(text)


def terms(starts_on: str = "2026-01-01", first_due_days: int = 30, **more) -> Terms:
    return Terms(starts_on=d(starts_on), first_due_days=first_due_days, **more)


def yearly(anchor: str = "expiry", *, fixed: tuple[int, int] | None = None, **more) -> Terms:
    day = FixedDay(*fixed) if fixed else None
    return terms(recurs=Period(months=12), anchor=Anchor(anchor), fixed_day=day, **more)


def leave(first: str, last: str | None) -> Absence:
    return Absence.leave(d(first), d(last) if last else None)


def post(
    kind: str = "staff", since: str = "2020-01-01", until: str | None = None, *departments: str
) -> Appointment:
    return Appointment(kind, departments or ("LAW",), d(since), d(until) if until else None)


def person(
    number: int = 1, *posts: Appointment, absences: tuple[Absence, ...] = (), is_active: bool = True
) -> Person:
    return Person(number, posts or (post(),), absences, is_active)


def rule(of: Terms | None = None, who: audience.Rule = STAFF_AND_FACULTY) -> Rule:
    return Rule(of or yearly(window_days=60), who)
