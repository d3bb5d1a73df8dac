"""What a change of facts is about, and what a rule asks for: where they have nothing in common, nothing follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from . import audience, byhand
from .attributes import OfAppointment
from .milestones import DateField
from .plan import Rule, next_match
from .terms import Appointment, Person

ANYTHING: Final = "*"
"""The days and kinds of appointments, leaves, and who is deactivated count in every rule."""


def asks(rule: Rule) -> frozenset[str]:
    """What the audience and the first due date ask for, by name."""
    return frozenset({ANYTHING, *_asks(rule)})


def changed(before: Person | None, after: Person) -> frozenset[str]:
    """What is said otherwise of the person than before, in the words of `asks`."""
    return frozenset({ANYTHING} if before is None else _changed(before, after))


def is_ever_meant(rule: Rule, person: Person, today: date) -> bool:
    """Whether the person is meant on that day or later, as far as their facts tell."""
    is_meant = byhand.match(rule.audience, person, today) is not None
    return is_meant or next_match(rule, person, today) is not None


def _asks(rule: Rule) -> Iterator[str]:
    for leaf in audience.leaves(rule.audience):
        if isinstance(leaf, audience.Departments):
            yield from (f"unit:{code}" for code in leaf.codes)
        elif isinstance(leaf, OfAppointment):
            yield leaf.attribute.value
    yield from (f"group:{code}" for code in audience.group_codes(rule.audience))
    yield from (f"field:{key}" for key in audience.field_keys(rule.audience))
    if isinstance(rule.terms.waits_for, DateField):
        yield f"field:{rule.terms.waits_for.key}"


def _changed(before: Person, after: Person) -> Iterator[str]:
    rest = [
        replace(one, appointments=tuple(map(_bare, one.appointments)), groups=(), fields=())
        for one in (before, after)
    ]
    if rest[0] != rest[1]:
        yield ANYTHING
        return
    for was, now in zip(before.appointments, after.appointments, strict=True):
        yield from (f"unit:{code}" for code in {*was.departments} ^ {*now.departments})
        if was.title != now.title:
            yield "title"
        if was.working_time != now.working_time:
            yield "working_time"
        if was.manager != now.manager:
            yield "manager"
    yield from (f"group:{code}" for code, _since in {*before.groups} ^ {*after.groups})
    yield from (f"field:{said.key}" for said in {*before.fields} ^ {*after.fields})


def _bare(appointment: Appointment) -> Appointment:
    return replace(appointment, departments=(), title="", working_time=None, manager="")
