"""When it is due again, worked out side by side: the same completion of the same person under each anchor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from . import dates, history
from .terms import Absence, Anchor, Completion, DueFrom, FixedDay, Terms, Validity

EXAMPLE_DAY, EXAMPLE_YEAR = FixedDay(6, 30), FixedDay(9, 1)
"""The due day of the year, and the day on which one begins, where the terms name none."""


@dataclass(frozen=True, slots=True)
class Worked:
    """One anchor: until when the completion counts, the renewal after it, and until when that counts.

    The renewal is done on the day it opens, which is where the anchors differ most. `example_day` and `example_year`
    are days of the year that were taken because the terms name none. With `is_impossible` the length of the period
    does not go with this anchor, and there are no dates.
    """

    anchor: Anchor
    is_chosen: bool
    valid_until: date | None = None
    opens_on: date | None = None
    due_on: date | None = None
    renewed_until: date | None = None
    example_day: FixedDay | None = None
    example_year: FixedDay | None = None
    is_impossible: bool = False


def worked(
    terms: Terms, done: Completion, before: Sequence[Completion] = (), absences: Iterable[Absence] = ()
) -> tuple[Worked, ...]:
    """Every anchor for somebody who completes it so, after `before`; empty where it is asked for only once."""
    if terms.recurs is None:
        return ()
    away = tuple(absences)
    return tuple(_worked(terms, anchor, done, before, away) for anchor in Anchor)


def if_done(terms: Terms, done: Completion, before: Sequence[Completion]) -> Validity:
    """How long it would count, with what the person did before."""
    earlier = [each for each in before if each.on < done.on]
    known = history.usable(replace(terms, credit_since=None), earlier, done.on)
    return history.validities(terms, [*known, done])[-1]


def _worked(
    terms: Terms, anchor: Anchor, done: Completion, before: Sequence[Completion], absences: Sequence[Absence]
) -> Worked:
    found = Worked(anchor, anchor is terms.anchor)
    months = terms.recurs.months if terms.recurs else 0
    by_calendar = anchor in {Anchor.FIXED, Anchor.YEAR}
    if (by_calendar and (not months or months % 12)) or (anchor is Anchor.MONTH_END and not months):
        return replace(found, is_impossible=True)
    day = terms.fixed_day or (EXAMPLE_DAY if by_calendar else None)
    year = terms.year_start or (EXAMPLE_YEAR if anchor is Anchor.YEAR else None)
    # The first due date is there already; only what follows from it depends on the anchor.
    own = replace(terms, anchor=anchor, fixed_day=day, year_start=year, due_from=DueFrom.ASSIGNMENT)
    valid = if_done(own, done, before)
    if valid.valid_until is None:
        return found
    renewal = dates.renewal(own, valid.valid_until, valid.valid_from, absences)
    again = history.validities(own, [Completion(renewal.window_opens_on)], valid)[-1]
    return replace(
        found,
        valid_until=valid.valid_until,
        opens_on=renewal.window_opens_on,
        due_on=renewal.due_on,
        renewed_until=again.valid_until,
        example_day=day if by_calendar and terms.fixed_day is None else None,
        example_year=year if anchor is Anchor.YEAR and terms.year_start is None else None,
    )
