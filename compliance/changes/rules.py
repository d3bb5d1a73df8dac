"""When a change may be made, decided and undone; from how many people a second person is needed."""

import math
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from compliance.changes.enums import State
from compliance.changes.models import UNDO_HOURS, Change, Proposal, Threshold
from compliance.core.dates import add_months
from lms.ui.dates import day_text

AHEAD_YEARS = 2


class Refused(Exception):
    """It cannot be done; nothing was changed. The message says so to a person, and what to do."""


class DifferenceChanged(Refused):
    """Whom it concerns, or with which dates, is not what the person saw when they decided; it was worked out anew."""


class UnderWay(Refused):
    """A job is at this change already: a second click, or somebody else was faster. Nothing was done twice."""


def limit(threshold: Threshold, people_count: int) -> int | None:
    """How many people one person alone may affect; None: any number.

    The larger of the share of active people, rounded up, and the smallest number.
    """
    if not threshold.is_on:
        return None
    return max(threshold.at_least, math.ceil(threshold.percent * people_count / 100))


def why_not_on(made: Change, on: date | None, today: date) -> str:
    """Why a change cannot take effect on that day of the tenant, for a person; empty when it can (None: at once)."""
    if on is None:
        return ""
    if made.undoes_id is not None:
        return _("An undo is made at once: what was wrong does not go on until a coming day.")
    last = add_months(today, 12 * AHEAD_YEARS)
    if not today <= on <= last:
        return _("Name today or a coming day, until %(last)s at the latest.") % {"last": day_text(last)}
    return ""


def why_not_undone(made: Proposal, at: datetime, latest: Proposal | None) -> str:
    """Why this change cannot be undone at that moment, for a person; empty when it can."""
    if made.state != State.MADE or made.made_at is None:
        return _("It was never made.")
    if made.undoes_id is not None:
        return _("An undo is not undone itself. Make the change again if it was right.")
    if latest is None or (latest.made_at or at, latest.pk) < (made.made_at, made.pk):
        # It would be the latest itself if it still stood.
        return _("It was undone already.")
    if latest.pk != made.pk:
        return _("Change %(number)s was made after it. Undo that one first.") % {"number": latest.number}
    if at - made.made_at > timedelta(hours=UNDO_HOURS):
        return _(
            "It was made more than %(hours)s hours ago. People have acted on it since; change it back as a new change."
        ) % {"hours": UNDO_HOURS}
    return ""
