"""What a certificate proves on a day."""

from datetime import date

import pytest

from compliance.core.proof import Worth, is_too_early, worth_of, worth_of_all
from compliance.core.terms import Validity

from .makers import terms

TODAY = date(2026, 11, 23)
BEFORE, AFTER = date(2026, 11, 22), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("valid_until", "revoked_on", "is_renewed", "worth"),
    [
        (None, None, False, Worth.VALID),
        (TODAY, None, False, Worth.VALID),
        (BEFORE, None, False, Worth.EXPIRED),
        (BEFORE, None, True, Worth.SUPERSEDED),
        (AFTER, TODAY, True, Worth.REVOKED),
        (AFTER, AFTER, False, Worth.VALID),
    ],
)
def test_one_cycle(valid_until: date | None, revoked_on: date | None, is_renewed: bool, worth: Worth) -> None:
    found = worth_of(TODAY, valid_until=valid_until, revoked_on=revoked_on, is_renewed=is_renewed)
    assert found == worth


def test_several_are_worth_the_best_of_them() -> None:
    assert worth_of_all([Worth.REVOKED, Worth.VALID]) == Worth.VALID
    assert worth_of_all([Worth.REVOKED, Worth.EXPIRED]) == Worth.EXPIRED
    assert worth_of_all([Worth.REVOKED]) == Worth.REVOKED
    assert worth_of_all([]) == Worth.VALID


@pytest.mark.parametrize(
    ("valid_until", "is_temporary", "passed_on", "is_early"),
    [
        (date(2027, 10, 5), False, date(2027, 9, 4), True),
        (date(2027, 10, 5), False, date(2027, 9, 5), False),
        (date(2027, 10, 5), True, date(2026, 11, 1), False),
        (None, False, date(2030, 1, 1), True),
        (date(2027, 10, 5), False, date(2026, 10, 4), False),
    ],
)
def test_a_pass_before_the_renewal_opens_renews_nothing(
    valid_until: date | None, is_temporary: bool, passed_on: date, is_early: bool
) -> None:
    done_on = date(2026, 10, 5)
    done = Validity(done_on, valid_until, done_on, is_temporary)
    assert is_too_early(terms(window_days=30), done, done_on, passed_on) is is_early
