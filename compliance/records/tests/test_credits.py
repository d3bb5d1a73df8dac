"""Completions that did not happen in a course here: written down once, and counted as passed courses are."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from compliance.records import actions as records
from compliance.records import queries
from compliance.records.enums import CreditSource
from compliance.records.models import ComplianceRecord, Credit
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.people.tests.factories import make_affiliation
from tenants import clock

from .factories import make_completion

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def give(ada, dee, at):
    """Ada certifies Dee, who is here since 2025."""
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    requirement = make_requirement()

    def give(on, **fields):
        given = {
            "user_id": dee.pk,
            "requirement_id": requirement.pk,
            "source": CreditSource.MANUAL,
            "by": ada,
            "reason": "Seen in class.",
            "at": at,
        }
        return records.give_credit(on=on, **(given | fields))

    return give


def test_a_credit_says_who_gave_it_for_which_day_and_why(give, ada, dee):
    credit = give(date(2026, 10, 1), reference="Sheet 12")
    assert (credit.user, credit.by, credit.on, credit.reason) == (
        dee,
        ada,
        date(2026, 10, 1),
        "Seen in class.",
    )
    assert not credit.is_temporary
    assert give(date(2026, 10, 2), valid_until=date(2026, 12, 31)).is_temporary


@pytest.mark.parametrize(
    ("on", "fields", "says"),
    [
        (date(2027, 1, 1), {}, "future"),
        (date(2025, 2, 28), {}, "not here yet"),
        (date(2026, 10, 1), {"valid_until": date(2026, 9, 30)}, "stop counting before"),
        (date(2026, 10, 1), {"valid_until": date(2026, 11, 1)}, "until today at least"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(give, at, on, fields, says):
    assert clock.today(at) == TODAY
    with pytest.raises(records.Refused, match=says):
        give(on, **fields)
    assert not Credit.objects.exists()


def test_prior_credit_and_evidence_may_lie_before_the_first_appointment(give):
    for source in (CreditSource.PRIOR, CreditSource.EVIDENCE):
        give(date(2024, 5, 5), source=source)
    assert Credit.objects.count() == 2


def test_nobody_certifies_themself(give, dee):
    with pytest.raises(records.Refused, match="themself"):
        give(date(2026, 10, 1), by=dee)


def test_a_credit_cannot_be_changed_or_deleted(give):
    credit = give(date(2026, 10, 1))
    for change in (lambda: Credit.objects.filter(pk=credit.pk).update(reason="Another."), credit.delete):
        with pytest.raises(IntegrityError, match="can be revoked"), transaction.atomic():
            change()


@pytest.fixture
def turn():
    """A whole turn of the records at noon of a day."""

    def turn(on):
        moment = datetime.combine(on, time(17), tzinfo=UTC)
        records.daily_turn(at=moment, scheduled_for=moment)

    return turn


def _cycles(user):
    rows = ComplianceRecord.objects.filter(user=user).order_by("assignment_id", "cycle")
    return [(row.cycle, row.window_opens_on, row.due_on, row.completed_on, row.valid_until) for row in rows]


def _status(user):
    return queries.obligations(TODAY).filter(user=user).values_list("status", flat=True).first()


@pytest.fixture
def yearly(dee):
    """Every year, 30 days after the start of November, renewable 30 days before the end."""
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    return make_requirement(starts_on=date(2026, 11, 1), window_days=30)


def test_a_credit_inside_the_cycle_finishes_it_as_a_passed_course_does(yearly, dee, ada, at, turn):
    turn(date(2026, 11, 2))
    credit = records.give_credit(
        user_id=dee.pk, requirement_id=yearly.pk, on=date(2026, 11, 20), source=CreditSource.MANUAL, by=ada,
        reason="Seen in class.", at=at,
    )  # fmt: skip
    turn(TODAY)
    turn(TODAY)
    assert _cycles(dee) == [(1, date(2026, 11, 2), date(2026, 12, 1), date(2026, 11, 20), date(2027, 11, 20))]
    assert ComplianceRecord.objects.get().credit == credit
    assert _status(dee) == "compliant"


def test_prior_credit_counts_for_somebody_who_has_the_requirement_already(yearly, dee, ada, at, turn):
    turn(date(2026, 11, 2))
    records.give_credit(
        user_id=dee.pk, requirement_id=yearly.pk, on=date(2026, 2, 1), source=CreditSource.PRIOR, by=ada,
        reason="At the former university.", at=at,
    )  # fmt: skip
    turn(TODAY)
    assert _cycles(dee) == [(1, date(2026, 11, 2), date(2026, 12, 1), date(2026, 2, 1), date(2027, 2, 1))]


def test_prior_credit_that_has_run_out_is_a_cycle_of_its_own_and_asks_as_before(yearly, dee, ada, at, turn):
    turn(date(2026, 11, 2))
    records.give_credit(
        user_id=dee.pk, requirement_id=yearly.pk, on=date(2024, 2, 1), source=CreditSource.PRIOR, by=ada,
        reason="At the former university.", at=at,
    )  # fmt: skip
    turn(TODAY)
    assert [(number, done, until) for number, _opens, _due, done, until in _cycles(dee)] == [
        (1, date(2024, 2, 1), date(2025, 2, 1)),
        (2, None, None),
    ]
    assert _status(dee) == "not_yet_due"


def test_a_temporary_certification_bridges_until_its_end_and_the_training_counts_from_its_own_day(
    yearly, dee, ada, at, turn
):
    turn(date(2026, 11, 2))
    records.give_credit(
        user_id=dee.pk, requirement_id=yearly.pk, on=date(2026, 11, 20), source=CreditSource.MANUAL, by=ada,
        reason="Waits for the room.", valid_until=date(2027, 1, 31), at=at,
    )  # fmt: skip
    turn(TODAY)
    assert _cycles(dee) == [
        (1, date(2026, 11, 2), date(2026, 12, 1), date(2026, 11, 20), date(2027, 1, 31)),
        (2, date(2026, 11, 21), date(2027, 1, 31), None, None),
    ]
    assert _status(dee) == "expiring"
    make_completion(dee, course_of(yearly), at=datetime(2026, 12, 10, 12, tzinfo=UTC))
    turn(date(2026, 12, 11))
    assert _cycles(dee)[1][3:] == (date(2026, 12, 10), date(2027, 12, 10))


def test_a_temporary_certification_for_what_is_asked_once_ends_too(dee, ada, at, turn):
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    once = make_requirement(starts_on=date(2026, 11, 1), recurs_months=None)
    turn(date(2026, 11, 2))
    records.give_credit(
        user_id=dee.pk, requirement_id=once.pk, on=TODAY, source=CreditSource.MANUAL, by=ada,
        reason="Waits for the room.", valid_until=date(2026, 12, 31), at=at,
    )  # fmt: skip
    turn(date(2026, 11, 24))
    assert [(row[0], row[2], row[4]) for row in _cycles(dee)] == [
        (1, _cycles(dee)[0][2], date(2026, 12, 31)),
        (2, date(2026, 12, 31), None),
    ]
