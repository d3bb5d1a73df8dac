"""Whether whoever is in grace counts: by the newest decision whose day has come."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from compliance.core import grace
from compliance.core.grace import GraceDecision
from compliance.core.terms import Status

DAY = timedelta(days=1)
FIRST = date(2026, 11, 1)

decisions = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=5).map(
    lambda drawn: [
        GraceDecision(number, FIRST + offset * DAY, counts) for number, (offset, counts) in enumerate(drawn)
    ]
)


def test_without_a_decision_grace_does_not_count() -> None:
    assert grace.in_force([], FIRST) is None
    assert not grace.grace_counts([], FIRST)
    assert Status.IN_GRACE not in grace.compliant(grace_counts=False)
    assert grace.compliant(grace_counts=True) - grace.compliant(grace_counts=False) == {Status.IN_GRACE}


def test_the_newer_one_stands_over_one_for_a_later_day() -> None:
    ahead = GraceDecision(1, FIRST + 9 * DAY, counts=True)
    assert [grace.grace_counts([ahead], FIRST + offset * DAY) for offset in (8, 9)] == [False, True]
    kept = [ahead, GraceDecision(2, FIRST + 5 * DAY, counts=False)]
    assert not any(grace.grace_counts(kept, FIRST + offset * DAY) for offset in range(20))


@given(decisions, st.integers(-1, 22))
def test_what_is_decided_later_never_changes_a_day_that_was_over(known, offset) -> None:
    on = FIRST + offset * DAY
    later = GraceDecision(99, on + DAY, counts=not grace.grace_counts(known, on))
    assert grace.grace_counts([*known, later], on) == grace.grace_counts(known, on)
    assert grace.grace_counts([*known, later], on + DAY) == later.counts


@given(decisions, st.integers(0, 20))
def test_it_stays_until_the_day_that_is_told_and_turns_on_it(known, offset) -> None:
    on = FIRST + offset * DAY
    counts, told = grace.grace_counts(known, on), grace.turns_on(known, on)
    last = told or FIRST + 30 * DAY
    assert all(grace.grace_counts(known, on + each * DAY) == counts for each in range((last - on).days))
    assert told is None or (told > on and grace.grace_counts(known, told) != counts)
