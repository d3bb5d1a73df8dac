"""Whoever is in the days of grace counts as compliant where the university decided so: everywhere, from its day on."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.oversight.tests.factories import TODAY, give
from compliance.records import actions, queries
from compliance.records.enums import ComplianceStatus, PersonStanding
from compliance.records.models import GraceDecision
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people.models import User
from lms.people.tests.factories import make_user
from tenants import clock

from .factories import make_grace_decision

DAY = dt.timedelta(days=1)
NOON = dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC)


@pytest.fixture
def people(in_alpha):
    """Gil is in grace until the fifth day after today; Lou is overdue; Cem is done."""
    requirement = make_requirement()
    found = {}
    for name, state in (("Gil", "grace"), ("Lou", "overdue"), ("Cem", "compliant")):
        found[name] = make_user(given_name=name)
        give(found[name], requirement, state)
    return requirement, found


def decide(*, counts=True, from_on=TODAY, at=NOON):
    by = User.objects.filter(given_name="Ada").first() or make_user(given_name="Ada")
    return actions.decide_grace(counts=counts, from_on=from_on, reason="Agreed in May", by=by, at=at)


def test_figures_lists_answers_and_the_own_record_follow_it_and_nothing_else_changes(people):
    requirement, found = people
    gil, lou = found["Gil"], found["Lou"]
    before = queries.totals(queries.people(TODAY))
    assert (before.compliant_count, before.grace_count, before.late_count) == (1, 1, 1)
    assert not queries.may(gil.pk, requirement.pk, TODAY).is_allowed
    decide()
    after = queries.totals(queries.people(TODAY))
    assert (after.compliant_count, after.grace_count, after.late_count) == (2, 1, 1)
    assert (after.required_count, after.percent) == (3, 66.6)
    (by_requirement,) = queries.by_requirement(TODAY)
    assert by_requirement.totals == after
    listed = queries.people(TODAY, standing=PersonStanding.COMPLIANT).values_list("given_name", flat=True)
    assert sorted(listed) == ["Cem", "Gil"]
    (owed,) = queries.owed_by(gil.pk, TODAY)
    assert (owed.status, owed.is_compliant) == (ComplianceStatus.IN_GRACE, True)
    answer = queries.answer(gil.pk, requirement.pk, TODAY)
    assert (answer.is_allowed, answer.status) == (True, ComplianceStatus.IN_GRACE)
    assert answer.valid_until == TODAY + 5 * DAY
    assert not queries.may(gil.pk, requirement.pk, TODAY + 6 * DAY).is_allowed, "after grace"
    assert not queries.may(lou.pk, requirement.pk, TODAY).is_allowed


def test_a_decision_for_a_later_day_changes_nothing_before_and_ends_an_answer_early(people):
    requirement, found = people
    decide(from_on=TODAY + 2 * DAY)
    before = queries.answer(found["Gil"].pk, requirement.pk, TODAY)
    assert (before.is_allowed, before.next_change_on) == (False, TODAY + 2 * DAY)
    assert queries.totals(queries.people(TODAY + DAY)).compliant_count == 1
    assert queries.totals(queries.people(TODAY + 2 * DAY)).compliant_count == 2
    decide()
    decide(counts=False, from_on=TODAY + 3 * DAY)
    assert queries.counting_on(TODAY).coming == ((TODAY + 3 * DAY, False),)
    answer = queries.answer(found["Gil"].pk, requirement.pk, TODAY)
    assert (answer.valid_until, answer.next_change_on) == (TODAY + 2 * DAY, TODAY + 3 * DAY)


def test_it_is_written_down_who_decided_from_which_day_and_why(people):
    made = decide(from_on=TODAY + DAY)
    assert (made.number, made.decided_on) == (1, TODAY)
    (event,) = Event.objects.filter(action="records.grace_decided")
    assert event.facts == {
        "counts": [False, True], "from_on": (TODAY + DAY).isoformat(), "reason": "Agreed in May"
    }  # fmt: skip
    assert event.actor_label.startswith("Ada")


def test_no_past_day_and_nothing_that_holds_anyway(people):
    with pytest.raises(actions.Refused, match="is over"):
        decide(from_on=TODAY - DAY)
    with pytest.raises(actions.Refused, match="anyway"):
        decide(counts=False)
    decide(from_on=TODAY + 5 * DAY)
    with pytest.raises(actions.Refused, match="anyway"):
        decide(from_on=TODAY + 6 * DAY)
    # Taking back what is still to come is a decision.
    decide(counts=False)
    assert not queries.counting_on(TODAY + 9 * DAY).grace_counts
    assert GraceDecision.objects.count() == 2


def test_the_database_keeps_decisions_and_takes_none_for_a_day_that_was_over(people):
    made = make_grace_decision(1, TODAY)
    for deed in (lambda: GraceDecision.objects.update(counts=False), made.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        GraceDecision.objects.create(
            number=2, counts=True, from_on=TODAY - DAY, reason="x", decided_by=made.decided_by,
            decided_at=clock.end_of_day(TODAY), decided_on=TODAY,
        )  # fmt: skip
