"""Which courses answer a requirement, round by round: by a table, and for every set there could be."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import history, satisfiers
from compliance.core.satisfiers import CourseSet, Equivalence, Satisfiers
from compliance.core.shares import Share
from compliance.core.terms import Completion, ImpossibleTerms, Period, Terms

from .makers import d

LONG, SHORT, OTHER, OLD = 1, 2, 3, 4
SETS = (CourseSet(1, (LONG, OTHER)), CourseSet(2, (SHORT, LONG)), CourseSet(4, (OTHER,)))
OLD_FOR_LONG = Equivalence(OLD, LONG, until=d("2026-06-30"))
YEARLY = Terms(d("2020-01-01"), 30, recurs=Period(months=12), window_days=60)


@pytest.mark.parametrize(
    ("course", "on", "expected"),
    [
        (LONG, "2026-03-01", (Share(1, 1, LONG), Share(2, 3, LONG))),
        (SHORT, "2026-03-01", (Share(2, 3, SHORT),)),
        (OTHER, "2026-03-01", (Share(1, 1, OTHER), Share(4, None, OTHER))),
        (OLD, "2026-06-30", (Share(1, 1, LONG), Share(2, 3, LONG))),
        (OLD, "2026-07-01", ()),
        (99, "2026-03-01", ()),
    ],
)
def test_for_which_rounds_a_pass_counts_and_as_what(course, on, expected):
    assert Satisfiers(SETS, (OLD_FOR_LONG,)).shares(course, d(on)) == expected


def test_an_equivalence_is_one_way_and_one_step():
    chain = (Equivalence(OLD, LONG), Equivalence(99, OLD))
    one = Satisfiers((CourseSet(1, (LONG,)),), chain)
    assert one.shares(OLD, d("2026-01-01"))
    assert not one.shares(99, d("2026-01-01"))
    assert not Satisfiers((CourseSet(1, (OLD,)),), (Equivalence(OLD, LONG),)).shares(LONG, d("2026-01-01"))


@pytest.mark.parametrize(
    "sets",
    [
        (),
        (CourseSet(2, (LONG,)),),
        (CourseSet(1, ()),),
        (CourseSet(1, (LONG, LONG)),),
        (CourseSet(1, (LONG,)), CourseSet(1, (SHORT,))),
        (CourseSet(1, (LONG,)), CourseSet(3, (SHORT,)), CourseSet(2, (OTHER,))),
    ],
)
def test_sets_that_contradict_themselves_are_refused(sets):
    with pytest.raises(ImpossibleTerms):
        Satisfiers(sets)


def _done(one, *passed):
    return [each for course, on in passed if (each := one.completion(course, d(on)))]


@pytest.mark.parametrize(
    ("passed", "counted"),
    [
        # The refresher renews; out of turn it is nothing.
        ([(LONG, "2024-03-01"), (SHORT, "2025-02-01")], ["2024-03-01", "2025-02-01"]),
        ([(SHORT, "2024-03-01")], []),
        ([(LONG, "2024-03-01"), (SHORT, "2024-05-01")], ["2024-03-01"]),
        # Late is still the next round.
        ([(LONG, "2024-03-01"), (SHORT, "2026-01-01")], ["2024-03-01", "2026-01-01"]),
        # The first again before its window starts anew in the same round.
        (
            [(LONG, "2024-03-01"), (LONG, "2024-05-01"), (SHORT, "2025-04-01")],
            ["2024-03-01", "2024-05-01", "2025-04-01"],
        ),
        # By the fourth time only the other does.
        (
            [(LONG, "2022-03-01"), (SHORT, "2023-02-01"), (SHORT, "2024-02-01"), (SHORT, "2025-02-01")],
            ["2022-03-01", "2023-02-01", "2024-02-01"],
        ),
    ],
)  # fmt: skip
def test_history_counts_what_answers_its_round(passed, counted):
    found = history.usable(YEARLY, _done(Satisfiers(SETS), *passed), d("2027-01-01"))
    assert [each.on for each in found] == [d(on) for on in counted]


def test_a_bridged_time_is_no_round():
    bridge = Completion(d("2025-01-10"), credit_id=1, lasts_until=d("2025-03-31"), is_temporary=True)
    long = Satisfiers(SETS).completion(LONG, d("2025-03-01"))
    short = Satisfiers(SETS).completion(SHORT, d("2025-03-01"))
    assert history.usable(YEARLY, [bridge, long], d("2027-01-01")) == [bridge, long]
    assert history.usable(YEARLY, [bridge, short], d("2027-01-01")) == [bridge]


courses = st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True).map(tuple)
many_sets = st.lists(courses, min_size=1, max_size=4).flatmap(
    lambda each: st.lists(st.integers(2, 9), min_size=len(each) - 1, max_size=len(each) - 1, unique=True).map(
        lambda rounds: tuple(map(CourseSet, [1, *sorted(rounds)], each))
    )
)
pairs = st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda pair: pair[0] != pair[1])
equivalences = st.lists(pairs.map(lambda pair: Equivalence(*pair)), max_size=5).map(tuple)


@given(many_sets, equivalences, st.integers(1, 8), st.integers(1, 12))
def test_a_share_says_what_the_set_of_the_round_says(sets, known, course, number):
    one = Satisfiers(sets, known)
    meant = one.set_for(number).courses
    accepted = [each.counts_for for each in known if each.course_id == course and each.counts_for in meant]
    done = one.completion(course, d("2026-01-01"))
    share = done.share_in(number) if done else None
    assert (share is not None) == (course in meant or bool(accepted))
    if share is not None:
        assert share.course_id == course if course in meant else share.course_id in accepted
    assert done is None or course in one.courses


@given(many_sets, st.lists(st.tuples(st.integers(1, 6), st.integers(0, 900)), max_size=8), st.randoms())
def test_what_counts_does_not_depend_on_the_order_it_is_told_in(sets, passed, random):
    one = Satisfiers(sets)
    done = [
        each
        for place, (course, after) in enumerate(passed, 1)
        if (each := one.completion(course, d("2023-01-01") + timedelta(days=after), place))
    ]
    found = history.usable(YEARLY, done, d("2027-01-01"))
    assert found == history.usable(YEARLY, random.sample(done, len(done)), d("2027-01-01"))
    first = satisfiers.first_inside(done, 1, d("2023-01-01"))
    assert first is None or found[0] == first
