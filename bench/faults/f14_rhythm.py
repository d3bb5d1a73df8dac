"""F14: the daily jobs run at any rhythm but the right one."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.faults import years
from bench.faults.drill import Row
from bench.faults.years import DAY
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

TITLE = "the daily jobs run never, five times, at once, or after an outage"
INJECTS = (
    "over simulated days of people who come, go, are away and pass, the daily jobs of records and reminders run five "
    "times a day, by two schedulers at once, not for one, three and ten days, on a server in another zone, or by a "
    "clock that jumps two hours to and fro."
)
HOLDS = (
    "the rows that say who owes what since when are those of one punctual run a day; nobody gets two mails of a kind a "
    "day; no notice and no letter to those above leaves that a newer one has overtaken; and what happened is what "
    "`manage.py simulate` foretold."
)
FIRST = dt.date(2028, 2, 4)
Passes = dict[dt.date, list[years.Pass]]
Rhythm = Callable[["TenantRef", dt.date], bool]
"""Runs the day's jobs in its way; answers whether the workers were there that day."""


def run(world: World) -> list[Row]:
    """A month with a leap day; its last day is one with workers in every rhythm."""
    return cases(lambda name: make_tenant(world, name), days=31, people=12, seed=11)


def cases(
    make: Callable[[str], TenantRef], *, days: int, people: int, seed: int, only: tuple[str, ...] = ()
) -> list[Row]:
    """Every rhythm in a tenant of its own, compared with the punctual one. `make` gives a new, empty tenant."""
    plan = {"seed": seed, "people": people, "days": days}
    passes: Passes = {}
    foretold, punctual = live_once(make("punctual"), passes, plan)
    wanted = [name for name in RHYTHMS if not only or name in only]
    return [foretold, *(_case(name, make, passes, punctual, plan) for name in wanted)]


def live_once(tenant: TenantRef, passes: Passes, plan: dict[str, int]) -> tuple[Row, tuple[str, str]]:
    """The punctual run; fills `passes` with what people passed, for the other runs. Answers its two dumps."""
    from tenants.context import inside

    last, study = FIRST + (plan["days"] - 1) * DAY, years.diligent(5)
    with inside(tenant):
        years.populate(plan["seed"], FIRST, people=plan["people"], days=plan["days"])
        foretold = years.foretold(FIRST, last, 5)
        began = time.monotonic()
        for number in range(plan["days"]):
            on = FIRST + number * DAY
            years.live(on)
            passes[on] = study(on)
            if years.pass_courses(on, passes[on]):
                years.settle_passes(on)
        seconds = time.monotonic() - began
        happened = years.happened(FIRST)
        differing = years.differences(foretold, happened)
        figures = {
            "days": plan["days"],
            "occurrences foretold": foretold.total(),
            "occurrences actual": happened.total(),
            "stale": years.stale_count(),
        }
        expected = {"occurrences actual": foretold.total(), "stale": 0}
        dumps = (years.dump(with_notices=False), years.dump(with_notices=True))
        row = Row(
            "once a day, as foretold", len(differing), years.doubled_count(), 0, seconds, figures, expected
        )
    return row, dumps


def _case(
    name: str,
    make: Callable[[str], TenantRef],
    passes: Passes,
    punctual: tuple[str, str],
    plan: dict[str, int],
) -> Row:
    from compliance.reminders.models import Digest, EscalationCopy
    from tenants.context import inside

    rhythm, with_notices = RHYTHMS[name]
    tenant = make(name.replace(" ", "-").replace(",", ""))
    with inside(tenant):
        years.populate(plan["seed"], FIRST, people=plan["people"], days=plan["days"])
    began = time.monotonic()
    for number in range(plan["days"]):
        on = FIRST + number * DAY
        is_there = rhythm(tenant, on)
        with inside(tenant):
            if years.pass_courses(on, passes[on]) and is_there:
                years.settle_passes(on)
    seconds = time.monotonic() - began
    with inside(tenant):
        rows, wanted = years.dump(with_notices=with_notices), punctual[with_notices]
        lost, more = Counter(wanted.splitlines()), Counter(rows.splitlines())
        figures: dict[str, int | float | str] = {
            "rows": len(rows.splitlines()),
            "as once a day": "yes" if rows == wanted else "no",
            "mails": Digest.objects.count(),
            "letters above": EscalationCopy.objects.values("user", "local_day").distinct().count(),
            "stale": years.stale_count(),
            "dump": years.digest_of(rows),
        }
        expected: dict[str, int | float | str] = {"as once a day": "yes", "stale": 0}
        doubled = years.doubled_count() + (more - lost).total()
    return Row(name, (lost - more).total(), doubled, 0, seconds, figures, expected)


def _five_times(tenant: TenantRef, on: dt.date) -> bool:
    from tenants.context import inside

    with inside(tenant):
        years.live(on, times=5)
    return True


def _two_at_once(tenant: TenantRef, on: dt.date) -> bool:
    from django.db import connections

    from tenants.context import inside

    failed: list[BaseException] = []

    def turn() -> None:
        try:
            with inside(tenant):
                years.live(on)
        except BaseException as error:  # the thread's end is the drill's finding
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=turn) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return True


def _outage(length: int) -> Rhythm:
    def rhythm(tenant: TenantRef, on: dt.date) -> bool:
        from tenants.context import inside

        # As long with workers and three days more, then without.
        number = (on - FIRST).days
        if number and number % (2 * length + 3) >= length + 3:
            return False
        with inside(tenant):
            years.live(on)
        return True

    return rhythm


def _jumping(tenant: TenantRef, on: dt.date) -> bool:
    """The jobs run again by a clock that is two hours behind, ahead, and behind."""
    from compliance.records import actions as records
    from compliance.reminders import actions as reminders
    from tenants.context import inside

    with inside(tenant):
        years.live(on)
        for job, hours in ((records.nightly_turn, -2), (reminders.run_daily, 2), (reminders.run_daily, -2)):
            at = years.moment(on, years.REMINDERS_AT) + dt.timedelta(hours=hours)
            job(at=at, scheduled_for=at)
    return True


def _elsewhere(tenant: TenantRef, on: dt.date) -> bool:
    """The server's own clock is set to the zone that is furthest ahead."""
    import os

    from tenants.context import inside

    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    try:
        with inside(tenant):
            years.live(on)
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
    return True


RHYTHMS: dict[str, tuple[Rhythm, bool]] = {
    "five times a day": (_five_times, True),
    "two schedulers at once": (_two_at_once, True),
    "clock two hours to and fro": (_jumping, True),
    "a server in Kiritimati": (_elsewhere, True),
    "every other day": (_outage(1), False),
    "outages of three days": (_outage(3), False),
    "an outage of ten days": (_outage(10), False),
}
"""Each rhythm, and whether notices must be the same too: after an outage those overtaken are not sent."""
