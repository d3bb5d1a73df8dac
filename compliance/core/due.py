"""The first due date: from which day it is counted, and what becomes of one that is already past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from . import days
from .milestones import DateField, FirstSignIn, Milestone, Other, Said, reached, said, signed_in
from .terms import Appointment, DueFrom, Fact, FixedDay, Person, Terms

WAITS_FOR, WAITS_FOR_FIELD, WAITS_FOR_SIGN_IN = "waits_for", "waits_for_field", "waits_for_sign_in"
"""The facts that say what somebody has no due date without.

The title of a requirement; the name of a field; how many days after the assignment the first sign-in is waited for no
longer, empty when it is waited for without an end.
"""
WAITS = (WAITS_FOR, WAITS_FOR_FIELD, WAITS_FOR_SIGN_IN)


class CountedFrom(StrEnum):
    """The day that a first due date was counted from, as it is kept with the assignment.

    FIXED and CALENDAR are due days that were not counted; ASSIGNMENT: the usual date was already past; NO_SIGN_IN: by
    that day the person had not signed in. Each has its sentence in `records.queries.words`.
    """

    JOINING = "joining"
    START = "start"
    HIRE = "hire"
    ASSIGNED = "assigned"
    COMPLETION = "completion"
    FIELD = "field"
    SIGN_IN = "sign_in"
    NO_SIGN_IN = "no_sign_in"
    FIXED = "fixed"
    CALENDAR = "calendar"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class FirstDue:
    """A first due date, before weekends and absences move it; `counted_from` names the day `counted_from_on`."""

    due_on: date
    counted_from: CountedFrom
    counted_from_on: date

    @property
    def is_adjusted(self) -> bool:
        """Whether the usual date was already past, so that another was set."""
        return self.counted_from is CountedFrom.ASSIGNMENT

    def facts(self, terms: Terms) -> tuple[Fact, ...]:
        """The arithmetic, as facts."""
        named = {CountedFrom.COMPLETION: terms.due_after, CountedFrom.FIELD: terms.due_field}
        after = named.get(self.counted_from)
        return (
            ("counted_from", self.counted_from.value),
            ("counted_from_on", self.counted_from_on.isoformat()),
            ("first_due_days", str(terms.first_due_days)),
            ("day_unit", terms.due_unit.value),
            *((("counted_after", after.title),) if after is not None else ()),
        )


@dataclass(frozen=True, slots=True)
class Begin:
    """When the first cycle of a person opens, and when it is due."""

    opens_on: date
    first: FirstDue


def begin(
    terms: Terms, person: Person, appointment: Appointment, assigned_on: date, today: date | None = None
) -> Begin | None:
    """The first cycle of somebody who was assigned then, as known on `today` (default: that day); None: it waits.

    It waits while the completion, the day of a field, or the sign-in that it is counted from is missing, and opens on
    the day on which that is known: what was written down afterwards makes nobody late on arrival. A rule that was
    changed and counts from something else now begins today.
    """
    today = today or assigned_on
    if terms.waits_for is None:
        return _begin(terms, person, appointment, today)
    found = _found(terms.waits_for, person, assigned_on, today)
    if found is None:
        return None
    begun = _begin(terms, person, appointment, max(assigned_on, found.known_on), found.on)
    if isinstance(found, Said) and (begun.first.is_adjusted or begun.first.due_on < today):
        # A field keeps since when it holds, not when that was entered: whoever waits still has just been told. So has
        # who signed in long before the rule asked for that.
        begun = _begin(terms, person, appointment, today, found.on)
    if isinstance(found, Said) and found.is_substitute and begun.first.counted_from is CountedFrom.SIGN_IN:
        return replace(begun, first=replace(begun.first, counted_from=CountedFrom.NO_SIGN_IN))
    return begun


def begin_as_known(
    terms: Terms, person: Person, appointment: Appointment, assigned_on: date, by: date
) -> Begin | None:
    """As `begin`, had a turn looked every day from then on: what facts that are known `by` that day tell afterwards."""
    if terms.waits_for is None:
        return begin(terms, person, appointment, assigned_on)
    found = _found(terms.waits_for, person, assigned_on, max(assigned_on, by))
    if found is None:
        return None
    return begin(terms, person, appointment, assigned_on, max(assigned_on, found.known_on))


def _found(
    other: Other | DateField | FirstSignIn, person: Person, assigned_on: date, today: date
) -> Milestone | Said | None:
    """The day that is counted from, and since when it is known."""
    if isinstance(other, DateField):
        return said(person.fields, other.key, assigned_on, today)
    if isinstance(other, FirstSignIn):
        return signed_in(person.signed_in_on, other, assigned_on, today)
    return reached(person.milestones, other.key, assigned_on, today)


def _begin(
    terms: Terms, person: Person, appointment: Appointment, opens_on: date, counted_on: date | None = None
) -> Begin:
    hired_on = person.employed_since(appointment)
    return Begin(opens_on, first_due(terms, appointment.starts_on, opens_on, hired_on, counted_on))


def waiting_facts(terms: Terms) -> tuple[Fact, ...]:
    """What somebody without a due date waits for, and how long they have from then on; empty where nobody waits."""
    match terms.waits_for:
        case None:
            return ()
        case FirstSignIn(days):
            waits = (WAITS_FOR_SIGN_IN, "" if days is None else str(days))
        case DateField() as field:
            waits = (WAITS_FOR_FIELD, field.title)
        case Other() as other:
            waits = (WAITS_FOR, other.title)
    return (
        waits,
        ("first_due_days", str(terms.first_due_days)),
        ("day_unit", terms.due_unit.value),
    )


def first_due(
    terms: Terms,
    joined_on: date,
    assigned_on: date,
    hired_on: date | None = None,
    counted_on: date | None = None,
) -> FirstDue:
    """The first due date of a person who joined (`hired_on`: was hired) then, when assigned on `assigned_on`.

    `counted_on` is when they completed the other requirement, the day that the field says, or that of the first
    sign-in, by default the day of assignment.

    Counted from no earlier than the requirement's start. One date for all, and the due day of a calendar, leave at
    least `first_due_days` to whoever comes after the start. A day that is already past when the requirement
    reaches the person is counted anew from the day of assignment: nobody is late on arrival.
    """
    if terms.due_from is DueFrom.CALENDAR and terms.fixed_day is not None:
        return _by_calendar(terms, terms.fixed_day, max(terms.starts_on, joined_on, assigned_on))
    found = _one_date(terms, terms.due_on, joined_on) if terms.due_from is DueFrom.FIXED else None
    if found is None:
        found = _counted(terms, joined_on, assigned_on, hired_on or joined_on, counted_on or assigned_on)
    if found.due_on < assigned_on:
        return FirstDue(_later(terms, assigned_on), CountedFrom.ASSIGNMENT, assigned_on)
    return found


def _counted(terms: Terms, joined_on: date, assigned_on: date, hired_on: date, counted_on: date) -> FirstDue:
    """N days after a day of the person's own, or after the start when that is later."""
    named = {
        DueFrom.HIRE: (CountedFrom.HIRE, hired_on),
        DueFrom.ASSIGNMENT: (CountedFrom.ASSIGNED, max(assigned_on, terms.starts_on)),
        DueFrom.COMPLETION: (CountedFrom.COMPLETION, counted_on),
        DueFrom.FIELD: (CountedFrom.FIELD, counted_on),
        DueFrom.SIGN_IN: (CountedFrom.SIGN_IN, counted_on),
    }
    name, since = named.get(terms.due_from, (CountedFrom.JOINING, joined_on))
    if terms.starts_on >= since and name is not CountedFrom.ASSIGNED:
        name, since = CountedFrom.START, terms.starts_on
    return FirstDue(_later(terms, since), name, since)


def _one_date(terms: Terms, due_on: date | None, joined_on: date) -> FirstDue | None:
    """The date for all; who joined after the start has at least `first_due_days`. None: counted from joining."""
    if due_on is None:
        return None
    is_too_soon = joined_on > terms.starts_on and _later(terms, joined_on) > due_on
    return None if is_too_soon else FirstDue(due_on, CountedFrom.FIXED, due_on)


def _by_calendar(terms: Terms, day: FixedDay, since: date) -> FirstDue:
    """The next due day of the calendar, or `first_due_days` from `since` when it comes sooner than that."""
    due_on, earliest = days.next_fixed(since, day), _later(terms, since)
    if earliest > due_on:
        return FirstDue(earliest, CountedFrom.ASSIGNED, since)
    return FirstDue(due_on, CountedFrom.CALENDAR, due_on)


def _later(terms: Terms, since: date) -> date:
    return days.later(since, terms.first_due_days, terms.due_unit, terms.calendar)
