"""Completions that did not happen in a course here: written down once, and counted as passed courses are."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from compliance.records import actions as records
from compliance.records.enums import CreditSource
from compliance.records.models import Credit
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation
from tenants import clock

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
