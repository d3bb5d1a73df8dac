"""The clockwork: what is due runs once, in the right tenant, at the right local time, whatever dies."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection

from tenants import clockwork, context, schedule, tasks
from tenants.clockwork import Ticket, claim_due, next_local, run_everything_due, run_ticket
from tenants.context import HOME, TenantRef, inside, public_schema
from tenants.enums import RunState, TenantClosure
from tenants.models import DueWork, JobRun, Tenant, WakeUp
from tenants.schedule import ScheduledJob
from tenants.tests.watching import names_of_runs

HOUR = dt.timedelta(hours=1)
calls: list[tuple[str | None, dt.datetime]] = []
answers: list[dt.datetime | Exception | None] = []


def note_the_call(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """The job under test: remembers who ran when, and answers what the test has laid out."""
    tenant = context.current_tenant()
    calls.append((tenant.schema_name if tenant else None, scheduled_for))
    answer = answers.pop(0) if answers else None
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.fixture(autouse=True)
def _jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{__name__}.note_the_call"
    jobs = {
        "on_demand": ScheduledJob("on_demand", path),
        "daily": ScheduledJob("daily", path, local_time=dt.time(8, 0)),
        "shared": ScheduledJob("shared", path, is_public=True),
    }
    monkeypatch.setattr(schedule, "_jobs", jobs)
    calls.clear()
    answers.clear()


@pytest.fixture(autouse=True)
def _nothing_else_due(db: None) -> None:
    with public_schema():
        DueWork.objects.all().delete()
        WakeUp.objects.all().delete()


def _wake(tenant: TenantRef, at: dt.datetime) -> None:
    with inside(tenant):
        schedule.wake("on_demand", at=at)


@pytest.mark.parametrize(
    ("after", "local", "zone", "expected"),
    [
        # Spring forward: 02:30 does not exist on 29 March in Berlin; it runs as 03:30.
        ("2026-03-29T00:00Z", "02:30", "Europe/Berlin", "2026-03-29T01:30Z"),
        # Fall back: 02:30 comes twice on 25 October; it runs at the second one.
        ("2026-10-24T23:00Z", "02:30", "Europe/Berlin", "2026-10-25T01:30Z"),
        ("2026-10-25T01:30Z", "02:30", "Europe/Berlin", "2026-10-26T01:30Z"),
        ("2026-11-23T00:00Z", "08:00", "Asia/Kathmandu", "2026-11-23T02:15Z"),
        ("2026-11-23T00:00Z", "08:00", "Pacific/Chatham", "2026-11-23T18:15Z"),
        ("2026-11-23T08:00Z", "08:00", "UTC", "2026-11-24T08:00Z"),
        ("2027-12-31T23:00Z", "08:00", "America/New_York", "2028-01-01T13:00Z"),
        ("2026-10-03T00:00Z", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45Z"),
    ],
)
def test_a_local_time_is_found_across_clock_changes(after: str, local: str, zone: str, expected: str) -> None:
    found = next_local(dt.datetime.fromisoformat(after), dt.time.fromisoformat(local), zone)
    assert found == dt.datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
)
def test_a_daily_job_runs_once_on_every_local_day_of_three_years(zone: str) -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    days = []
    while moment.year < 2029:
        moment = next_local(moment, dt.time(2, 30), zone)
        days.append(moment.astimezone(ZoneInfo(zone)).date())
    assert len(days) == len(set(days))
    assert days == [days[0] + dt.timedelta(days=offset) for offset in range(len(days))]


def test_a_wake_up_runs_in_its_tenant_and_is_gone(alpha: TenantRef, beta: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    assert run_everything_due(at=at) == 1
    assert [name for name, _ in calls] == [alpha.schema_name]
    assert run_everything_due(at=at) == 0


def test_ten_wake_ups_are_one_run(alpha: TenantRef, at: dt.datetime) -> None:
    for _ in range(10):
        _wake(alpha, at)
    run_everything_due(at=at)
    assert len(calls) == 1


def test_a_wake_up_for_later_waits(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at + HOUR)
    assert run_everything_due(at=at) == 0
    assert run_everything_due(at=at + HOUR) == 1


def test_a_job_that_wants_to_be_woken_again_is(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    answers.append(at + HOUR)
    run_everything_due(at=at)
    assert run_everything_due(at=at + HOUR / 2) == 0
    assert run_everything_due(at=at + HOUR) == 1


def test_a_worker_that_dies_loses_nothing(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    with public_schema():
        assert len(claim_due(at=at)) == 1  # and the worker that held this ticket is gone
        assert claim_due(at=at + clockwork.LEASE / 2) == []
        assert len(claim_due(at=at + clockwork.LEASE)) == 1


def test_a_job_that_fails_is_tried_again_later_and_tells_why(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    answers.append(RuntimeError("no luck"))
    run_everything_due(at=at)
    with public_schema():
        row = WakeUp.objects.get()
        assert (row.attempts, row.last_error) == (1, "RuntimeError: no luck")
    assert run_everything_due(at=at + dt.timedelta(seconds=5)) == 0
    assert run_everything_due(at=at + HOUR) == 1
    with public_schema():
        assert not WakeUp.objects.exists()


def test_a_failing_tenant_does_not_stop_the_others(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    _wake(alpha, at - HOUR)
    _wake(beta, at)
    answers.append(RuntimeError("alpha is broken"))
    run_everything_due(at=at)
    assert [name for name, _ in calls] == [alpha.schema_name, beta.schema_name]


def test_a_wake_up_during_the_run_leads_to_another(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    with public_schema():
        [ticket] = claim_due(at=at)
    _wake(alpha, at)
    run_ticket(ticket, at=at)
    assert run_everything_due(at=at) == 1


def _daily(tenant: TenantRef, at: dt.datetime) -> None:
    with public_schema():
        clockwork.plan_daily_jobs(Tenant.objects.get(pk=tenant.id), at=at)


def test_a_daily_job_runs_at_the_tenants_local_time(alpha: TenantRef, beta: TenantRef) -> None:
    midnight = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    _daily(alpha, midnight)
    _daily(beta, midnight)
    run_everything_due(at=dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC))
    assert calls == [(alpha.schema_name, dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC))]
    run_everything_due(at=dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC))
    assert calls[1:] == [(beta.schema_name, dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC))]


def test_after_three_days_outage_a_daily_job_runs_once(alpha: TenantRef) -> None:
    _daily(alpha, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    late = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC)
    run_everything_due(at=late)
    assert len(calls) == 1
    with public_schema():
        assert DueWork.objects.get().next_run_at == dt.datetime(2026, 11, 27, 7, 0, tzinfo=dt.UTC)


def test_a_daily_run_is_recorded_and_parked_when_it_never_succeeds(alpha: TenantRef) -> None:
    at = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
    _daily(alpha, at - HOUR)
    answers.extend(RuntimeError("never") for _ in range(clockwork.MAX_ATTEMPTS))
    for hours in range(12):
        run_everything_due(at=at + HOUR * hours)
    with public_schema():
        run = JobRun.objects.get()
        assert (run.state, run.attempts) == (RunState.PARKED, clockwork.MAX_ATTEMPTS)
    assert len(calls) == clockwork.MAX_ATTEMPTS


def test_runs_that_are_done_are_kept_for_sixty_days(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    with public_schema():
        for tenant, days, state in [
            (alpha, 61, RunState.DONE),
            (alpha, 59, RunState.DONE),
            (alpha, 62, RunState.PARKED),
            (beta, 61, RunState.DONE),
        ]:
            JobRun.objects.create(
                tenant_id=tenant.id, job="daily", scheduled_for=at - dt.timedelta(days=days), state=state
            )
        JobRun.objects.create(tenant_id=alpha.id, job="daily", scheduled_for=at)
    run_everything_due(at=at)
    with public_schema():
        left = JobRun.objects.order_by("pk").values_list("tenant_id", "state")
        assert list(left) == [
            (alpha.id, RunState.DONE),
            (alpha.id, RunState.PARKED),
            (beta.id, RunState.DONE),
            (alpha.id, RunState.DONE),
        ]


def test_work_that_no_release_knows_any_more_stops_nobody_elses(alpha: TenantRef, at: dt.datetime) -> None:
    with public_schema():
        WakeUp.objects.create(tenant_id=alpha.id, job="of a release before", due_at=at - HOUR)
    _wake(alpha, at)
    run_everything_due(at=at)
    assert len(calls) == 1
    with public_schema():
        assert WakeUp.objects.get().last_error == "UnknownJob: of a release before"


def test_what_is_kept_of_a_failure_quotes_no_row_of_the_tenant(alpha: TenantRef, at: dt.datetime) -> None:
    """Operators read it, who may see nothing of a tenant without its leave."""
    at_the_database = IntegrityError("duplicate key value\nDETAIL:  Key (email)=(dee@alpha.example) exists.")
    answers.append(at_the_database)
    _wake(alpha, at)
    run_everything_due(at=at)
    with public_schema():
        assert WakeUp.objects.get().last_error == "IntegrityError: duplicate key value"


def test_a_closed_tenants_work_waits(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(closed_for=TenantClosure.MOVE)
    run_everything_due(at=at)
    assert calls == []
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(closed_for="")
    run_everything_due(at=at + HOUR)
    assert len(calls) == 1


def test_public_work_runs_in_the_public_schema(db: None, at: dt.datetime) -> None:
    with public_schema():
        schedule.wake_public("shared", at=at)
    run_everything_due(at=at)
    assert [name for name, _ in calls] == [None]


def test_finding_nothing_due_is_one_statement_whatever_the_number_of_tenants(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    with public_schema():
        rows = [
            DueWork(tenant_id=tenant.id, job=f"job-{number}", local_time=dt.time(8), next_run_at=at + HOUR)
            for tenant in (alpha, beta)
            for number in range(1000)
        ]
        DueWork.objects.bulk_create(rows)
        WakeUp.objects.bulk_create(
            WakeUp(tenant_id=alpha.id, job="on_demand", due_at=at + HOUR) for _ in rows
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE tenants_duework")
            cursor.execute("ANALYZE tenants_wakeup")
            cursor.execute(f"EXPLAIN {clockwork._LOOK}", {"at": at})
            plan = "\n".join(line for (line,) in cursor.fetchall())
        with django_assert_num_queries(1):
            assert claim_due(at=at) == []
    assert "Seq Scan on tenants_duework" not in plan
    assert "Seq Scan on tenants_wakeup" not in plan


def test_one_turn_claims_wake_ups_runs_and_daily_jobs_together(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    with public_schema():
        JobRun.objects.create(tenant_id=alpha.id, job="daily", scheduled_for=at - HOUR)
        DueWork.objects.create(tenant_id=alpha.id, job="daily", local_time=dt.time(8), next_run_at=at)
        tickets = claim_due(at=at)
        assert claim_due(at=at) == []
    assert sorted(ticket.job for ticket in tickets) == ["daily", "daily", "on_demand"]


@pytest.mark.parametrize("headers", [{}, {"duly_tenant": "public"}, {"duly_tenant": "999"}])
def test_a_message_without_its_tenants_header_is_refused(
    alpha: TenantRef, at: dt.datetime, headers: dict[str, str]
) -> None:
    _wake(alpha, at)
    ticket = Ticket("on_demand", alpha.id, (1,)).as_json()
    look = {"job": "on_demand", "tenant_id": alpha.id, "cell": HOME}
    for task, said in ((tasks.run, {"ticket": ticket}), (tasks.look, look)):
        assert isinstance(task.apply(kwargs=said, headers=headers).result, tasks.TenantMismatch)
    assert calls == []


def test_the_engine_is_left_without_a_tenant_after_a_run(alpha: TenantRef, at: dt.datetime) -> None:
    _wake(alpha, at)
    run_everything_due(at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schemas(false)")
        assert cursor.fetchone() == ([],)


def _due(tenant: TenantRef, job: str, at: dt.datetime) -> None:
    with public_schema():
        DueWork.objects.create(tenant_id=tenant.id, job=job, local_time=dt.time(8, 0), next_run_at=at)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the jobs that were run, in order; a job and one that comes after it are known."""
    path = f"{__name__}.note_the_call"
    first = ScheduledJob("first", path, local_time=dt.time(9, 0))
    monkeypatch.setitem(schedule._jobs, "first", first)
    second = ScheduledJob("second", path, local_time=dt.time(8, 0), after=("first",))
    monkeypatch.setitem(schedule._jobs, "second", second)
    return names_of_runs(monkeypatch)


def test_after_an_outage_a_job_waits_for_the_one_it_builds_on(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, ran: list[str]
) -> None:
    """Also where it fell due earlier, and where the other is at work in another process; other tenants do not wait."""
    _due(alpha, "second", at - 73 * HOUR)
    _due(alpha, "first", at - 72 * HOUR)
    _due(beta, "second", at - 72 * HOUR)
    with public_schema():
        tickets = claim_due(at=at)
        assert sorted((ticket.job, ticket.tenant_id) for ticket in tickets) == [
            ("first", alpha.id),
            ("second", beta.id),
        ]
        assert claim_due(at=at) == []
    for ticket in tickets:
        run_ticket(ticket, at=at)
    assert run_everything_due(at=at) == 1
    assert ran[-1] == "second"


def test_what_is_due_and_not_opened_yet_is_waited_for(
    alpha: TenantRef, at: dt.datetime, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is due than one turn opens."""
    monkeypatch.setattr(clockwork, "BATCH", 1)
    _due(alpha, "second", at - 73 * HOUR)
    _due(alpha, "first", at - 72 * HOUR)
    assert run_everything_due(at=at) == 0
    run_everything_due(at=at)
    assert ran == ["first", "second"]


def test_a_job_that_was_woken_waits_like_its_daily_run(
    alpha: TenantRef, at: dt.datetime, ran: list[str]
) -> None:
    """Reminders that fell on a weekend ask to be woken when the office opens."""
    with inside(alpha):
        schedule.wake("second", at=at - HOUR)
    _due(alpha, "second", at + 20 * HOUR)
    _due(alpha, "first", at - HOUR)
    run_everything_due(at=at)
    assert ran == ["first", "second"]


def test_work_that_was_given_up_is_not_waited_for(alpha: TenantRef, at: dt.datetime, ran: list[str]) -> None:
    with public_schema():
        JobRun.objects.create(tenant_id=alpha.id, job="first", scheduled_for=at, state=RunState.PARKED)
    _due(alpha, "second", at)
    run_everything_due(at=at)
    assert ran == ["second"]
