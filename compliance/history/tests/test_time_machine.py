"""A day asked about as known on another: always the same answer, and the same rule in SQL and pure."""

import datetime as dt
import os

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.history.tests.life import (
    DAY,
    FIRST,
    University,
    now_said,
    rolled_back,
    said,
    standings,
    stood,
)
from compliance.records import actions as records
from compliance.records.models import ComplianceRecord
from compliance.records.tests.factories import make_completion
from compliance.requirements.models import RequirementPause
from lms.people.models import Affiliation, Leave, User
from lms.people.tests.factories import make_affiliation, make_user

# LIVES=200 looks harder, in minutes.
EXAMPLES = int(os.environ.get("LIVES", "4"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def _pass(life, person):
    make_completion(person, life.course, at=life.at)


def _correct_start(life, person):
    starts_on = life.on - 2 * DAY
    is_over = Q(ends_on__lt=starts_on)
    Affiliation.objects.filter(user=person).exclude(is_over).update(starts_on=starts_on)


def _leave(life, person):
    Leave.objects.get_or_create(
        user=person, starts_on=life.on - 5 * DAY, defaults={"ends_on": life.on + 4 * DAY}
    )


def _end_leave(life, person):
    Leave.objects.filter(user=person).update(ends_on=life.on)
    Leave.objects.filter(user=person, starts_on__gt=life.on).delete()


def _depart(life, person):
    Affiliation.objects.filter(user=person, starts_on__lte=life.on).update(ends_on=life.on)


def _deactivate(life, person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def _move(life, person):
    Affiliation.objects.filter(user=person).update(department=life.art)


def _appoint(life, person):
    if not Affiliation.objects.filter(user=person, ends_on=None).exists():
        make_affiliation(person, department=life.law, starts_on=life.on - 8 * DAY)


def _waive(life, person):
    when = {"today": life.on, "at": life.at}
    try:
        asked = records.ask_for_waiver(
            user=person, requirement=life.requirement, starts_on=life.on, ends_on=life.on + 6 * DAY,
            reason="x", by=life.officer, **when,
        )  # fmt: skip
        records.approve_waiver(asked, note="", by=life.other, **when)
    except records.Refused:
        return


def _extend(life, person):
    row = ComplianceRecord.objects.filter(user=person, completed_at=None, closed_at=None).first()
    if row is None:
        return
    when = {"today": life.on, "at": life.at}
    try:
        asked = records.ask_for_extension(
            user=person, requirement=life.requirement, moved_to=max(row.due_on, life.on) + 9 * DAY, reason="x",
            by=life.officer, **when,
        )  # fmt: skip
        records.approve_extension(asked, note="", by=life.other, **when)
    except records.Refused:
        return


def _rest(life, person):
    rests = RequirementPause.objects.filter(requirement=life.requirement, resumes_on=None)
    if life.requirement.state == "active":
        life.requirement.state = "paused"
        RequirementPause.objects.create(requirement=life.requirement, starts_on=life.on)
    else:
        life.requirement.state = "active"
        rests.update(resumes_on=life.on)
    life.requirement.save(update_fields=["state"])


DEEDS = (
    _pass, _correct_start, _leave, _end_leave, _depart, _deactivate, _move, _appoint, _waive, _extend, _rest,
)  # fmt: skip

lives = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(DEEDS), st.integers(0, 3)), min_size=3, max_size=7
)


def _lived(deeds) -> tuple[University, dict[dt.date, list], dict[tuple[dt.date, dt.date], list]]:
    """A life with what was said of each day on the day, and of the day before last when that was asked."""
    life = University()
    life.turn()
    reports, restated = {FIRST: standings(FIRST)}, {}
    for pause, deed, number in deeds:
        life.sleep(pause)
        deed(life, life.people[number])
        life.turn()
        reports[life.on] = standings(life.on)
        earlier = sorted(reports)[-2]
        restated[earlier, life.on] = stood(earlier, life.on)
    life.sleep(1)
    return life, reports, restated


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives)
def test_what_was_said_of_a_day_is_said_for_ever(deeds):
    with rolled_back():
        _life, reports, restated = _lived(deeds)

        assert {on: stood(on, on) for on in reports} == reports
        assert {key: stood(*key) for key in restated} == restated


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives)
def test_sql_and_the_pure_rule_agree_on_every_day(deeds):
    with rolled_back():
        life, reports, _restated = _lived(deeds)
        for on in reports:
            past = history.look(Moment(on, life.on))
            pure = [
                (person.pk, one.requirement_id, one.status.value, one.due_on)
                for person in life.people
                for one in history.stood(person.pk, past)
            ]
            with history.seen(past):
                found = [row[:4] for row in standings(on)]
            assert sorted(found, key=str) == sorted(pure, key=str), on


def test_today_is_today():
    life = University()
    life.turn()
    life.sleep(15)
    _waive(life, life.people[1])
    _pass(life, life.people[2])
    life.turn()

    assert said(life.on, life.on) == now_said(life.on)


def test_a_corrected_hire_date_restates_the_day_and_not_the_report():
    life = University()
    life.turn()
    late, person = FIRST + 30 * DAY, life.people[0]
    life.sleep(30)
    report = said(late, late)
    life.sleep(10)
    Affiliation.objects.filter(user=person).update(starts_on=late + DAY)
    life.turn()

    assert said(late, late) == report
    now = said(late, life.on)
    assert person.pk in [row["user_id"] for row in report["people"]]
    assert person.pk not in [row["user_id"] for row in now["people"]]


def test_who_was_here_without_being_assigned_is_judged_by_the_dates_there_should_have_been():
    life = University()
    person = life.people[0]
    Affiliation.objects.filter(user=person).update(starts_on=FIRST + 60 * DAY)
    life.turn()
    life.sleep(61)
    Affiliation.objects.filter(user=person).update(starts_on=FIRST)
    life.turn()

    found = history.stood(person.pk, history.look(Moment(FIRST + 30 * DAY, life.on)))
    assert [(one.status.value, one.due_on, one.is_derived) for one in found] == [
        ("overdue", FIRST + 10 * DAY, True)
    ]
    assert history.stood(person.pk, history.look(Moment(FIRST + 30 * DAY, FIRST + 30 * DAY))) == []


def test_a_due_date_that_was_moved_later_was_the_earlier_one_before():
    life = University()
    life.turn()
    life.sleep(20)
    person = life.people[0]
    _extend(life, person)
    life.turn()
    life.sleep(1)

    (before,) = history.stood(person.pk, history.look(Moment(life.on - 3 * DAY, life.on)))
    (after,) = history.stood(person.pk, history.look(Moment(life.on - DAY, life.on)))
    assert before.status == "overdue"
    assert after.status == "not_yet_due"


def _statements(on: dt.date, known_on: dt.date) -> int:
    with CaptureQueriesContext(connection) as made:
        said(on, known_on)
    return len(made)


def test_the_number_of_statements_does_not_grow_with_people():
    life = University()
    life.turn()
    life.sleep(3)
    Affiliation.objects.update(starts_on=dt.date(2026, 1, 1))
    few = _statements(life.on - DAY, life.on)
    for number in range(20):
        person = make_user(email=f"more{number}@example.org", password="!")
        make_affiliation(person, starts_on=FIRST)

    assert _statements(life.on - DAY, life.on) == few
    assert _statements(life.on, life.on) <= 6
