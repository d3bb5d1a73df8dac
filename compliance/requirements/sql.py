"""An audience as one SQL condition over the relations of people: the same predicate as `compliance.core.audience`.

A property test holds the two equal on the real database. The condition is about one appointment, `a`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any as Anything

from compliance.core.attributes import Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import (
    Access,
    All,
    Any,
    Departments,
    Everyone,
    Groups,
    Kinds,
    Leaf,
    Not,
    OnLeave,
    Rule,
)
from compliance.core.fields import Field, FieldTest
from compliance.core.turning import moved

_COLUMNS = {DateOf.STARTS: "a.starts_on", DateOf.ENDS: "a.ends_on"}
_VALUES = {"words": "v.words", "flag": "v.flag", "number": "v.number", "day": "v.day"}
_TESTS = {
    FieldTest.ONE_OF: "{words} = ANY(%s)",
    FieldTest.YES: "{flag}",
    FieldTest.NO: "NOT {flag}",
    FieldTest.LESS: "{number} < %s",
    FieldTest.AT_MOST: "{number} <= %s",
    FieldTest.EQUAL: "{number} = %s",
    FieldTest.AT_LEAST: "{number} >= %s",
    FieldTest.MORE: "{number} > %s",
    FieldTest.BEFORE: "{day} < %s",
    FieldTest.AFTER: "{day} > %s",
    FieldTest.IN_LAST: "{day} BETWEEN %s AND %s",
    FieldTest.IN_NEXT: "{day} BETWEEN %s AND %s",
    FieldTest.SET: "TRUE",
    FieldTest.NOT_SET: "TRUE",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL with the values of its placeholders; it is never NULL."""

    text: str
    values: tuple[Anything, ...] = ()


def condition(rule: Rule, on: date) -> Condition:
    """Whether the rule means the appointment `a` on that day. That `a` is in force is not asked here."""
    match rule:
        case All(parts):
            return _joined(" AND ", (condition(part, on) for part in parts))
        case Any(parts):
            return _joined(" OR ", (condition(part, on) for part in parts))
        case Not(part):
            inner = condition(part, on)
            return Condition(f"(NOT {inner.text})", inner.values)
        case _:
            return _leaf(rule, on)


def _joined(word: str, parts: Iterable[Condition]) -> Condition:
    found = tuple(parts)
    values = tuple(one for each in found for one in each.values)
    return Condition(f"({word.join(each.text for each in found)})", values)


def _leaf(leaf: Leaf, on: date) -> Condition:
    match leaf:
        case Everyone():
            found = Condition("(TRUE)")
        case Kinds(kinds):
            found = Condition("(a.kind = ANY(%s))", (list(kinds),))
        case Departments(codes):
            below = "SELECT department_id FROM department_below WHERE code = ANY(%s)"
            found = Condition(f"(a.department_id IN ({below}))", (list(codes),))
        case OnLeave():
            away = "SELECT user_id FROM leave WHERE starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)"
            found = Condition(f"(a.user_id IN ({away}))", (on, on))
        case Groups(codes):
            found = _in_group(codes, on)
        case Access(codes, ahead):
            found = _in_group(codes, moved(on, ahead) or date.max)
        case Field():
            found = _field(leaf, on)
        case OfAppointment():
            found = _of_appointment(leaf, on)
        case Dated():
            found = _dated(leaf, on)
    return found


def _in_group(codes: tuple[str, ...], by: date) -> Condition:
    held = "SELECT user_id FROM member WHERE code = ANY(%s) AND since <= %s"
    return Condition(f"(a.user_id IN ({held}))", (list(codes), by))


def _field(leaf: Field, on: date) -> Condition:
    """Who has a value of the sort that is asked for; whoever has none is in no such list."""
    said = "SELECT v.user_id FROM field_value v WHERE v.key = %s"
    on_the_day = "v.starts_on <= %s AND (v.ends_on IS NULL OR v.ends_on >= %s)"
    held = f"{said} AND {on_the_day} AND {_TESTS[leaf.test].format(**_VALUES)}"
    word = "NOT IN" if leaf.test is FieldTest.NOT_SET else "IN"
    return Condition(f"(a.user_id {word} ({held}))", (leaf.key, on, on, *_held_against(leaf, on)))


def _of_appointment(leaf: OfAppointment, on: date) -> Condition:
    test = leaf.asked.test
    column = f"a.{leaf.attribute.value}"
    if test in {FieldTest.SET, FieldTest.NOT_SET}:
        return Condition(f"({column} IS {'NOT NULL' if test is FieldTest.SET else 'NULL'})")
    asked = _TESTS[test].format(words=column, number=column)
    return Condition(f"({column} IS NOT NULL AND {asked})", _held_against(leaf.asked, on))


def _held_against(leaf: Field, on: date) -> tuple[Anything, ...]:
    match leaf.against:
        case tuple() as words:
            return (list(words),)
        case int() as days if leaf.test is FieldTest.IN_LAST:
            return (moved(on, -days) or date.min, on)
        case int() as days:
            return (on, moved(on, days) or date.max)
        case None:
            return ()
        case value:
            return (value,)


def _dated(leaf: Dated, on: date) -> Condition:
    column = _COLUMNS[leaf.of]
    match leaf.test:
        case DateTest.BEFORE:
            found = Condition(f"{column} < %s", (leaf.day,))
        case DateTest.AFTER:
            found = Condition(f"{column} > %s", (leaf.day,))
        case DateTest.WITHIN if leaf.of is DateOf.STARTS:
            found = Condition(f"{column} BETWEEN %s AND %s", (moved(on, -leaf.days) or date.min, on))
        case DateTest.WITHIN:
            found = Condition(f"{column} BETWEEN %s AND %s", (on, moved(on, leaf.days) or date.max))
    return Condition(f"({column} IS NOT NULL AND {found.text})", found.values)
