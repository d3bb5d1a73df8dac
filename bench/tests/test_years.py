"""What is foretold is what happens; and the rhythm of the daily jobs leaves no trace in the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from bench.faults import f14_rhythm, years
from bench.faults.years import DAY
from tenants.context import TenantRef, inside

FIRST = dt.date(2028, 1, 20)


@pytest.mark.parametrize("done_before", [None, 5])
def test_what_is_foretold_is_what_the_daily_jobs_then_do(campus: TenantRef, done_before: int | None) -> None:
    last = FIRST + 21 * DAY
    with inside(campus):
        years.populate(7, FIRST, people=9, days=21)
        foretold = years.foretold(FIRST, last, done_before)
        on = FIRST
        while on <= last:
            years.live(on)
            if done_before is not None and years.pass_courses(on, years.diligent(done_before)(on)):
                years.settle_passes(on)
            on += DAY
        happened = years.happened(FIRST)
    found = years.differences(foretold, happened)
    assert not found, "\n".join(found)
    assert {"assigned", "withdrawn", "mail"} <= {what for what, _on in happened}


def test_the_rhythm_of_the_daily_jobs_leaves_no_trace_in_the_rows(town: list[TenantRef]) -> None:
    free = iter(town)
    rows = f14_rhythm.cases(
        lambda _name: next(free),
        days=20,
        people=5,
        seed=11,
        only=("two schedulers at once", "outages of three days"),
    )
    assert [row.broken() for row in rows] == [[]] * 3, rows
