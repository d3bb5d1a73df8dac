"""What a certificate proves on a day."""

from datetime import date

import pytest

from compliance.core.proof import Worth, worth_of, worth_of_all

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
