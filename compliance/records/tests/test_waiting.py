"""A first due date that is counted from another requirement: until then nobody is late, and it is said so."""

import datetime as dt

import pytest

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
from compliance.records.enums import AssignmentStatus
from compliance.records.models import Assignment, ComplianceRecord, Revocation
from compliance.requirements import actions, rules
from compliance.requirements import queries as requirements
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.people.tests.factories import make_affiliation, make_user

from .factories import make_completion

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    history_actions.recorded_at(at_noon(TODAY))


def at_noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC)


def turn(day: dt.date) -> None:
    records.daily_turn(at=at_noon(day), scheduled_for=at_noon(day))


@pytest.fixture
def basics():
    return make_requirement(title="Lab basics", course=make_course("basics", "Lab basics"))


@pytest.fixture
def advanced(basics):
    return make_requirement(
        title="Laser safety", course=make_course("laser", "Laser safety"), due_from="completion", due_after=basics
    )  # fmt: skip


@pytest.fixture
def waiting(dee, basics, advanced):
    """Dee has both, and waits for the first."""
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    return Assignment.objects.get(user=dee, requirement=advanced)


def row_of(assignment, on):
    return queries.obligations(on).get(assignment=assignment)


def test_who_waits_has_it_without_a_date_and_counts_as_not_done_but_never_as_late(waiting, dee, advanced):
    assert waiting.status == AssignmentStatus.WAITING
    assert not waiting.records.exists()
    much_later = TODAY + dt.timedelta(days=700)
    row = row_of(waiting, much_later)
    assert (row.status, row.due_on, row.is_counted, row.is_late, row.is_due_soon) == (
        "not_yet_due", None, True, False, False,
    )  # fmt: skip
    standing = queries.standings_of([row], much_later)[waiting.pk]
    assert standing.status.value == row.status
    text = "No due date yet: 30 days after “Lab basics” is completed"
    assert queries.because_text(standing.because) == queries.date_text(waiting.reason) == text
    duty = next(each for each in mine.my_training(user_id=dee.pk, today=TODAY).todo if each.waiting)
    assert duty.hint.startswith(text)
    assert not queries.may(dee.pk, advanced.pk, TODAY).is_allowed


def test_the_completion_opens_the_first_cycle_and_says_why_and_a_later_revocation_moves_nothing(
    waiting, dee, ada, basics
):
    day = TODAY + dt.timedelta(days=3)
    make_completion(dee, course_of(basics), at=at_noon(day))
    records.completions_turn(at=at_noon(day), scheduled_for=at_noon(day))
    waiting.refresh_from_db()
    record = waiting.records.get()
    assert (waiting.status, record.window_opens_on, record.due_on) == (
        AssignmentStatus.ACTIVE, day, day + dt.timedelta(days=30),
    )  # fmt: skip
    assert queries.date_text(waiting.reason) == "30 days after completing “Lab basics” on 26 Nov 2026"
    done = ComplianceRecord.objects.get(requirement=basics, completed_at__isnull=False)
    later = day + dt.timedelta(days=2)
    records.revoke(
        done, due_on=later + dt.timedelta(days=9), reason="Not their own work.", by=ada, today=later,
        at=at_noon(later),
    )  # fmt: skip
    turn(later)
    record.refresh_from_db()
    assert record.due_on == day + dt.timedelta(days=30)
    assert Revocation.objects.count() == 1


def test_what_is_done_while_waiting_counts_and_in_time(waiting, dee, advanced):
    day = TODAY + dt.timedelta(days=3)
    make_completion(dee, course_of(advanced), at=at_noon(day))
    turn(day + dt.timedelta(days=40))
    record = waiting.records.get()
    assert (record.completed_on, record.window_opens_on, record.due_on, record.late_days) == (
        day,
        day,
        day,
        0,
    )


def test_who_is_exempt_meanwhile_waits_all_the_same(waiting, dee, advanced):
    asker, decider = (make_user(given_name=name, roles=("compliance_officer",)) for name in ("Ana", "Eve"))
    now = {"today": TODAY, "at": at_noon(TODAY)}
    asked = records.ask_for_exemption(
        user=dee, requirement=advanced, starts_on=TODAY, review_on=TODAY + dt.timedelta(days=200),
        reason="no laser yet", by=asker, **now,
    )  # fmt: skip
    records.approve_exemption(asked, note="", by=decider, **now)
    statuses = []
    for day in range(1, 4):
        if day == 2:
            on = TODAY + dt.timedelta(days=day)
            records.end_exemption(asked, reason="a laser", by=decider, today=on, at=at_noon(on))
        turn(TODAY + dt.timedelta(days=day))
        waiting.refresh_from_db()
        statuses.append(waiting.status)
    assert statuses == [AssignmentStatus.WAITING] * 3
    assert not waiting.records.exists()


def test_the_years_ahead_begin_it_on_the_day_the_other_is_completed(waiting, basics, advanced):
    last = TODAY + dt.timedelta(days=90)
    habits = Habits(lambda _on: True, frozenset(), done_before=5)
    for order in ([basics, advanced], [advanced, basics]):
        (life,) = [each for each in years._lives(order) if any(duty.held for duty in each)]
        events = foresight.foresee(life, TODAY, last, habits)
        said = {(event.key, event.what): event.on for event in events}
        done_on = said[basics.pk, "completed"]
        assert said[advanced.pk, "opened"] == done_on
        assert said[advanced.pk, "completed"] == done_on + dt.timedelta(days=25)
    silent = foresight.foresee(life, TODAY, last, Habits(lambda _on: True, frozenset()))
    assert {event.what for event in silent if event.key == advanced.pk} == set()


def test_a_day_past_is_told_as_waiting_from_rows_and_from_facts(waiting, dee, basics, advanced):
    day = TODAY + dt.timedelta(days=3)
    history_actions.recorded_at(at_noon(day))
    make_completion(dee, course_of(basics), at=at_noon(day))
    turn(day)
    for known_on in (TODAY, day):
        past = shadows.look(Moment(TODAY, known_on))
        with shadows.seen(past):
            rows = {row.requirement_id: row.status for row in queries.obligations(TODAY).filter(user=dee)}
        pure = {one.requirement_id: one.status.value for one in stood(dee.pk, past)}
        assert rows == pure == {basics.pk: "not_yet_due", advanced.pk: "not_yet_due"}


def test_a_ring_a_retired_one_and_a_missing_one_are_refused_with_a_sentence(basics, advanced, ada, at):
    ringed = rules.Definition.from_content(
        requirements.content_of(basics) | {"due_from": "completion", "due_after_id": advanced.pk}
    )
    with pytest.raises(rules.NotAllowedNow, match="“Laser safety” waits for “Lab basics”"):
        actions.revise(requirement=basics, definition=ringed, by=ada, at=at)
    with pytest.raises(rules.NotAllowedNow, match="The due date of “Laser safety” is counted from"):
        actions.retire(requirement=basics, by=ada, at=at)
    actions.retire(requirement=advanced, by=ada, at=at)
    actions.retire(requirement=basics, by=ada, at=at)
    late = rules.Definition.from_content(
        requirements.content_of(basics) | {"due_from": "completion", "due_after_id": basics.pk}
    )
    with pytest.raises(rules.NotAllowedNow, match="was retired"):
        actions.create_draft(definition=late, by=ada, at=at)


def test_the_preview_says_who_waits_and_who_may_never_get_a_date(dee, basics, ada, at):
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    definition = rules.Definition.from_content(
        requirements.content_of(basics)
        | {"title": "Laser safety", "due_from": "completion", "due_after_id": basics.pk}
    )
    draft = actions.create_draft(definition=definition, by=ada, at=at)
    seen = requirements.preview(draft, TODAY)
    assert (seen.now_count, seen.waiting_count, seen.never_count, seen.mail_count) == (1, 1, 1, 0)
    turn(TODAY)
    seen = requirements.preview(draft, TODAY)
    assert (seen.waiting_count, seen.never_count) == (1, 0)
    assert "within 30 days of completing “Lab basics”" in requirements.sentence(draft, {})
