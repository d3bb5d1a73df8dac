"""Drafting, turning on, changing, pausing, retiring; and that the preview is what happens."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.core.plan import Outcome
from compliance.requirements import actions, events, queries, rules
from compliance.requirements.models import Requirement
from lms.audit.models import Event
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import ALL_STAFF_AND_FACULTY, make_course, make_requirement


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def today(at):
    return clock.today(at)


def definition(**changes):
    values = {
        "title": "Phishing, yearly",
        "satisfiers": rules.courses(make_course().pk),
        "audience": ALL_STAFF_AND_FACULTY,
        "starts_on": dt.date(2026, 11, 23),
        "first_due_days": 30,
        "recurs_months": 12,
    }
    return rules.Definition(**(values | changes))


@pytest.fixture
def staff():
    """Three staff; one joins on 1 December, one is on leave."""
    law = make_department("LAW", name="School of Law")
    people = [make_user(given_name=name) for name in ("Ana", "Ben", "Cleo")]
    make_affiliation(people[0], department=law)
    make_affiliation(people[1], department=law, starts_on=dt.date(2026, 12, 1))
    make_affiliation(people[2], department=law)
    Leave.objects.create(user=people[2], starts_on=dt.date(2026, 11, 1), ends_on=dt.date(2027, 1, 31))
    return people


def test_a_draft_does_nothing_and_is_logged(ada, at):
    heard = []

    def listen(**facts):
        heard.append(facts)

    events.changed.connect(listen)
    requirement = actions.create_draft(definition=definition(), by=ada, at=at)
    assert (requirement.state, requirement.number, heard) == ("draft", 0, [])
    assert Event.objects.filter(action="requirement.drafted", actor_label=ada.display_name).exists()


def test_the_preview_says_who_when_and_how_many_mails(ada, at, today, staff):
    requirement = actions.create_draft(definition=definition(), by=ada, at=at)
    found = queries.preview(requirement, today)
    assert (found.new_count, found.later_count, found.away_count, found.credited_count) == (2, 1, 1, 0)
    assert found.later_from == dt.date(2026, 12, 1)
    assert [(row.name.split()[0], row.outcome, row.due_on) for row in found.affected] == [
        ("Ana", Outcome.ASSIGN, dt.date(2026, 12, 23)),
        ("Cleo", Outcome.ASSIGN, dt.date(2027, 2, 15)),
        ("Ben", Outcome.LATER, dt.date(2026, 12, 31)),
    ]
    assert [(day.first_on, day.count) for day in found.due_days] == [
        (dt.date(2026, 12, 23), 1),
        (dt.date(2026, 12, 31), 1),
        (dt.date(2027, 2, 15), 1),
    ]
    assert found.mail_count == 4
    assert found.affected[0].why[1:3] == (("unit", "LAW"), ("joined_on", "2026-01-01"))


def test_a_preview_of_what_is_not_saved_yet_is_the_preview_of_what_will_be(ada, at, today, staff):
    unsaved = definition().apply_to(Requirement())
    before = queries.preview(unsaved, today)
    saved = actions.create_draft(definition=definition(), by=ada, at=at)
    assert queries.preview(saved, today) == before


def test_many_due_dates_are_drawn_together_by_month(today):
    law = make_department("LAW")
    for day in range(1, 10):
        user = make_user(email=f"p{day}@example.edu", password="!")
        make_affiliation(user, department=law, starts_on=dt.date(2026, 11, 23) + dt.timedelta(days=day * 7))
    found = queries.preview(make_requirement(is_on=False), today)
    assert sum(day.count for day in found.due_days) == 9
    assert found.due_days[0].first_on == dt.date(2026, 12, 1)
    assert found.due_days[0].last_on == dt.date(2026, 12, 31)


def test_turning_on_needs_the_numbers_that_were_seen(ada, at, today, staff):
    requirement = actions.create_draft(definition=definition(), by=ada, at=at)
    seen = queries.preview(requirement, today).fingerprint
    make_affiliation(make_user(given_name="Dana"))
    with pytest.raises(rules.NumbersChanged):
        actions.turn_on(requirement=requirement, fingerprint=seen, by=ada, at=at, today=today)
    requirement.refresh_from_db()
    assert requirement.state == "draft"
    again = queries.preview(requirement, today).fingerprint
    requirement = actions.turn_on(requirement=requirement, fingerprint=again, by=ada, at=at, today=today)
    assert (requirement.state, requirement.number, requirement.turned_on_by) == ("active", 1, ada)
    version = requirement.versions.get()
    assert version.content == rules.content_of(requirement)
    # Nobody else had to agree: who made it answers for it.
    assert (version.effective_on, version.approved_by) == (today, ada)


def test_the_numbers_change_with_the_reminders_too(ada, at, today, staff):
    requirement = actions.create_draft(definition=definition(), by=ada, at=at)
    seen = queries.preview(requirement, today).fingerprint
    actions.edit(
        requirement=requirement,
        definition=definition(remind_after_every=1),
        fingerprint="",
        by=ada,
        at=at,
        today=today,
    )
    with pytest.raises(rules.NumbersChanged):
        actions.turn_on(requirement=requirement, fingerprint=seen, by=ada, at=at, today=today)


def test_it_is_turned_on_once(ada, at, today):
    requirement = make_requirement()
    with pytest.raises(rules.NotAllowedNow):
        actions.turn_on(requirement=requirement, fingerprint="", by=ada, at=at, today=today)


def test_changing_what_is_on_makes_a_version_and_needs_the_preview(ada, at, today, staff):
    requirement = make_requirement()
    narrower = definition(audience={"kinds": ["faculty"]}, starts_on=requirement.starts_on)
    with pytest.raises(rules.NumbersChanged):
        actions.edit(
            requirement=requirement, definition=narrower, fingerprint="guess", by=ada, at=at, today=today
        )
    seen = queries.preview(narrower.apply_to(Requirement.objects.get(pk=requirement.pk)), today).fingerprint
    changed = actions.edit(
        requirement=requirement, definition=narrower, fingerprint=seen, by=ada, at=at, today=today
    )
    assert changed.number == 2
    assert changed.versions.get(number=2).content["audience"] == {"kinds": ["faculty"]}
    event = Event.objects.get(action="requirement.changed")
    assert event.facts["audience"] == [ALL_STAFF_AND_FACULTY, {"kinds": ["faculty"]}]


def test_saving_without_a_change_makes_no_version(ada, at, today):
    requirement = make_requirement(starts_on=dt.date(2026, 11, 23))
    actions.edit(requirement=requirement, definition=definition(), fingerprint="", by=ada, at=at, today=today)
    assert requirement.versions.count() == 0


def test_pausing_and_turning_on_again_leave_a_pause_behind(ada, at, today):
    requirement = make_requirement()
    actions.pause(requirement=requirement, by=ada, at=at, today=today)
    later = today + dt.timedelta(days=40)
    seen = queries.preview(Requirement.objects.get(pk=requirement.pk), later).fingerprint
    actions.turn_on(
        requirement=requirement, fingerprint=seen, by=ada, at=at + dt.timedelta(days=40), today=later
    )
    pause = requirement.pauses.get()
    assert (pause.starts_on, pause.resumes_on) == (today, later)


def test_retired_is_for_good(ada, at, today):
    requirement = actions.retire(requirement=make_requirement(), by=ada, at=at)
    for action in (
        lambda: actions.pause(requirement=requirement, by=ada, at=at, today=today),
        lambda: actions.retire(requirement=requirement, by=ada, at=at),
        lambda: actions.turn_on(requirement=requirement, fingerprint="", by=ada, at=at, today=today),
        lambda: actions.edit(
            requirement=requirement, definition=definition(), fingerprint="", by=ada, at=at, today=today
        ),
        lambda: actions.discard_draft(requirement=requirement, by=ada, at=at),
    ):
        with pytest.raises(rules.NotAllowedNow):
            action()


def test_a_draft_can_be_discarded(ada, at):
    requirement = actions.create_draft(definition=definition(), by=ada, at=at)
    actions.discard_draft(requirement=requirement, by=ada, at=at)
    assert not Requirement.objects.exists()


def test_checking_one_person_says_every_test_and_every_mail(today, staff):
    found = queries.explain(make_requirement(is_on=False, starts_on=today), staff[0].pk, today)
    assert found.decision.outcome is Outcome.ASSIGN
    assert [(check.test, check.actual, check.is_met) for check in found.parts] == [("kind", "staff", True)]
    assert found.mail_days[:4] == [
        dt.date(2026, 11, 23),
        dt.date(2026, 12, 16),
        dt.date(2026, 12, 22),
        dt.date(2026, 12, 23),
    ]
    assert queries.explain(make_requirement(is_on=False), 10**9, today) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"recurs_months": 12, "recurs_days": 365},
        {"recurs_months": 0},
        {"validity_anchor": "fixed"},
        {"validity_anchor": "year", "fixed_month": 8, "fixed_day": 31},
        {"due_from": "fixed"},
        {"state": "active", "turned_on_at": None},
    ],
)
def test_the_database_refuses_terms_that_contradict_themselves(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_requirement(**fields)


@pytest.mark.parametrize("size", [1, 30])
def test_a_preview_costs_the_same_number_of_statements_for_any_population(
    django_assert_num_queries, today, size
):
    for number in range(size):
        make_affiliation(make_user(email=f"p{number}@example.edu", password="!"))
    requirement = make_requirement(is_on=False)
    with django_assert_num_queries(18):
        queries.preview(requirement, today)
