"""Who is meant: a rule over appointments, as data, that can say why it matched.

A rule is judged per appointment, not per person: somebody who is staff in one department and a student worker
in another is meant by "staff, but not student workers" through the first one. The strictest appointment wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from . import attributes, fields
from .attributes import Dated, OfAppointment
from .fields import Field
from .terms import Appointment, Fact, Person

DEEPEST = 20
"""How many rules may lie inside each other."""
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


class BadAudience(ValueError):
    """The stored rule is not one; the message names the part."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """Everybody with an appointment."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Appointments of one of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departments:
    """Appointments in one of these departments or below them."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnLeave:
    """People who are away on that day."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Members of at least one of these groups."""

    codes: tuple[str, ...]

    def found(self, person: Person, on: date) -> tuple[str, date] | None:
        """The first that the person is in on that day, and since when."""
        return next(
            ((code, since) for code, since in person.groups if code in self.codes and since <= on), None
        )


@dataclass(frozen=True, slots=True)
class Access:
    """People with access to at least one of these systems, or who get it within `ahead_days` of the day judged."""

    codes: tuple[str, ...]
    ahead_days: int = 0

    def found(self, person: Person, on: date) -> tuple[str, date] | None:
        """The first that the person may use, or soon will, and since when."""
        has = ((code, since) for code, since in person.groups if code in self.codes)
        return next(((code, since) for code, since in has if (since - on).days <= self.ahead_days), None)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Rule


Leaf: TypeAlias = Everyone | Kinds | Departments | OfAppointment | OnLeave | Groups | Access | Field | Dated
Rule: TypeAlias = Leaf | All | Any | Not


@dataclass(frozen=True, slots=True)
class Match:
    """The appointment through which a person is meant, and the facts that matched."""

    appointment: Appointment
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One test of the rule against one person. `is_met` already counts a surrounding *not*."""

    test: str
    actual: str
    is_met: bool


def match(rule: Rule, person: Person, on: date) -> Match | None:
    """The earliest appointment in force that day that the rule means; None when the person is not meant."""
    if not person.is_active:
        return None
    for appointment in _in_force(person, on):
        facts = _judge(rule, appointment, person, on)
        if facts is not None:
            return Match(appointment, tuple(dict.fromkeys((*_named(appointment), *facts))))
    return None


def _named(appointment: Appointment) -> tuple[Fact, ...]:
    """What the appointment is, for people to read."""
    unit = tuple(("unit", code) for code in appointment.departments[:1])
    return (("kind", appointment.kind), *unit, ("joined_on", appointment.starts_on.isoformat()))


def explain(rule: Rule, person: Person, on: date) -> tuple[Check, ...]:
    """Every test of the rule with the person's own value, on the best matching appointment."""
    if not person.is_active:
        return (Check("active", "no", False),)
    appointments = _in_force(person, on)
    if not appointments:
        return (Check("appointment", "none", False),)
    runs = [tuple(_checks(rule, appointment, person, on, True)) for appointment in appointments]
    matched = match(rule, person, on)
    if matched is not None:
        return runs[appointments.index(matched.appointment)]
    return max(runs, key=lambda checks: sum(check.is_met for check in checks))


def _in_force(person: Person, on: date) -> list[Appointment]:
    """The appointments of that day in an order that does not depend on how they were entered."""
    today = [appointment for appointment in person.appointments if appointment.covers(on)]
    return sorted(
        today,
        key=lambda each: (
            *(each.starts_on, each.kind, each.departments, each.ends_on or date.max),
            *(each.title, each.working_time or 0, each.manager),
        ),
    )


def _judge(rule: Rule, appointment: Appointment, person: Person, on: date) -> tuple[Fact, ...] | None:
    """The facts that made the rule true; None when it is false."""
    facts: tuple[Fact, ...] | None = None
    match rule:
        case Everyone():
            facts = ()
        case Kinds(kinds) if appointment.kind in kinds:
            facts = (("kind", appointment.kind),)
        case Departments(codes):
            facts = next(((("department", code),) for code in appointment.departments if code in codes), None)
        case OfAppointment(asked) if rule.holds(appointment):
            facts = ((asked.key, rule.matched(appointment)),)
        case OnLeave() if person.is_away(on):
            facts = (("on_leave", "yes"),)
        case Groups() | Access() if (found := rule.found(person, on)) is not None:
            facts = _of_group(rule, *found)
        case Field(key) if rule.holds(person.fields, on):
            facts = ((f"field:{key}", fields.spelt(rule.found(person.fields, on))),)
        case Dated(of=of) if rule.holds(appointment, on):
            facts = ((of.value, str(rule.day_of(appointment))),)
        case Not(part) if _judge(part, appointment, person, on) is None:
            facts = ()
        case All(parts) | Any(parts):
            judged = (_judge(part, appointment, person, on) for part in parts)
            true = [each for each in judged if each is not None]
            if true and (isinstance(rule, Any) or len(true) == len(parts)):
                facts = tuple(fact for each in true for fact in each)
    return facts


def _of_group(leaf: Groups | Access, code: str, since: date) -> tuple[Fact, ...]:
    if isinstance(leaf, Groups):
        return (("group", code),)
    return (("system", code), ("access_since", since.isoformat()))


def _checks(rule: Rule, appointment: Appointment, person: Person, on: date, wanted: bool) -> Iterator[Check]:
    """The leaves of the rule in order, each with what was found."""
    match rule:
        case Kinds(kinds):
            yield Check("kind", appointment.kind, (appointment.kind in kinds) is wanted)
        case Departments(codes):
            is_in = any(code in codes for code in appointment.departments)
            yield Check("department", next(iter(appointment.departments), ""), is_in is wanted)
        case OfAppointment(asked):
            yield Check(asked.key, fields.spelt(rule.found(appointment)), rule.holds(appointment) is wanted)
        case OnLeave():
            is_away = person.is_away(on)
            yield Check("on_leave", "yes" if is_away else "no", is_away is wanted)
        case Groups() | Access():
            found = rule.found(person, on)
            test = "group" if isinstance(rule, Groups) else "system"
            yield Check(test, found[0] if found else "", (found is not None) is wanted)
        case Field(key):
            actual = fields.spelt(rule.found(person.fields, on))
            yield Check(f"field:{key}", actual, rule.holds(person.fields, on) is wanted)
        case Dated(of=of):
            day = rule.day_of(appointment)
            yield Check(of.value, day.isoformat() if day else "", rule.holds(appointment, on) is wanted)
        case Not(part):
            yield from _checks(part, appointment, person, on, not wanted)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _checks(part, appointment, person, on, wanted)
        case Everyone():
            yield Check("everyone", appointment.kind, wanted)


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The conditions of the rule in order."""
    match rule:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield rule


def group_codes(rule: Rule) -> frozenset[str]:
    """The codes of all groups and systems that the rule asks for."""
    asked = (leaf for leaf in leaves(rule) if isinstance(leaf, Groups | Access))
    return frozenset(code for leaf in asked for code in leaf.codes)


def field_keys(rule: Rule) -> frozenset[str]:
    """The keys of all fields that the rule asks for."""
    return frozenset(leaf.key for leaf in leaves(rule) if isinstance(leaf, Field))


def dump(rule: Rule) -> Json:
    """The rule as JSON; `parse(dump(rule)) == rule`."""
    match rule:
        case Kinds(words):
            spelt: Json = {"kinds": list(words)}
        case Departments(words) | Groups(words):
            spelt = {"departments" if isinstance(rule, Departments) else "groups": list(words)}
        case Field():
            spelt = {"field": fields.dump(rule)}
        case OfAppointment(asked):
            spelt = {"attribute": fields.dump(asked)}
        case Access(words, ahead):
            spelt = {"access": {"systems": list(words), "ahead_days": ahead}}
        case All(parts):
            spelt = {"all": [dump(part) for part in parts]}
        case Any(parts):
            spelt = {"any": [dump(part) for part in parts]}
        case Not(part):
            spelt = {"not": dump(part)}
        case Dated():
            spelt = {"appointment": attributes.dump_dated(rule)}
        case Everyone() | OnLeave():
            spelt = {"everyone" if isinstance(rule, Everyone) else "on_leave": True}
    return spelt


def parse(data: Json, *, depth: int = 0) -> Rule:
    """The rule that the JSON spells. Raises BadAudience with the part that is not understood."""
    if depth > DEEPEST:
        raise BadAudience(f"A rule has at most {DEEPEST} rules inside each other.")
    if not isinstance(data, dict) or len(data) != 1:
        raise BadAudience(f"A rule is an object with one key, not {data!r}.")
    ((key, value),) = data.items()
    if key in {"everyone", "on_leave"} and value is True:
        return Everyone() if key == "everyone" else OnLeave()
    if key == "not":
        return Not(parse(value, depth=depth + 1))
    if key in _LISTS:
        return _LISTS[key](_words(key, value))
    if key in {"all", "any"} and isinstance(value, list) and value:
        parts = tuple(parse(part, depth=depth + 1) for part in value)
        return All(parts) if key == "all" else Any(parts)
    if key in _ASKED:
        return _asked(key, value)
    raise BadAudience(f"There is no rule {key!r} of {value!r}.")


def _words(key: str, value: Json) -> tuple[str, ...]:
    """A list of at least one word."""
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise BadAudience(f"{key} needs a list of at least one word.")
    return tuple(str(word) for word in value)


def _asked(key: str, value: Json) -> Leaf:
    try:
        return _ASKED[key](value)
    except fields.BadTest as error:
        raise BadAudience(str(error)) from error


def _access(value: Json) -> Access:
    if not isinstance(value, dict) or set(value) != {"systems", "ahead_days"}:
        raise BadAudience(f"access needs systems and ahead_days, not {value!r}.")
    return Access(_words("access", value["systems"]), fields.days_of("access", value["ahead_days"]))


_ASKED: dict[str, Callable[[Json], Leaf]] = {
    "field": fields.parse,
    "attribute": attributes.parse,
    "appointment": attributes.parse_dated,
    "access": _access,
}
_LISTS: dict[str, type[Kinds | Departments | Groups]] = {
    "kinds": Kinds,
    "departments": Departments,
    "groups": Groups,
}
