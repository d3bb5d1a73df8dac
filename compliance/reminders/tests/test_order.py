"""Reminders build on the records of the day, whatever was late."""

import datetime as dt

import pytest

from tenants import schedule
from tenants.clockwork import run_everything_due
from tenants.context import TenantRef, public_schema
from tenants.models import DueWork
from tenants.tests.watching import names_of_runs

pytestmark = pytest.mark.django_db


def test_every_job_that_comes_after_another_names_daily_ones_and_none_waits_for_itself() -> None:
    daily = {job.name: job for job in schedule.daily_jobs()}

    def before(name: str) -> set[str]:
        return {name}.union(*(before(each) for each in daily[name].after))

    for job in daily.values():
        assert set(job.after) <= set(daily), job.name
        assert all(job.name not in before(each) for each in job.after), job.name


@pytest.mark.parametrize("first_due", ["records.daily", "reminders.daily"])
def test_after_three_days_without_a_worker_the_records_come_first(
    alpha: TenantRef, at: dt.datetime, monkeypatch: pytest.MonkeyPatch, first_due: str
) -> None:
    """The outage may have begun before the records of that day or between them and its reminders."""
    ran = names_of_runs(monkeypatch)
    with public_schema():
        mine = DueWork.objects.filter(tenant_id=alpha.id)
        mine.update(next_run_at=at - dt.timedelta(days=3))
        mine.exclude(job=first_due).update(next_run_at=at - dt.timedelta(days=2, hours=20))
    run_everything_due(at=at)
    ordered = [name for name in ran if name in {"records.daily", "reminders.daily"}]
    assert ordered == ["records.daily", "reminders.daily"]
