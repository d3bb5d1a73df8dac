"""People named one by one: included whatever the rule says, or left out whatever it says.

Meant is who the rule means or is included, and is not excluded. An inclusion reaches somebody who has an appointment on
the day, or has never had one; it does not keep people who have left. It is no part of the rule, but of the person as
one requirement sees them, like a waiver: it has days, a reason, and somebody who answers for it.
"""

from __future__ import annotations

from datetime import date

from . import audience
from .namings import Naming, Side
from .terms import Appointment, Person


def naming_on(person: Person, on: date) -> Naming | None:
    """What is said of the person by hand on that day; of two, the exclusion, whichever was entered first."""
    found = [named for named in person.by_hand if named.covers(on)]
    return min(
        found, key=lambda named: (named.side is Side.INCLUDE, named.starts_on, named.reason), default=None
    )


def match(rule: audience.Rule, person: Person, on: date) -> audience.Match | None:
    """Through which appointment the person is meant that day, by the rule or by hand; None when not meant."""
    named = naming_on(person, on) if person.by_hand else None
    if named is not None and named.side is Side.EXCLUDE:
        return None
    found = audience.match(rule, person, on)
    if found is not None or named is None or not person.is_active:
        return found
    through = audience.match(audience.Everyone(), person, on)
    if through is not None:
        return audience.Match(through.appointment, (*through.facts, *named.facts))
    if person.appointments:
        return None
    return audience.Match(Appointment("", (), named.starts_on), named.facts)


def explain(rule: audience.Rule, person: Person, on: date) -> tuple[audience.Check, ...]:
    """Every test of the rule with the person's own value, and before them what is said of the person by hand."""
    checks = audience.explain(rule, person, on)
    named = naming_on(person, on)
    if named is None or not person.is_active:
        return checks
    is_in = named.side is Side.INCLUDE
    told = ": ".join(filter(None, (named.by, named.reason)))
    return (audience.Check("included" if is_in else "excluded", told, is_in), *checks)


def turning_days(person: Person) -> frozenset[date]:
    """The days on which what is said by hand begins to hold, or no longer does."""
    starts = {named.starts_on for named in person.by_hand}
    return frozenset(starts | {named.returns_on for named in person.by_hand if named.returns_on is not None})
