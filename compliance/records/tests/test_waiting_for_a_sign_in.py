"""A first due date that is counted from the first sign-in: none yet, the sign-in, a limit to the wait."""

import datetime as dt

import pytest

from compliance.changes.actions import rework
from compliance.changes.enums import Effect, Reach
from compliance.changes.queries import lines_of
from compliance.changes.tests.factories import edit, make
from compliance.core import foresight
from compliance.core.asof import Moment
from compliance.core.duties import Habits
from compliance.history import actions as history_actions
from compliance.history.queries import shadows
from compliance.history.queries.persons import stood
from compliance.oversight.queries import foresight as years
from compliance.oversight.queries import mine
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.queries import turning
from compliance.requirements import queries as requirements
from compliance.requirements.models import RequirementVersion
from compliance.requirements.tests.factories import make_requirement
from lms.people import actions as people
from lms.people.models import User
from lms.people.tests.factories import PASSWORD, make_affiliation, make_user
from tenants import clock
from tenants.context import inside

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
TEXT = "No due date yet: 20 days after the first sign-in"


def at_noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC)


def turn(day: dt.date) -> None:
    history_actions.recorded_at(at_noon(day))
    records.daily_turn(at=at_noon(day), scheduled_for=at_noon(day))


def night(day: dt.date) -> None:
    at = dt.datetime.combine(day, dt.time(5, 30), tzinfo=clock.zone())
    history_actions.recorded_at(at)
    records.nightly_turn(at=at, scheduled_for=at)


def sign_in(user: User, day: dt.date) -> None:
    history_actions.recorded_at(at_noon(day))
    people.note_first_sign_in(user=user, at=at_noon(day))


@pytest.fixture
def welcome(in_alpha):
    history_actions.recorded_at(at_noon(TODAY - DAY))
    return make_requirement(title="Welcome", due_from="sign_in", first_due_days=20)


@pytest.fixture
def waiting(welcome, dee):
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    return Assignment.objects.get(user=dee)


def limited(requirement, days):
    """The requirement, with a wait of so many days at most."""
    type(requirement).objects.filter(pk=requirement.pk).update(sign_in_within_days=days)
    requirement.refresh_from_db()


def test_who_never_signed_in_has_it_without_a_date_and_it_is_said_in_words(waiting, dee, welcome):
    later = TODAY + 700 * DAY
    row = queries.obligations(later).get(assignment=waiting)
    assert (row.status, row.due_on, row.is_late) == ("not_yet_due", None, False)
    standing = queries.standings_of([row], later)[waiting.pk]
    assert queries.because_text(standing.because) == queries.date_text(waiting.reason) == TEXT
    assert mine.my_training(user_id=dee.pk, today=TODAY).todo[0].hint.startswith(TEXT)
    assert requirements.sentence(welcome, {}).count("within 20 days of the first sign-in") == 1


def test_signing_in_opens_it_within_a_minute_whatever_the_way_in(alpha, client_for, deliver, dee):
    with inside(alpha):
        make_requirement(title="Welcome", due_from="sign_in", first_due_days=20, starts_on=TODAY - DAY)
        make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
        turn(clock.today())
        assert not ComplianceRecord.objects.exists()
    signed_in_at = clock.now()
    client_for(alpha).post("/accounts/login/", {"login": dee.email, "password": PASSWORD})
    deliver(signed_in_at + dt.timedelta(minutes=1))
    with inside(alpha):
        record = ComplianceRecord.objects.get()
        assert record.due_on == clock.today(signed_in_at) + 20 * DAY
        day = f"{clock.today(signed_in_at):%-d %b %Y}"
        assert queries.date_text(record.assignment.reason) == f"20 days after first signing in on {day}"


def test_a_limit_ends_the_wait_in_that_night_and_the_years_ahead_know_it(dee, welcome):
    limited(welcome, 4)
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    waiting, ends_on = Assignment.objects.get(user=dee), TODAY + 4 * DAY
    assert queries.date_text(waiting.reason) == f"{TEXT}, which is waited for 4 days at most"
    (life,) = [each for each in years._lives([welcome]) if any(duty.held for duty in each)]
    events = foresight.foresee(life, TODAY, ends_on, Habits(lambda _on: True, frozenset()))
    assert [(each.what, each.on) for each in events if each.what == "opened"] == [("opened", ends_on)]
    assert ends_on in turning.turning_days(TODAY, ends_on + DAY)
    assert turning.is_quiet(ends_on - DAY)
    assert not turning.is_quiet(ends_on)
    for offset in range(1, 6):
        night(TODAY + offset * DAY)
        assert ComplianceRecord.objects.exists() is (offset >= 4)
    record = waiting.records.get()
    assert (record.window_opens_on, record.due_on) == (ends_on, ends_on + 20 * DAY)
    waiting.refresh_from_db()
    assert queries.date_text(waiting.reason) == "20 days after 27 Nov 2026, as there was no sign-in before"
    # Who signs in by then has a date already.
    sign_in(dee, ends_on + 2 * DAY)
    turn(ends_on + 2 * DAY)
    assert waiting.records.get().due_on == ends_on + 20 * DAY


@pytest.mark.parametrize("wait", [None, 2])
def test_after_nights_on_which_nothing_ran_the_dates_are_those_of_the_day_itself(dee, welcome, wait):
    limited(welcome, wait)
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    on = TODAY + 2 * DAY
    if wait is None:
        sign_in(dee, on)
    night(TODAY + 7 * DAY)
    record = ComplianceRecord.objects.get()
    assert (record.window_opens_on, record.due_on) == (on, on + 20 * DAY)


def test_who_comes_and_waits_out_the_wait_while_nothing_runs_gets_the_dates_all_the_same(dee, welcome):
    limited(welcome, 2)
    turn(TODAY)
    make_affiliation(dee, starts_on=TODAY + 2 * DAY)
    night(TODAY + 8 * DAY)
    record = ComplianceRecord.objects.get()
    assert (record.assignment.assigned_on, record.window_opens_on) == (TODAY + 2 * DAY, TODAY + 4 * DAY)


def test_the_preview_counts_who_has_not_signed_in_yet(dee, welcome):
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    make_affiliation(make_user(given_name="Bea"), starts_on=dt.date(2025, 3, 1))
    sign_in(dee, TODAY - 2 * DAY)
    seen = requirements.preview(welcome, TODAY)
    assert (seen.new_count, seen.waiting_count, seen.waits_for_sign_in) == (1, 1, True)
    assert [each.due_on for each in seen.affected] == [TODAY + 18 * DAY, None]


def test_a_change_counts_open_dates_from_the_sign_in_as_it_shows_before_and_then_rests(dee, bo, in_alpha):
    history_actions.recorded_at(at_noon(TODAY - DAY))
    make_affiliation(dee, starts_on=TODAY - 5 * DAY)
    live = make_requirement(title="Welcome")
    turn(TODAY)
    sign_in(dee, TODAY + DAY)
    at = at_noon(TODAY + DAY)
    change = edit(live, bo, at, due_from="sign_in", first_due_days=15, sign_in_within_days=60)
    change = rework(found=change, reach=Reach.OPEN, by=bo, today=clock.today(at), at=at)
    (line,) = lines_of(change)
    assert (line.effect, line.due_to) == (Effect.MOVE, TODAY + 16 * DAY)
    make(change, at)
    turn(TODAY + DAY)
    assert ComplianceRecord.objects.get().due_on == line.due_to


def test_a_change_counts_anew_from_where_the_wait_ended_whoever_signed_in_since(dee, bo, welcome):
    limited(welcome, 4)
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    night(TODAY + 4 * DAY)
    sign_in(dee, TODAY + 6 * DAY)
    at = at_noon(TODAY + 6 * DAY)
    change = edit(welcome, bo, at, first_due_days=25)
    change = rework(found=change, reach=Reach.OPEN, by=bo, today=clock.today(at), at=at)
    assert [(line.due_from, line.due_to) for line in lines_of(change)] == [
        (TODAY + 24 * DAY, TODAY + 29 * DAY)
    ]


def test_a_day_past_is_told_as_waiting_from_rows_and_from_facts(waiting, dee):
    day = TODAY + 3 * DAY
    sign_in(dee, day)
    turn(day)
    for asked, known_on, due_on in ((TODAY, TODAY, None), (TODAY, day, None), (day, day, day + 20 * DAY)):
        past = shadows.look(Moment(asked, known_on))
        with shadows.seen(past):
            rows = [(row.status, row.due_on) for row in queries.obligations(asked).filter(user=dee)]
        assert rows == [(one.status.value, one.due_on) for one in stood(dee.pk, past)]
        assert rows == [("not_yet_due", due_on)]


def test_what_should_have_been_assigned_is_judged_by_the_sign_in_that_was_known(welcome, dee):
    turn(TODAY)
    sign_in(dee, TODAY + DAY)
    history_actions.recorded_at(at_noon(TODAY + 3 * DAY))
    make_affiliation(dee, starts_on=TODAY - 30 * DAY)
    turn(TODAY + 3 * DAY)
    for asked, due_on in ((TODAY, None), (TODAY + DAY, TODAY + 21 * DAY)):
        past = shadows.look(Moment(asked, TODAY + 3 * DAY))
        assert [(one.status.value, one.due_on) for one in stood(dee.pk, past)] == [("not_yet_due", due_on)]


def test_a_change_of_what_is_waited_for_is_told_from_then_on_and_a_day_past_as_it_was(
    waiting, dee, bo, welcome
):
    day = TODAY + 2 * DAY
    content = requirements.content_of(welcome)
    RequirementVersion.objects.create(requirement=welcome, number=1, content=content, at=at_noon(TODAY - DAY))
    history_actions.recorded_at(at_noon(day))
    make(edit(welcome, bo, at_noon(day), first_due_days=9, sign_in_within_days=30), at_noon(day))
    turn(day)
    new = "No due date yet: 9 days after the first sign-in, which is waited for 30 days at most"
    assert mine.my_training(user_id=dee.pk, today=day).todo[0].waiting == new
    assert queries.because_text(queries.answer(dee.pk, welcome.pk, day).because) == new
    for asked, said in ((TODAY, TEXT), (day, new)):
        for known_on in {asked, day}:
            assert [each.because for each in stood(dee.pk, shadows.look(Moment(asked, known_on)))] == [said]
    sign_in(dee, day + DAY)
    turn(day + DAY)
    assert ComplianceRecord.objects.get().due_on == day + 10 * DAY
