"""Who above is told, and when."""

from hypothesis import given
from hypothesis import strategies as st

from compliance.core.escalation import (
    COMPLIANCE,
    DEPARTMENT,
    DEPARTMENT_ABOVE,
    MANAGER,
    NOBODY,
    UPWARDS,
    Above,
    Reached,
    Rung,
    Told,
    climb,
    highest,
    whom,
)

from .makers import d

DEE, MAX, HANA, IVO, VERA, OTTO = 1, 2, 3, 4, 5, 6
ABOVE = Above(
    managers=frozenset({MAX}),
    departments=((frozenset({HANA}), frozenset({HANA, VERA})), (frozenset({IVO}),)),
    owner=None,
    officers=frozenset({OTTO}),
)
RUNGS = [Rung(14, DEPARTMENT), Rung(7, MANAGER), Rung(0, COMPLIANCE)]


def told(to, *people):
    return Told(to, frozenset(people))


def test_each_goes_to_those_who_stand_there():
    assert whom(MANAGER, DEE, ABOVE) == told(MANAGER, MAX)
    assert whom(DEPARTMENT, DEE, ABOVE) == told(DEPARTMENT, HANA, IVO)
    # Hana was told a level below; the other chain ends there.
    assert whom(DEPARTMENT_ABOVE, DEE, ABOVE) == told(DEPARTMENT_ABOVE, VERA)
    assert whom(COMPLIANCE, DEE, ABOVE) == told(COMPLIANCE, OTTO)


def test_where_nobody_stands_the_next_further_up_is_told_and_never_the_person():
    assert whom(MANAGER, MAX, ABOVE) == told(DEPARTMENT, HANA, IVO)
    assert whom(DEPARTMENT, HANA, ABOVE) == told(DEPARTMENT, VERA, IVO)
    assert whom(DEPARTMENT_ABOVE, VERA, ABOVE) == told(COMPLIANCE, OTTO)
    assert whom(COMPLIANCE, OTTO, ABOVE) == NOBODY
    assert whom(MANAGER, DEE, Above()) == NOBODY


def test_an_owner_is_told_instead_of_the_officers_unless_it_is_about_them():
    above = Above(owner=MAX, officers=frozenset({OTTO}))
    assert whom(COMPLIANCE, DEE, above) == told(COMPLIANCE, MAX)
    assert whom(COMPLIANCE, MAX, above) == told(COMPLIANCE, OTTO)


def test_rungs_are_climbed_in_order_and_none_before_the_cycle_opened():
    due, opens = d("2026-11-02"), d("2026-11-05")
    rungs = climb(due, opens, RUNGS)
    assert rungs == (
        Reached(0, COMPLIANCE, d("2026-11-05")),
        Reached(7, MANAGER, d("2026-11-09")),
        Reached(14, DEPARTMENT, d("2026-11-16")),
    )
    assert highest(rungs, d("2026-11-04")) is None
    assert highest(rungs, d("2026-11-15")) == rungs[1]
    assert highest(rungs, d("2027-11-15")) == rungs[2]


people = st.integers(1, 6)
some = st.frozensets(people, max_size=3)
chains = st.lists(st.lists(some.filter(bool), max_size=4).map(tuple), max_size=3).map(tuple)


@given(st.sampled_from(UPWARDS), people, st.builds(Above, some, chains, st.none() | people, some))
def test_only_somebody_above_is_told_and_somebody_wherever_one_is(to, person, above):
    found = whom(to, person, above)
    everybody = {*above.managers, *above.officers, above.owner}.union(
        *(each for chain in above.departments for each in chain)
    )
    assert person not in found.people
    assert found.people <= everybody
    assert bool(found.people) == (found.to in UPWARDS[UPWARDS.index(to) :])
    if (above.officers | {above.owner}) - {person, None}:
        assert found.people
