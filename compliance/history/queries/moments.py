"""Whether a pair of days can be asked about, and what is wrong with it in words."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from compliance.core.asof import Moment, MomentFault, moment_fault
from lms.ui.dates import day_text
from tenants import clock

# An archive brings its history with it, so that it may reach further back than the triggers of this schema.
_SINCE = """
SELECT LEAST((SELECT min(recorded_at) FROM history_change),
             (SELECT applied FROM django_migrations WHERE app = 'history' AND name = '0002_kept_by_the_database')),
       (SELECT min(assigned_on) FROM records_assignment)
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which day on it is kept what was known, and the first day of which anything can be said."""

    kept_since: dt.date
    begun_on: dt.date


def bounds(today: dt.date) -> Bounds:
    """The bounds of this site; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE)
        kept_since, begun_on = cursor.fetchone()
    return Bounds(clock.today(kept_since) if kept_since else today, begun_on or today)


def problem(moment: Moment, *, today: dt.date) -> str:
    """Why the pair cannot be answered, and what can; empty when it can. `today` is the tenant's."""
    known = bounds(today)
    fault = moment_fault(moment, today=today, kept_since=known.kept_since, begun_on=known.begun_on)
    if fault is None:
        return ""
    facts = {
        "on": day_text(moment.on),
        "known": day_text(moment.known_on),
        "since": day_text(known.kept_since),
        "begun": day_text(known.begun_on),
    }
    words = {
        MomentFault.IN_THE_FUTURE: _(
            "%(on)s is still to come. Choose today or an earlier day; what is to come is shown under requirements."
        ),
        MomentFault.KNOWN_IN_THE_FUTURE: _(
            "What will be known on %(known)s nobody knows. Choose today or earlier."
        ),
        MomentFault.KNOWN_BEFORE: _(
            "On %(known)s nobody knew yet what happened until %(on)s. The day of knowledge is the same or later."
        ),
        MomentFault.NOT_KEPT_YET: _(
            "What was known is kept since %(since)s. Ask what is known since then, or leave that field empty."
        ),
        MomentFault.BEFORE_ANYTHING: _("Nothing was required of anybody here before %(begun)s."),
    }
    return words[fault] % facts
