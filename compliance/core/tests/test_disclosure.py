"""No small group can be read from what is told, nor worked out by subtracting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core.disclosure import withheld

LEAST = 5


@pytest.mark.parametrize(
    ("everybody", "groups", "expected"),
    [
        (40, {"a": 40, "b": 12}, ""),
        # Small itself; and the next smallest, from which it would follow.
        (40, {"a": 40, "b": 12, "c": 3}, "bc"),
        # Two that do not overlap: 103 less 100 are the three.
        (103, {"a": 100, "b": 3}, "ab"),
        # One that almost everybody has tells of the few who do not.
        (40, {"a": 38, "b": 20, "c": 12}, "ac"),
        # Everybody but nobody missing is fine.
        (40, {"a": 40}, ""),
        # Two small ones hide each other once they are five together.
        (40, {"a": 40, "b": 4, "c": 4}, "bc"),
        (40, {"a": 40, "b": 2, "c": 2, "d": 9}, "bcd"),
        # A department of four has no figures at all.
        (4, {"a": 4, "b": 2}, "ab"),
        (0, {}, ""),
    ],
)
def test_what_is_withheld(everybody: int, groups: dict[str, int], expected: str) -> None:
    assert withheld(everybody=everybody, groups=groups, least=LEAST) == frozenset(expected)


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), max_size=12))
def test_groups_that_split_everybody_never_give_a_small_one_away(groups: dict[int, int]) -> None:
    """The worst case: nobody is in two groups, and the reader knows it."""
    everybody = sum(groups.values())
    hidden = withheld(everybody=everybody, groups=groups, least=LEAST)
    told = {key: size for key, size in groups.items() if key not in hidden}
    assert all(size >= LEAST for size in told.values())
    rest = everybody - sum(told.values())
    if everybody >= LEAST:
        assert rest == 0 or rest >= LEAST
    assert len(hidden) != 1 or len(groups) == 1 or everybody < LEAST


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 60))
def test_nobody_is_what_one_group_lacks_of_everybody(groups: dict[int, int], more: int) -> None:
    everybody = max(groups.values()) + more
    hidden = withheld(everybody=everybody, groups=groups, least=LEAST)
    for key in groups.keys() - hidden:
        assert groups[key] >= LEAST
        assert not 0 < everybody - groups[key] < LEAST
