"""What a machine may still make of what people agreed on before, and what it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core.agreement import compare
from compliance.core.change import Effect

ADD, DROP, MOVE, MAILS = Effect.ADD, Effect.DROP, Effect.MOVE, Effect.MAILS


def of(count, effect=ADD, first=0):
    return dict.fromkeys(range(first, first + count), effect)


@pytest.mark.parametrize(
    ("agreed", "now", "limit", "at_least", "by_two", "is_same"),
    [
        (of(10), of(10), 50, 50, False, True),
        (of(10), {}, 50, 50, False, True),  # they all left: nobody is surprised
        (of(10), of(10, first=5), 50, 50, False, True),  # five went, five came
        (of(10), of(60), 100, 50, False, True),  # few more, by the university's measure of few
        (of(10), of(61), 100, 50, False, False),
        (of(3), of(800), 1000, 50, False, False),  # a large university, and yet three were agreed on
        (of(900), of(1800), 1000, 50, True, True),  # two agreed: as many again, within the threshold
        (of(900), of(1901), 1000, 50, True, False),
        (of(900), of(1001), 1000, 50, False, False),  # one person alone may not
        (of(900), of(1001), None, 50, False, True),  # where nobody asks for two
        (of(900), of(1801), None, 50, False, False),  # and still no surprise
        (of(1), of(2), 0, 0, True, False),  # every change takes two: nobody may come
        (of(100, MOVE), of(100, DROP), 50, 50, True, False),  # they were to keep it
        (of(100, DROP), of(100, MOVE), 50, 50, True, True),
        (of(10), of(10) | of(500, MAILS, first=10), 1000, 50, True, True),  # only reminded on other days
        (of(100, MAILS), of(100), 1000, 50, True, False),  # and now more than that
    ],
)
def test_what_is_made_by_itself_and_what_goes_back(agreed, now, limit, at_least, by_two, is_same):
    found = compare(agreed, now, limit=limit, at_least=at_least, was_by_two=by_two)
    assert found.is_as_agreed is is_same


people = st.dictionaries(st.integers(0, 40), st.sampled_from([ADD, DROP, MOVE]))
counts = st.integers(0, 30)


@given(people, people, st.none() | counts, counts, st.booleans())
def test_whoever_is_no_longer_concerned_never_stops_it(agreed, now, limit, at_least, by_two):
    given_ = {"limit": limit, "at_least": at_least, "was_by_two": by_two}
    whole = compare(agreed, now, **given_)
    fewer = compare(agreed, dict(list(now.items())[1:]), **given_)
    assert fewer.is_as_agreed or not whole.is_as_agreed


@given(people, counts, st.booleans())
def test_the_same_difference_is_what_was_agreed(agreed, at_least, by_two):
    found = compare(agreed, agreed, limit=max(at_least, len(agreed)), at_least=at_least, was_by_two=by_two)
    assert found.is_as_agreed
    assert found.came_count == found.gone_count == 0
