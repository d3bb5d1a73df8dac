"""Any of several courses, a shorter one later, and one that counts for another: in the records, as they are turned."""

from datetime import UTC, date, datetime, time

import pytest

from compliance.core.foresight import CREDITED, foresee
from compliance.oversight.queries import my_training
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.models import ComplianceRecord
from compliance.requirements import actions as requirements
from compliance.requirements import queries as asked
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.tests.factories import make_affiliation

from .factories import make_completion

TODAY = date(2026, 11, 23)
HIRED = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _here(in_alpha, dee):
    make_affiliation(dee, starts_on=HIRED)


@pytest.fixture
def long():
    return make_course("long", "The whole course")


@pytest.fixture
def short():
    return make_course("short", "The refresher")


@pytest.fixture
def old():
    return make_course("old", "The course of before")


def _noon(on):
    return datetime.combine(on, time(12), tzinfo=UTC)


def _turn(on):
    records.daily_turn(at=_noon(on), scheduled_for=_noon(on))


def _passes(user, course, on):
    make_completion(user, course, at=_noon(on))
    _turn(on)


def _owed(user, today=TODAY):
    (owed,) = queries.owed_by(user.pk, today)
    return owed


def _finished(user):
    rows = ComplianceRecord.objects.filter(user=user, completed_on__isnull=False).order_by("cycle")
    return [(row.cycle, row.completed_on, row.counted_for and row.counted_for.key) for row in rows]


def _accept(course, meant, ada, bo, at, **days):
    made = requirements.propose_equivalence(
        course_id=course.pk, counts_for_id=meant.pk, reason="Covers the same.", by=ada, at=at,
        **({"since": None, "until": None} | days),
    )  # fmt: skip
    fingerprint = asked.settled_by_equivalence(made).fingerprint
    return requirements.approve_equivalence(made, fingerprint=fingerprint, note="", by=bo, at=at)


def test_any_of_the_courses_does_and_one_pass_answers_several_requirements(dee, long, short):
    make_requirement(title="A", satisfiers=requirements.courses(long.pk, short.pk))
    make_requirement(title="B", satisfiers=requirements.courses(short.pk))
    _turn(HIRED)
    _passes(dee, short, date(2026, 10, 5))
    assert _finished(dee) == [(1, date(2026, 10, 5), "short")] * 2


def test_the_first_time_is_the_long_one_and_the_next_the_refresher(dee, long, short):
    make_requirement(satisfiers=requirements.courses(long.pk, later={2: [short.pk, long.pk]}))
    _turn(HIRED)
    assert [each.title for each in _owed(dee).courses] == ["The whole course"]
    _passes(dee, short, date(2026, 10, 2))
    assert not _finished(dee)
    _passes(dee, long, date(2026, 10, 5))
    assert [each.title for each in _owed(dee).courses] == ["The whole course"]
    _turn(date(2027, 9, 1))
    owed = _owed(dee, date(2027, 9, 1))
    assert (owed.round, [each.title for each in owed.courses]) == (2, ["The refresher", "The whole course"])
    _passes(dee, short, date(2027, 9, 2))
    assert _finished(dee)[1] == (2, date(2027, 9, 2), "short")


def test_the_learner_is_led_to_the_course_of_the_round_and_may_take_another(dee, long, short):
    make_requirement(satisfiers=requirements.courses(long.pk, short.pk))
    _turn(HIRED)
    (duty,) = my_training(user_id=dee.pk, today=HIRED).todo
    assert str(long.public_id) in duty.url
    assert [each.course_title for each in duty.others] == ["The refresher"]


def test_an_equivalence_reaches_back_and_says_why_it_counts(dee, long, old, ada, bo, at):
    requirement = make_requirement(satisfiers=requirements.courses(long.pk))
    make_completion(dee, old, at=_noon(date(2026, 9, 1)))
    _turn(HIRED)
    assert not _finished(dee)
    made = requirements.propose_equivalence(
        course_id=old.pk, counts_for_id=long.pk, since=None, until=None, reason="Same.", by=ada, at=at
    )
    (shown,) = asked.settled_by_equivalence(made).people
    assert (shown.user_id, shown.requirement, shown.on) == (dee.pk, requirement, date(2026, 9, 1))
    fingerprint = asked.settled_by_equivalence(made).fingerprint
    requirements.approve_equivalence(made, fingerprint=fingerprint, note="", by=bo, at=at)
    _turn(TODAY)
    assert _finished(dee) == [(1, date(2026, 9, 1), "long")]
    owed = _owed(dee)
    assert (owed.status, owed.valid_until) == ("compliant", date(2027, 9, 1))
    assert owed.counts_because == (
        "Counts because “The course of before” was passed on 1 Sep 2026, which is accepted for “The whole course”"
    )
    before = list(ComplianceRecord.objects.values())
    _turn(TODAY)
    assert list(ComplianceRecord.objects.values()) == before


def test_days_limit_an_equivalence_and_its_end_takes_nothing_back(dee, long, old, ada, bo, at):
    make_requirement(satisfiers=requirements.courses(long.pk), window_days=0, recurs_months=1)
    _turn(HIRED)
    one = _accept(old, long, ada, bo, at, since=date(2026, 10, 3))
    _passes(dee, old, date(2026, 10, 2))
    assert not _finished(dee)
    _passes(dee, old, date(2026, 10, 4))
    assert len(_finished(dee)) == 1
    requirements.end_equivalence(one, reason="A new law.", by=bo, today=date(2026, 11, 5), at=at)
    _turn(date(2026, 11, 5))
    _passes(dee, old, date(2026, 11, 6))
    assert [row[0] for row in _finished(dee)] == [1]


def test_other_sets_credit_what_was_passed_before(dee, long, old):
    requirement = make_requirement(satisfiers=requirements.courses(long.pk))
    make_completion(dee, old, at=_noon(date(2026, 9, 1)))
    _turn(HIRED)
    requirement.satisfiers = requirements.courses(long.pk, old.pk)
    assert [each.user_id for each in asked.settled_by_sets(requirement).people] == [dee.pk]
    Requirement.objects.filter(pk=requirement.pk).update(satisfiers=requirement.satisfiers)
    _turn(TODAY)
    assert _finished(dee) == [(1, date(2026, 9, 1), "old")]


def test_what_was_revoked_was_no_round_and_nothing_older_answers_it(dee, long, short, old, ada, bo, at):
    make_requirement(satisfiers=requirements.courses(long.pk, later={2: [short.pk]}))
    make_completion(dee, old, at=_noon(date(2026, 9, 1)))
    _turn(HIRED)
    _passes(dee, long, date(2026, 10, 5))
    records.revoke(
        ComplianceRecord.objects.get(completed_on__isnull=False),
        due_on=date(2026, 12, 1), reason="Somebody else sat the test.", by=ada, today=TODAY, at=_noon(TODAY),
    )  # fmt: skip
    owed = _owed(dee)
    assert (owed.round, [each.title for each in owed.courses]) == (1, ["The whole course"])
    _accept(old, long, ada, bo, at)
    _passes(dee, short, TODAY)
    assert len(_finished(dee)) == 1
    _passes(dee, long, TODAY)
    assert _finished(dee)[1] == (2, TODAY, "long")


def test_who_is_only_bridged_is_asked_for_the_first_course(dee, long, short, ada):
    requirement = make_requirement(satisfiers=requirements.courses(long.pk, later={2: [short.pk]}))
    _turn(HIRED)
    records.give_credit(
        user_id=dee.pk, requirement_id=requirement.pk, on=HIRED, source="manual", by=ada, reason="No room.",
        valid_until=date(2026, 12, 31), at=_noon(HIRED),
    )  # fmt: skip
    _turn(HIRED)
    owed = _owed(dee, HIRED)
    assert (owed.round, [each.title for each in owed.courses]) == (1, ["The whole course"])


def test_the_foresight_takes_the_same_courses_and_credits_the_same(dee, long, short, old, ada, bo, at):
    requirement = make_requirement(
        satisfiers=requirements.courses(long.pk, later={2: [short.pk]}), starts_on=date(2026, 1, 1)
    )
    make_completion(dee, old, at=_noon(date(2026, 9, 1)))
    _turn(HIRED)
    _accept(old, long, ada, bo, at)
    from compliance.oversight.queries.foresight import _lives
    from compliance.reminders import queries as reminders

    (life,) = [each for each in _lives([requirement]) if each[0].person.id == dee.pk]
    events = foresee(life, TODAY, date(2028, 12, 31), reminders.habits(7))
    assert [each.on for each in events if each.what == CREDITED] == [TODAY]
    done = [each.on for each in events if each.what == "completed"]
    _turn(TODAY)
    for on in done:
        _turn(date.fromordinal(on.toordinal() - 1))
        _passes(dee, short, on)
    assert [row[1] for row in _finished(dee)] == [date(2026, 9, 1), *done]
    assert [row[2] for row in _finished(dee)][1:] == ["short"] * len(done)
