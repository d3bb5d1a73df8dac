"""The terms as a picture: what they mean for somebody who joins today and does it on the last day in time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from compliance.core import dates
from compliance.core.milestones import DateField, FirstSignIn
from lms.ui.pictures import Lane, Mark, Picture, Span, picture

if TYPE_CHECKING:
    from compliance.core.terms import Terms

ROUNDS = 2
_DAY = timedelta(days=1)


def picture_of(terms: "Terms", today: date) -> Picture | None:
    """The first rounds of an invented person who joins on the start of the requirement, or today if that is later.

    Where it waits for another requirement: who completes that one then. For the day of a field: who has that day in it.
    For the first sign-in: who signs in then.
    """
    starts_on = max(today, terms.starts_on)
    first = dates.first_due(terms, starts_on, starts_on)
    cycle = dates.opened(terms, starts_on, first.due_on)
    lanes, previous = [], None
    for number in range(1, ROUNDS + 1):
        valid = dates.validity(terms, cycle.due_on, previous)
        spans = [Span("todo", cycle.window_opens_on, cycle.due_on, _("open"))]
        if cycle.grace_ends_on > cycle.due_on:
            spans.append(
                Span("late", cycle.due_on + _DAY, cycle.grace_ends_on, _("grace, if it is not done"))
            )
        lanes.append(
            Lane(
                _("Cycle %(number)s") % {"number": number},
                spans,
                list(_marks(number, cycle.window_opens_on, cycle.due_on)),
            )
        )
        done = Span("done", valid.valid_from, valid.valid_until, _("trained, if it is done on the last day"))
        lanes.append(
            Lane(
                _("Trained by cycle %(number)s") % {"number": number},
                [done],
                [Mark("done", cycle.due_on, _("done"))],
            )
        )
        if terms.recurs is None or valid.valid_until is None:
            break
        previous = valid
        cycle = dates.renewal(terms, valid.valid_until, valid.valid_from)
    whose = _("For somebody who joins on the first day")
    if isinstance(terms.waits_for, DateField):
        whose = _("For somebody whose day in “%(field)s” is the first day") % {"field": terms.waits_for.title}
    elif isinstance(terms.waits_for, FirstSignIn):
        whose = _("For somebody who first signs in on the first day")
    elif terms.waits_for is not None:
        whose = _("For somebody who completes “%(title)s” on the first day") % {
            "title": terms.waits_for.title
        }
    return picture(whose, lanes, today=today)


def _marks(number: int, opens_on: date, due_on: date) -> Iterator[Mark]:
    yield Mark("event", opens_on, _("assigned") if number == 1 else _("renewal opens"))
    yield Mark("due", due_on, _("due"))
