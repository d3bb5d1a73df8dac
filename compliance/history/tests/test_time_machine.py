"""A day asked about as known on another: always the same answer, and the same rule in SQL and pure."""

import datetime as dt
import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.history.tests.deeds import (
    DEEDS,
    Rich,
    clear,
    credit,
    extend,
    join,
    name_by_hand,
    pass_course,
    pass_elsewhere,
    rename,
    waive,
)
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
from compliance.records.queries import EVERYBODY
from compliance.requirements.actions import retire
from compliance.requirements.models import Requirement
from lms.people.models import Affiliation
from lms.people.tests.factories import make_affiliation, make_user

# LIVES=200 looks harder, in minutes.
EXAMPLES = int(os.environ.get("LIVES", "5"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


days = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3)), min_size=1, max_size=3),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days)
def test_what_was_said_of_a_day_is_said_for_ever_in_sql_and_pure(days):
    with rolled_back():
        life = Rich()
        life.turn()
        reports, restated = {FIRST: standings(FIRST)}, {}
        for pause, deeds in days:
            life.pass_days(pause)
            for deed, number in deeds:
                life.do(deed, life.people[number])
            life.turn()
            earlier = sorted(reports)[-1 - life.on.toordinal() % 2 * (len(reports) > 1)]
            reports[life.on] = standings(life.on)
            asked = earlier, life.on, life.people[deeds[0][1]]
            restated[asked] = _answer(*asked)
        life.sleep(1)

        assert {on: stood(on, on) for on in reports} == reports
        assert {asked: _answer(*asked) for asked in restated} == restated
        for on in [*reports][-3:]:
            _agree(life, on)


def _answer(on, known_on, *people):
    """What the statement says of everybody that day, and the pure rule, with reasons, of these."""
    past = _look(on, known_on)
    with history.seen(past):
        rows = standings(on, history.place)
    return rows, [
        (one.requirement_id, one.title, one.standing)
        for person in people
        for one in history.stood(person.pk, past)
    ]


def _look(on, known_on):
    return history.look(Moment(on, known_on))


def _agree(life, on):
    """The statement and the pure rule say the same of everybody."""
    past = _look(on, life.on)
    pure = [
        (person.pk, one.requirement_id, one.status.value, one.due_on, one.title)
        for person in life.people
        for one in history.stood(person.pk, past)
    ]
    with history.seen(past):
        found = [(*row[:4], row[8]) for row in standings(on, history.place)]
    assert sorted(found, key=str) == sorted(pure, key=str), on


def test_whatever_comes_later_changes_no_answer():
    """Of people whose appointments were corrected too, who are judged anew for each answer; each deed, to everybody."""
    life = Rich()
    Affiliation.objects.filter(user__in=life.people[:2]).update(starts_on=FIRST + 60 * DAY)
    life.turn()
    life.sleep(20)
    first, second, third, _fourth = life.people
    for deed in (name_by_hand, credit, join, pass_course):
        life.do(deed, first)
        life.do(deed, third)
    for deed in (clear, pass_elsewhere):
        life.do(deed, second)
    life.sleep(10)
    Affiliation.objects.filter(user__in=life.people[:2]).update(starts_on=FIRST + 4 * DAY)
    life.turn()
    asked = [(FIRST + n * DAY, life.on, first, second) for n in (8, 22, 29)]
    answers = [_answer(*each) for each in asked]
    assert any(one.is_derived for one in history.stood(second.pk, _look(*asked[-1][:2])))

    life.sleep(1)
    for number, deed in enumerate(DEEDS):
        life.do(deed, life.people[number % 2])
        if number % 4 == 3:
            life.sleep(1)
    life.sleep(1)

    assert [_answer(*each) for each in asked] == answers


def test_today_is_today():
    life = University()
    life.turn()
    life.sleep(15)
    waive(life, life.people[1])
    pass_course(life, life.people[2])
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
    rename(life, person)
    Requirement.objects.update(title="Called otherwise")
    life.turn()

    assert said(late, late) == report
    now = said(late, life.on)
    assert {each.name for each in now["departments"]} == {"Law", "Art"}
    (row,) = history.Restatement(late, late, life.on, EVERYBODY)
    assert (row.user_id, row.requirement) == (person.pk, "Phishing, yearly")
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


def test_what_was_retired_is_owed_on_no_day_after_that_by_whoever_was_corrected_since():
    life = University()
    life.turn()
    life.sleep(10)
    retire(requirement=life.requirement, by=life.officer, at=life.at)
    life.turn()
    before, after, person = life.on - DAY, life.on + 5 * DAY, life.people[0]
    life.sleep(20)
    Affiliation.objects.filter(user=person).update(starts_on=FIRST + DAY)
    life.turn()

    assert history.stood(person.pk, history.look(Moment(after, life.on))) == []
    assert len(history.stood(person.pk, history.look(Moment(before, life.on)))) == 1


def test_a_due_date_that_was_moved_later_was_the_earlier_one_before():
    life = University()
    life.turn()
    life.sleep(20)
    person = life.people[0]
    extend(life, person)
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
