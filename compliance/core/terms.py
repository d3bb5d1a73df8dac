"""The words the engine is spoken in: frozen facts about requirements, people and cycles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self

from .fields import FieldValue
from .milestones import ANY_SIGN_IN, DateField, FirstSignIn, Milestone, Other
from .namings import Naming
from .shares import EVERY_ROUND, Share

Fact = tuple[str, str]
"""A named fact as data, for example ("kind", "staff"); dates are ISO strings."""


class Anchor(StrEnum):
    """What the end of validity is counted from."""

    EXPIRY = "expiry"
    COMPLETION = "completion"
    FIXED = "fixed"
    YEAR = "year"
    MONTH_END = "month_end"


class DueFrom(StrEnum):
    """What the first due date is counted from.

    The appointment through which a person is meant; the day they were hired, which a transfer does not change;
    the day the requirement reached them; the day they completed another requirement; the day that a field says of them;
    the day they first signed in; one date for all; the next due day of the requirement's own calendar.
    """

    APPOINTMENT = "appointment"
    HIRE = "hire"
    ASSIGNMENT = "assignment"
    COMPLETION = "completion"
    FIELD = "field"
    SIGN_IN = "sign_in"
    FIXED = "fixed"
    CALENDAR = "calendar"


class DayUnit(StrEnum):
    """Which days are counted up to the first due date."""

    DAYS = "days"
    WORKING = "working"


class Roll(StrEnum):
    """Where a due date goes that falls on a weekend or a holiday."""

    NONE = "none"
    LATER = "later"
    EARLIER = "earlier"


class Status(StrEnum):
    """Where a person stands on one requirement; always derived, never stored."""

    NOT_YET_DUE = "not_yet_due"
    COMPLIANT = "compliant"
    EXPIRING = "expiring"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    EXCUSED = "excused"
    NOT_IN_SCOPE = "not_in_scope"


LATE = frozenset({Status.OVERDUE, Status.EXPIRED})
"""The due date and any grace have passed."""

NOT_COUNTED = frozenset({Status.EXCUSED, Status.NOT_IN_SCOPE})
"""In neither the numerator nor the denominator of any figure."""


class ImpossibleTerms(ValueError):
    """The terms of a requirement contradict each other; the message says which."""


@dataclass(frozen=True, slots=True)
class Period:
    """How long a completion is valid. The unit is kept: 12 months are not 365 days over a leap year."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if (self.months > 0) == (self.days > 0) or self.months < 0 or self.days < 0:
            raise ImpossibleTerms("A period is a positive number of months or of days, not both.")


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A day of the year; 29 February is 28 February in common years."""

    month: int
    day: int

    def __post_init__(self) -> None:
        try:
            date(2028, self.month, self.day)
        except ValueError as error:
            raise ImpossibleTerms("There is no such day of the year.") from error


SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: Monday to Friday without the holidays."""

    holidays: frozenset[date] = frozenset()

    def is_working_day(self, on: date) -> bool:
        """Whether it is neither a weekend nor a holiday."""
        return on.weekday() < SATURDAY and on not in self.holidays


@dataclass(frozen=True, slots=True)
class Terms:
    """When a requirement is due and how long doing it lasts; lengths are days unless the name says months.

    `due_on` is the date of DueFrom.FIXED. With Anchor.YEAR the year begins on `year_start` and `fixed_day` is its
    due day. `first_due_days` are counted in `due_unit`; every other length is in days of the calendar. `due_after` is
    the requirement of DueFrom.COMPLETION, `due_field` the field of DueFrom.FIELD, `sign_in` says how long is waited.
    """

    starts_on: date
    first_due_days: int
    recurs: Period | None = None
    anchor: Anchor = Anchor.EXPIRY
    fixed_day: FixedDay | None = None
    minimum_months: int = 0
    window_days: int = 0
    grace_days: int = 0
    return_days: int = 14
    credit_since: date | None = None
    due_from: DueFrom = DueFrom.APPOINTMENT
    due_on: date | None = None
    due_unit: DayUnit = DayUnit.DAYS
    roll: Roll = Roll.NONE
    year_start: FixedDay | None = None
    calendar: Calendar = Calendar()
    due_after: Other | None = None
    due_field: DateField | None = None
    sign_in: FirstSignIn = ANY_SIGN_IN

    def __post_init__(self) -> None:
        lengths = self.minimum_months, self.window_days, self.grace_days, self.return_days
        if min(self.first_due_days, self.sign_in.within_days or 0, *lengths) < 0:
            raise ImpossibleTerms("Lengths cannot be negative.")
        self._check_due()
        if self.recurs is not None:
            self._check_anchor(self.recurs)

    @property
    def has_calendar(self) -> bool:
        """Whether the due day comes from the calendar, the same for everybody."""
        return self.recurs is not None and self.anchor in {Anchor.FIXED, Anchor.YEAR}

    @property
    def waits_for(self) -> Other | DateField | FirstSignIn | None:
        """What the first due date is counted from and a person may be without; None: everybody has it."""
        if self.due_from is DueFrom.FIELD:
            return self.due_field
        if self.due_from is DueFrom.SIGN_IN:
            return self.sign_in
        return self.due_after if self.due_from is DueFrom.COMPLETION else None

    def _check_due(self) -> None:
        if self.due_from is DueFrom.COMPLETION and self.due_after is None:
            raise ImpossibleTerms("Due after another requirement, but none is named.")
        if self.due_from is DueFrom.FIELD and self.due_field is None:
            raise ImpossibleTerms("Due after the day of a field, but none is named.")
        if self.due_from is DueFrom.FIXED and self.due_on is None:
            raise ImpossibleTerms("Due on one date for all, but no date.")
        if self.due_from is DueFrom.CALENDAR and not self.has_calendar:
            raise ImpossibleTerms(
                "Due by the calendar, but it is not repeated on a fixed day or by the year."
            )

    def _check_anchor(self, recurs: Period) -> None:
        if self.anchor is Anchor.MONTH_END and not recurs.months:
            raise ImpossibleTerms("To the end of a month, the period is months.")
        if not self.has_calendar:
            return
        if self.fixed_day is None:
            raise ImpossibleTerms("A fixed anchor needs a day of the year.")
        if not recurs.months or recurs.months % 12:
            raise ImpossibleTerms("With a fixed day the period is whole years.")
        if self.anchor is Anchor.YEAR and self.year_start in {None, FixedDay(2, 29)}:
            raise ImpossibleTerms("A year begins on a day that every year has.")


@dataclass(frozen=True, slots=True)
class Appointment:
    """One affiliation of a person. `departments` holds the code of its department, then of each parent.

    `working_time` is its share of full time in percent; None, as an empty title: not known. `manager` is the stable key
    of whom they report to in it; empty: nobody.
    """

    kind: str
    departments: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
    title: str = ""
    working_time: Decimal | None = None
    manager: str = ""

    def covers(self, on: date) -> bool:
        """Whether the appointment is in force on that day (both ends included)."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


class Cause(StrEnum):
    """Why the clock stands still."""

    LEAVE = "leave"
    PAUSE = "pause"
    WAIVER = "waiver"
    EXEMPTION = "exemption"


EXCUSES = frozenset({Cause.WAIVER, Cause.EXEMPTION})
"""Given by decision, for one requirement. When one ends, a fresh cycle begins."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch in which the clock stands still. `returns_on` is the first day back; None: not known yet."""

    starts_on: date
    returns_on: date | None
    cause: Cause = Cause.LEAVE

    @classmethod
    def leave(cls, starts_on: date, ends_on: date | None) -> Self:
        """A leave whose last day away is `ends_on`."""
        return cls(starts_on, None if ends_on is None else ends_on + timedelta(days=1))

    def covers(self, on: date) -> bool:
        """Whether the clock stands still on that day."""
        return self.starts_on <= on and (self.returns_on is None or on < self.returns_on)


@dataclass(frozen=True, slots=True)
class Person:
    """All that audience and due date depend on. `groups`: code and since when; `fields`: of the university's own.

    `signed_in_on`: the day of the first sign-in in the tenant's zone; None: never yet.
    """

    id: int
    appointments: tuple[Appointment, ...]
    absences: tuple[Absence, ...] = ()
    is_active: bool = True
    by_hand: tuple[Naming, ...] = ()
    groups: tuple[tuple[str, date], ...] = ()
    fields: tuple[FieldValue, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    signed_in_on: date | None = None

    def absence_on(self, on: date) -> Absence | None:
        """The absence in force on that day, if any: the firmest, an exemption before a waiver before all others."""
        found = [absence for absence in self.absences if absence.covers(on)]
        firmest = (Cause.EXEMPTION, Cause.WAIVER)
        return min(found, key=lambda each: [each.cause is not cause for cause in firmest], default=None)

    def is_exempt(self, on: date) -> bool:
        """Whether the requirement is not meant for the person that day, by decision."""
        absence = self.absence_on(on)
        return absence is not None and absence.cause is Cause.EXEMPTION

    def employed_since(self, appointment: Appointment) -> date:
        """The first day of the unbroken row of appointments that leads to this one."""
        since = appointment.starts_on
        for each in sorted(self.appointments, key=lambda one: one.starts_on, reverse=True):
            if each.starts_on < since and (each.ends_on is None or each.ends_on + timedelta(days=1) >= since):
                since = each.starts_on
        return since

    def is_away(self, on: date) -> bool:
        """Whether the person is on leave that day; a resting requirement or an excuse is no leave."""
        return any(absence.cause is Cause.LEAVE and absence.covers(on) for absence in self.absences)


@dataclass(frozen=True, slots=True)
class Completion:
    """Something was done on that day (tenant's zone) that may answer the requirement.

    `at` is the exact moment. One of the ids says what it was: a course that was passed here, or a credit, for which the
    rest is said. `lasts_until`: it counts no longer than that. `is_temporary`: it only bridges the time until the
    training itself. `is_history`: loaded history, with the dates of the cycle it would have been. `is_counted`: it has
    finished a cycle of the person already. `shares` say for which rounds it counts (core.satisfiers); by default each.
    """

    on: date
    enrollment_id: int | None = None
    at: datetime | None = None
    credit_id: int | None = None
    lasts_until: date | None = None
    is_temporary: bool = False
    is_history: bool = False
    is_counted: bool = False
    shares: tuple[Share, ...] = EVERY_ROUND

    @property
    def rank(self) -> tuple[date, bool, bool, int]:
        """Which of several comes first: by day; of one day a passed course before a credit, the temporary last."""
        key = self.enrollment_id or self.credit_id or 0
        return self.on, self.credit_id is not None, self.is_temporary, key

    def share_in(self, number: int) -> Share | None:
        """By what it counts in that round; None: it does not."""
        found = (each for each in self.shares if each.first <= number)
        return next((each for each in found if each.last is None or number <= each.last), None)

    def counts_in(self, number: int) -> bool:
        """Whether it counts in that round."""
        return self.share_in(number) is not None


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when (both included; None = for good) a completion counts, and its anchor.

    `is_temporary`: what comes next is the training itself, and counts from its own day.
    """

    valid_from: date
    valid_until: date | None
    anchored_on: date
    is_temporary: bool = False


@dataclass(frozen=True, slots=True)
class CycleDates:
    """The dates of one open cycle. `original_due_on` is what the due date was before any absence moved it."""

    window_opens_on: date
    due_on: date
    grace_ends_on: date
    original_due_on: date


@dataclass(frozen=True, slots=True)
class Trigger:
    """What happened that the training is asked for again: a word for its kind, what it was, and on which day."""

    kind: str
    title: str
    on: date

    @property
    def facts(self) -> tuple[Fact, ...]:
        """It as reasons of a standing."""
        return (("event_kind", self.kind), ("event_title", self.title), ("event_on", self.on.isoformat()))


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """One cycle as the records hold it; finished when `completed_on` is set.

    With a `trigger` an event asked for it: what was done before counts until its due date and no longer.
    `revoked`: the stretches in which it counted no longer, first day included, the day it counts again not.
    """

    number: int
    window_opens_on: date
    due_on: date
    grace_ends_on: date
    completed_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    is_temporary: bool = False
    trigger: Trigger | None = None
    revoked: tuple[tuple[date, date | None], ...] = ()

    def is_finished_by(self, on: date) -> bool:
        """Whether the cycle was completed on that day or before."""
        return self.completed_on is not None and self.completed_on <= on

    def counts_on(self, on: date) -> bool:
        """Whether it was finished by that day, and is not revoked on it."""
        taken = any(first <= on and (again is None or on < again) for first, again in self.revoked)
        return self.is_finished_by(on) and not taken
