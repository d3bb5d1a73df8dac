"""F5: clocks change, days are missing, zones are moved."""

from __future__ import annotations

import calendar
import datetime as dt
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench.faults import years
from bench.faults.drill import Row
from bench.faults.years import DAY
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

TITLE = "time itself"
INJECTS = (
    "ten years in twelve zones: hours that do not exist or come twice, a day that a country left out, leap days, "
    "ends of months and years; a clock that jumps two hours to and fro while jobs are due; a tenant that moves "
    "to another zone on the day something is due."
)
HOLDS = (
    "every daily job runs once on every day that there is, at its time or as far after a missing hour as it lay in it; "
    "nobody gets a second mail; due dates return to the 29th and the 31st."
)
FIRST_YEAR = {"Pacific/Apia": 2006}  # the year 2011 had no 30 December there
YEARS = 10
ZONES = (
    "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe",
    "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "Africa/Cairo",
    "Pacific/Kiritimati", "America/Havana",
)  # fmt: skip
TIMES = (dt.time(0, 0), dt.time(1, 30), dt.time(2, 15), dt.time(8, 0))
SPECIAL_DAYS = 6  # a zone that the real clockwork is turned through, of those the schedule is tried on
HOUR = dt.timedelta(hours=1)


def run(world: World) -> list[Row]:
    """The schedule in every zone, the clockwork around the last changes of clocks, and days that move."""
    rows = [schedule(zone) for zone in ZONES]
    tenants = {zone: in_zone(make_tenant(world, f"zone-{number}"), zone) for number, zone in enumerate(ZONES)}
    rows += [
        clockwork(tenant, changes(zone, years_of(zone))[-SPECIAL_DAYS:]) for zone, tenant in tenants.items()
    ]
    rows += [anchors(), moved_zone(make_tenant(world, "moving"))]
    return rows


def years_of(zone: str) -> range:
    """The ten years that are tried."""
    first = FIRST_YEAR.get(zone, 2026)
    return range(first, first + YEARS)


def occurrence(on: dt.date, local_time: dt.time, zone: str) -> dt.datetime | None:
    """When a job of that time is to run on that day, told from offsets alone; None: there is no such day.

    The latest moment at which the wall clock shows the time. Where none does: as long after the missing hour as the
    time lies in it.
    """
    tz, naive = ZoneInfo(zone), dt.datetime.combine(on, local_time)
    middle = naive.replace(tzinfo=dt.UTC)
    offsets = {(middle + number * HOUR).astimezone(tz).utcoffset() for number in (-30, 0, 30)}
    moments = [middle - offset for offset in offsets if offset is not None]
    shown = [each for each in moments if each.astimezone(tz).replace(tzinfo=None) == naive]
    if shown:
        return max(shown)
    after = max(moments)  # by the offset before the change
    return after if after.astimezone(tz).date() == on else None


def schedule(zone: str) -> Row:
    """Every occurrence of four local times over ten years."""
    from tenants.clockwork import next_local

    span, began = years_of(zone), time.monotonic()
    missing = doubled = expected_count = actual_count = 0
    first, last = dt.date(span[0], 1, 1), dt.date(span[-1], 12, 31)
    for local_time in TIMES:
        days = (first + number * DAY for number in range((last - first).days + 1))
        expected = {moment for on in days if (moment := occurrence(on, local_time, zone)) is not None}
        actual, at = [], min(expected) - dt.timedelta(seconds=1)
        while (at := next_local(at, local_time, zone)) <= max(expected):
            actual.append(at)
        missing += len(expected - set(actual)) + len(set(actual) - expected)
        doubled += len(actual) - len(set(actual))
        expected_count, actual_count = expected_count + len(expected), actual_count + len(actual)
    return Row(
        f"schedule, {zone} {span[0]} to {span[-1]}",
        missing,
        doubled,
        0,
        time.monotonic() - began,
        {"special days": len(changes(zone, span)), "occurrences": actual_count},
        {"occurrences": expected_count},
    )


def changes(zone: str, span: range) -> list[dt.date]:
    """The days around which something is special: changes of the clock, a leap day, the end of the first year."""
    tz, found = ZoneInfo(zone), []
    at = dt.datetime(span[0], 1, 1, tzinfo=dt.UTC)
    while at.year <= span[-1]:
        if at.astimezone(tz).utcoffset() != (at + DAY).astimezone(tz).utcoffset():
            found.append(at.date())
        at += DAY
    leap = next(year for year in span if calendar.isleap(year))
    return [*found, dt.date(leap, 2, 29), dt.date(span[0], 12, 31)]


def in_zone(tenant: TenantRef, zone: str) -> TenantRef:
    """The tenant after it moved."""
    from tenants import hosts
    from tenants.context import public_schema
    from tenants.models import Tenant

    with public_schema():
        Tenant.objects.filter(pk=tenant.id).update(time_zone=zone)
        hosts.forget_all()
        ref: TenantRef = Tenant.objects.get(pk=tenant.id).ref()
        return ref


def clockwork(tenant: TenantRef, around: list[dt.date]) -> Row:
    """The tenant's own daily jobs by the real clockwork, turned every hour, which jumps two hours to and fro."""
    from tenants import schedule as jobs
    from tenants.clockwork import plan_daily_jobs, run_everything_due
    from tenants.context import public_schema
    from tenants.models import DueWork, JobRun, Tenant

    began, expected, zone = time.monotonic(), set[tuple[str, dt.datetime]](), tenant.time_zone
    with public_schema():
        DueWork.objects.update(is_enabled=False)
        row = Tenant.objects.get(pk=tenant.id)
        DueWork.objects.filter(tenant=row).delete()
        JobRun.objects.filter(tenant=row).delete()
    actual: list[tuple[str, dt.datetime]] = []
    unfinished = 0
    for on in around:
        start = dt.datetime.combine(on - DAY, dt.time(12), tzinfo=dt.UTC)
        end = start + 3 * DAY
        with public_schema():
            plan_daily_jobs(row, at=start)
        for at in _jumping(start, end):
            run_everything_due(at=at)
        for job in jobs.daily_jobs():
            moments = (occurrence(on + n * DAY, job.time_for(tenant.id), zone) for n in range(-3, 5))
            expected |= {(job.name, each) for each in moments if each and start < each <= end}
        with public_schema():
            runs = JobRun.objects.filter(tenant=row)
            actual += runs.values_list("job", "scheduled_for")
            unfinished += runs.exclude(state="done").count()
            runs.delete()
    stray = set(actual) - expected
    return Row(
        f"clockwork, {zone}",
        len(expected - set(actual)) + unfinished,
        len(actual) - len(set(actual)) + len(stray),
        0,
        time.monotonic() - began,
        {"special days": len(around), "occurrences": len(actual)},
        {"occurrences": len(expected)},
    )


def _jumping(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Every hour from start to end; now and then two hours early and then on time again."""
    at, number = start, 0
    while at <= end:
        yield at
        if number % 5 == 3 and at + 2 * HOUR <= end:
            yield at + 2 * HOUR
            yield at - 2 * HOUR
        at, number = at + HOUR, number + 1


def anchors() -> Row:
    """Validity over ten years for anchors on days that not every month or year has, each renewed on its last day."""
    from compliance.core import dates
    from compliance.core.terms import Period, Terms

    began, wrong, count = time.monotonic(), 0, 0
    for start, months in ((dt.date(2024, 2, 29), 12), (dt.date(2025, 1, 31), 1), (dt.date(2025, 8, 30), 6)):
        terms = Terms(dt.date(2024, 1, 1), 30, Period(months=months), window_days=20)
        valid = dates.validity(terms, start)
        for number in range(1, 120 // months + 1):
            year, month = divmod(start.year * 12 + start.month - 1 + number * months, 12)
            day = min(start.day, calendar.monthrange(year, month + 1)[1])
            wrong += valid.valid_until != dt.date(year, month + 1, day)
            count += 1
            if valid.valid_until is not None:
                valid = dates.validity(terms, valid.valid_until, valid)
    return Row(
        "29 February, 31 January, 30 August", wrong, 0, 0, time.monotonic() - began, {"due dates": count}
    )


def moved_zone(tenant: TenantRef) -> Row:
    """A tenant moves on the day things are due, west over midnight, east over the date line, and back."""
    from compliance.reminders.models import Digest
    from tenants.context import inside

    first, days = dt.date(2028, 2, 14), 25
    with inside(tenant):
        years.populate(5, first, people=12, days=days)
    began = time.monotonic()
    zones = (
        "Europe/Berlin",
        "Pacific/Honolulu",
        "Pacific/Kiritimati",
        "America/New_York",
        "Australia/Lord_Howe",
    )
    at = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)
    moved = tenant
    for number in range(days * 4):
        if number % 3 == 0:
            moved = in_zone(tenant, zones[number // 3 % len(zones)])
        with inside(moved):
            years.turn_at(at)
        at += 6 * HOUR
    with inside(moved):
        figures = {"moves": days * 4 // 3 + 1, "mails": Digest.objects.count(), "stale": years.stale_count()}
        return Row(
            "a tenant that moves on due days",
            0,
            years.twice_told_count(),
            0,
            time.monotonic() - began,
            figures,
            {"stale": 0},
        )
