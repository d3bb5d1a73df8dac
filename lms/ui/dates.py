"""Dates and times in words: days are the tenant's, moments are on the wall clock of the tenant or the person."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants import clock

DAY_FORMAT: Final = "j M Y"
TIME_FORMAT: Final = "H:i"
HOUR: Final = 3600
DAY: Final = 86400
WEEKS_FROM: Final = 60
MONTHS_FROM: Final = 365


def day_text(on: dt.date) -> str:
    """`12 Dec 2026`, month in the language in force."""
    return formats.date_format(on, DAY_FORMAT)


def moment_text(at: dt.datetime, zone: ZoneInfo | None = None, *, with_zone: bool = False) -> str:
    """`12 Dec 2026, 10:44` on the clock of `zone` (default: the tenant's), with the place's name on request."""
    zone = zone or clock.zone()
    local = at.astimezone(zone)
    text = f"{formats.date_format(local, DAY_FORMAT)}, {formats.date_format(local, TIME_FORMAT)}"
    return f"{text} ({place(zone)})" if with_zone else text


def place(zone: ZoneInfo) -> str:
    """The city of a zone: `Berlin` for `Europe/Berlin`."""
    return (zone.key or "UTC").rsplit("/", maxsplit=1)[-1].replace("_", " ")


def relative_text(on: dt.date, *, today: dt.date) -> str:
    """How far `on` is from `today`, both days of the tenant: `today`, `in 9 days`, `3 days ago`."""
    days = (on - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    far = span_text(abs(days))
    return (_("in %(span)s") if days > 0 else _("%(span)s ago")) % {"span": far}


def span_text(days: int) -> str:
    """A number of days, in months once weeks say little: `9 days`, `4 months`, `2 years`."""
    if days < WEEKS_FROM:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < MONTHS_FROM:
        months = round(days / 30.44)
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years = days // MONTHS_FROM
    return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}


def ago_text(at: dt.datetime, *, now: dt.datetime) -> str:
    """How long ago `at` was, seen from `now` (both aware): `just now`, `5 minutes ago`, `3 hours ago`, then days."""
    seconds = int((now - at).total_seconds())
    if seconds < 0:
        return moment_text(at)
    if seconds < 60:
        return _("just now")
    if seconds < HOUR:
        minutes = seconds // 60
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if seconds < DAY:
        hours = seconds // HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return relative_text(clock.today(at), today=clock.today(now))


def minutes_text(minutes: int) -> str:
    """A duration: `45 min`, `1 h`, `1 h 5 min`."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("%(n)d min") % {"n": rest}
    if not rest:
        return _("%(n)d h") % {"n": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
