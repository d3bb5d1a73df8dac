"""The plan in SQL: the same as the pure ladder, once each, and nothing for those who need nothing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core import escalation, ladder
from compliance.core.escalation import UPWARDS, Rung
from compliance.records.tests.factories import finish
from compliance.reminders import actions
from compliance.reminders.models import Notice
from compliance.reminders.queries.ladder import reached_steps
from compliance.reminders.queries.rungs import reached_rungs
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.tests.factories import make_requirement
from lms.people.models import Leave
from lms.people.tests.factories import make_user
from tenants.context import TenantRef

Rows = set[tuple[str, int, str]]


@pytest.fixture
def person(in_alpha: TenantRef) -> Any:
    return make_user(given_name="Dee", family_name="Dubois")


def plan(today: dt.date, at: dt.datetime) -> int:
    return actions.plan_notices(today=today, at=at)


def rows() -> Rows:
    return set(Notice.objects.values_list("kind", "step", "state"))


def test_a_new_cycle_gets_the_assigned_notice_and_nothing_else(person: Any, at: dt.datetime) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 30 * DAY, assigned_on=TODAY)
    plan(TODAY, at)
    assert rows() == {("assigned", 0, "planned"), ("before", 30, "superseded")}


def test_planning_again_the_same_day_changes_nothing(person: Any, at: dt.datetime) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 7 * DAY)
    first = plan(TODAY, at)
    before = list(Notice.objects.order_by("pk").values())
    assert first == 3
    assert [plan(TODAY, at) for _ in range(4)] == [0, 0, 0, 0]
    assert list(Notice.objects.order_by("pk").values()) == before


def test_after_three_days_without_a_turn_only_the_newest_step_is_planned(
    person: Any, at: dt.datetime
) -> None:
    make_open_cycle(person, make_requirement(remind_before=[3, 2, 1]), due_on=TODAY + 4 * DAY)
    plan(TODAY, at)
    plan(TODAY + 4 * DAY, at)
    assert rows() >= {
        ("before", 3, "superseded"),
        ("before", 2, "superseded"),
        ("before", 1, "superseded"),
        ("due", 0, "planned"),
    }


def test_a_planned_notice_that_was_never_gathered_gives_way_to_a_newer_one(
    person: Any, at: dt.datetime
) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + DAY)
    plan(TODAY, at)
    assert ("before", 1, "planned") in rows()
    plan(TODAY + DAY, at)
    assert rows() >= {("before", 1, "superseded"), ("due", 0, "planned")}


@pytest.mark.parametrize("status", ["paused", "waived", "exempt"])
def test_people_who_are_excused_get_nothing(person: Any, at: dt.datetime, status: str) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY, status=status)
    assert plan(TODAY, at) == 0


def _left(person: Any) -> None:
    person.last_day_on = TODAY - DAY
    person.save()


def _joins_later(person: Any) -> None:
    person.first_day_on = TODAY + DAY
    person.save()


def _deactivated(person: Any) -> None:
    person.is_active = False
    person.save()


def _on_leave(person: Any) -> None:
    Leave.objects.create(user=person, starts_on=TODAY, ends_on=TODAY)


def _on_open_ended_leave(person: Any) -> None:
    Leave.objects.create(user=person, starts_on=TODAY - DAY)


@pytest.mark.parametrize("away", [_left, _joins_later, _deactivated, _on_leave, _on_open_ended_leave])
def test_people_who_are_away_get_nothing(person: Any, at: dt.datetime, away: Callable[[Any], None]) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY)
    away(person)
    assert plan(TODAY, at) == 0


def test_somebody_back_from_leave_hears_the_newest_step_only(person: Any, at: dt.datetime) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY)
    _on_leave(person)
    plan(TODAY, at)
    plan(TODAY + DAY, at)
    assert {row for row in rows() if row[2] == "planned"} == {("due", 0, "planned")}


@pytest.mark.parametrize("state", ["paused", "retired"])
def test_a_requirement_that_rests_reminds_nobody(person: Any, at: dt.datetime, state: str) -> None:
    make_open_cycle(person, make_requirement(state=state), due_on=TODAY)
    assert plan(TODAY, at) == 0


def test_what_was_completed_gets_nothing_and_what_waited_is_dropped(person: Any, at: dt.datetime) -> None:
    record = make_open_cycle(person, make_requirement(), due_on=TODAY + DAY)
    plan(TODAY, at)
    finish(record, on=TODAY)
    assert plan(TODAY + DAY, at) == 0
    assert ("before", 1, "suppressed") in rows()


def test_a_notice_never_comes_before_the_window_opens(person: Any, at: dt.datetime) -> None:
    make_open_cycle(
        person,
        make_requirement(),
        due_on=TODAY + 20 * DAY,
        assigned_on=TODAY - 400 * DAY,
        window_opens_on=TODAY + DAY,
        cycle=2,
    )
    assert plan(TODAY, at) == 0
    plan(TODAY + DAY, at)
    assert rows() == {("before", 30, "planned")}


def test_the_tenant_beside_gets_no_rows(person: Any, beta: TenantRef, at: dt.datetime) -> None:
    from tenants.context import inside

    make_open_cycle(person, make_requirement(), due_on=TODAY)
    plan(TODAY, at)
    with inside(beta):
        assert Notice.objects.count() == 0
        assert plan(TODAY, at) == 0


ladders = st.fixed_dictionaries(
    {
        "before": st.lists(st.integers(1, 60), max_size=5, unique=True),
        "after_every": st.integers(0, 10),
        "after_max": st.integers(0, 8),
        "rungs": st.lists(
            st.builds(Rung, st.integers(0, 60), st.sampled_from(UPWARDS)),
            max_size=5,
            unique_by=lambda r: r.days,
        ),
        "cycle": st.integers(1, 3),
        "assigned": st.integers(-90, 40),
        "window": st.integers(-90, 0),
        "due": st.integers(-60, 60),
    }
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(cases=st.lists(ladders, min_size=1, max_size=6))
def test_the_statement_and_the_pure_ladder_agree(person: Any, cases: list[dict[str, Any]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        expected, climbed = set(), set()
        for number, case in enumerate(cases):
            due_on = TODAY + case["due"] * DAY
            requirement = make_requirement(
                title=f"Requirement {number}",
                remind_before=case["before"],
                remind_after_every=case["after_every"],
                remind_after_max=case["after_max"],
                rungs=[{"days": rung.days, "to": rung.to} for rung in case["rungs"]],
            )
            record = make_open_cycle(
                person,
                requirement,
                due_on=due_on,
                assigned_on=TODAY + case["assigned"] * DAY,
                window_opens_on=due_on + case["window"] * DAY,
                cycle=case["cycle"],
            )
            steps = ladder.ladder(
                cycle=case["cycle"],
                assigned_on=record.assignment.assigned_on,
                window_opens_on=record.window_opens_on,
                due_on=due_on,
                before=tuple(case["before"]),
                after_every=case["after_every"],
                after_max=case["after_max"],
            )
            newest = ladder.newest(steps, TODAY)
            expected |= {
                (record.pk, step.kind, step.step, step.on, step == newest)
                for step in steps
                if step.on <= TODAY
            }
            rungs = escalation.climb(
                due_on, max(record.assignment.assigned_on, record.window_opens_on), requirement.escalation
            )
            highest = escalation.highest(rungs, TODAY)
            climbed |= {
                (record.pk, rung.days, rung.to, rung.on, rung == highest)
                for rung in rungs
                if rung.on <= TODAY
            }
        assert set(reached_steps(today=TODAY, until=TODAY)) == expected
        assert set(reached_rungs(today=TODAY, until=TODAY)) == climbed
        transaction.set_rollback(True)
