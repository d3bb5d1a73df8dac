"""What one requirement sees of a person: whoever is the same to it before and after a change owes the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from . import audience, byhand
from .attributes import Attribute, OfAppointment
from .milestones import DateField
from .plan import Rule, next_match
from .terms import Person


def seen_by(rule: Rule, person: Person) -> Person:
    """The person without what neither the audience nor the first due date asks for.

    Days, kinds, leaves and what is said by hand stay: they count everywhere.
    """
    leaves = list(audience.leaves(rule.audience))
    units = {code for leaf in leaves if isinstance(leaf, audience.Departments) for code in leaf.codes}
    words = {leaf.attribute for leaf in leaves if isinstance(leaf, OfAppointment)}
    groups, keys = audience.group_codes(rule.audience), {*audience.field_keys(rule.audience)}
    if isinstance(rule.terms.waits_for, DateField):
        keys.add(rule.terms.waits_for.key)
    appointments = tuple(
        replace(
            each,
            departments=tuple(code for code in each.departments if code in units),
            title=each.title if Attribute.TITLE in words else "",
            working_time=each.working_time if Attribute.WORKING_TIME in words else None,
        )
        for each in person.appointments
    )
    return replace(
        person,
        appointments=appointments,
        groups=tuple(pair for pair in person.groups if pair[0] in groups),
        fields=tuple(said for said in person.fields if said.key in keys),
    )


def is_ever_meant(rule: Rule, person: Person, today: date) -> bool:
    """Whether the person is meant on that day or later, as far as their facts tell."""
    is_meant = byhand.match(rule.audience, person, today) is not None
    return is_meant or next_match(rule, person, today) is not None
