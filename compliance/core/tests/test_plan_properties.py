"""What must hold for every population and every rule: tried on thousands of invented ones."""

from datetime import timedelta
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from compliance.core import dates, plan
from compliance.core.attributes import Dated, DateOf, DateTest
from compliance.core.audience import All, Departments, Everyone, Kinds, Not, OnLeave
from compliance.core.fields import FieldValue
from compliance.core.milestones import DateField, FirstSignIn, Milestone, Other
from compliance.core.plan import Outcome, Rule
from compliance.core.terms import (
    Absence,
    Anchor,
    Appointment,
    Calendar,
    Completion,
    DayUnit,
    DueFrom,
    FixedDay,
    Period,
    Person,
    Roll,
    Terms,
)

from .makers import d

days = st.dates(d("2025-01-01"), d("2028-12-31"))
kinds = ["staff", "faculty", "student", "student_worker", "retiree"]


@st.composite
def stretches(draw, of):
    first = draw(days)
    last = draw(st.none() | st.integers(0, 400).map(lambda n: first + timedelta(days=n)))
    return of(first, last)


appointments = st.builds(
    lambda stretch, kind, department: Appointment(kind, (department, "UNI"), *stretch),
    stretches(of=lambda first, last: (first, last)),
    st.sampled_from(kinds),
    st.sampled_from(["LAW", "MED", "ENG"]),
)
leaves = stretches(of=Absence.leave)


def milestone(on, late_days):
    return Milestone(9, on, on + timedelta(days=late_days), on + timedelta(days=365))


@st.composite
def said(draw):
    """What the field says of somebody: one stretch after another, some of them of nothing."""
    turns = sorted(draw(st.lists(days, max_size=3, unique=True)))
    ends = [*(each - timedelta(days=1) for each in turns[1:]), None]
    found = [
        FieldValue("cleared", draw(days), *each)
        for each in zip(turns, ends, strict=False)
        if draw(st.booleans())
    ]
    return tuple(found)


@st.composite
def populations(draw):
    size = draw(st.integers(0, 4))
    return [
        Person(
            number,
            tuple(draw(st.lists(appointments, max_size=3))),
            tuple(draw(st.lists(leaves, max_size=2))),
            draw(st.integers(0, 9)) > 0,
            milestones=tuple(draw(st.lists(st.builds(milestone, days, st.integers(0, 400)), max_size=2))),
            fields=draw(said()),
            signed_in_on=draw(st.none() | days),
        )
        for number in range(1, size + 1)
    ]


audiences = st.one_of(
    st.just(Everyone()),
    st.just(All((Kinds(("staff", "faculty")),))),
    st.just(All((Kinds(("staff", "faculty")), Not(Departments(("MED",))), Not(OnLeave())))),
    st.builds(
        lambda of, days, is_not: (
            Not(Dated(of, DateTest.WITHIN, days=days)) if is_not else Dated(of, DateTest.WITHIN, days=days)
        ),
        st.sampled_from(DateOf),
        st.integers(0, 200),
        st.booleans(),
    ),
)


@st.composite
def terms(draw):
    anchor = draw(st.sampled_from(Anchor))
    has_calendar = anchor in {Anchor.FIXED, Anchor.YEAR}
    months = draw(st.sampled_from([12, 24]) if has_calendar else st.integers(1, 36))
    recurs = draw(st.none() | st.just(Period(months=months)))
    froms = [each for each in DueFrom if each is not DueFrom.CALENDAR or (has_calendar and recurs)]
    return Terms(
        starts_on=draw(days),
        first_due_days=draw(st.integers(0, 90)),
        recurs=recurs,
        anchor=anchor,
        fixed_day=FixedDay(draw(st.integers(1, 12)), draw(st.integers(1, 28))),
        minimum_months=draw(st.integers(0, 6)),
        window_days=draw(st.integers(0, 90)),
        grace_days=draw(st.integers(0, 30)),
        return_days=draw(st.integers(0, 30)),
        due_from=draw(st.sampled_from(froms)),
        due_on=draw(days),
        due_after=Other(9, "the other"),
        due_field=DateField("cleared", "Cleared on"),
        sign_in=FirstSignIn(draw(st.none() | st.integers(1, 60))),
        due_unit=draw(st.sampled_from(DayUnit)),
        roll=draw(st.sampled_from(Roll)),
        year_start=FixedDay(draw(st.integers(1, 12)), draw(st.integers(1, 28))),
        calendar=Calendar(draw(st.frozensets(days, max_size=20))),
    )


rules = st.builds(Rule, terms(), audiences)
histories = st.dictionaries(st.integers(1, 4), st.lists(st.builds(Completion, days), max_size=3), max_size=4)
holders = st.sets(st.integers(1, 4))


def apply(held: set[int], made: plan.Plan) -> set[int]:
    gained = {decision.person_id for decision in made.of(Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT)}
    lost = {decision.person_id for decision in made.of(Outcome.WITHDRAW)}
    return (held | gained) - lost


@given(rules, populations(), holders, histories, days)
def test_applying_a_plan_once_or_five_times_ends_the_same(rule, people, held, done, today):
    held = held & {person.id for person in people}
    once = apply(held, plan.plan(rule, people, held, done, today))
    again = once
    for _ in range(4):
        repeated = plan.plan(rule, people, again, done, today)
        assert not repeated.of(Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT, Outcome.WITHDRAW)
        again = apply(again, repeated)
    assert again == once


@given(rules, populations(), holders, histories, st.tuples(days, st.randoms()))
def test_the_order_of_people_and_the_size_of_chunks_are_irrelevant(rule, people, held, done, drawn):
    today, random = drawn
    whole = plan.plan(rule, people, held, done, today)
    shuffled = random.sample(people, len(people))
    middle = len(shuffled) // 2
    chunks = [plan.plan(rule, part, held, done, today) for part in (shuffled[:middle], shuffled[middle:])]
    joined = sorted((each for chunk in chunks for each in chunk.decisions), key=lambda each: each.person_id)
    assert tuple(joined) == whole.decisions


@given(rules, populations(), holders, histories, days)
def test_every_person_has_exactly_one_decision(rule, people, held, done, today):
    made = plan.plan(rule, people, held, done, today)
    assert [decision.person_id for decision in made.decisions] == [person.id for person in people]


@given(rules, populations(), histories, days)
def test_a_due_date_is_never_before_the_assignment_and_always_has_reasons(rule, people, done, today):
    for decision in plan.plan(rule, people, [], done, today).of(
        Outcome.ASSIGN, Outcome.CREDIT, Outcome.LATER
    ):
        assert decision.because
        if decision.dates is None:
            assert decision.outcome is Outcome.LATER
            assert {"waits_for", "waits_for_field", "waits_for_sign_in"} & {
                name for name, _value in decision.because
            }
            continue
        assert decision.dates.due_on >= decision.on >= today
        assert decision.dates.grace_ends_on >= decision.dates.due_on
        assert decision.dates.due_on >= decision.dates.original_due_on


@settings(max_examples=60)
@given(rules, populations(), days, st.integers(1, 60))
def test_running_every_day_or_only_at_the_end_reaches_the_same_people(rule, people, today, length):
    every_day: set[int] = set()
    for offset in range(length + 1):
        every_day = apply(every_day, plan.plan(rule, people, every_day, {}, today + timedelta(days=offset)))
    last = today + timedelta(days=length)
    assert every_day == apply(set(), plan.plan(rule, people, set(), {}, last))


@settings(max_examples=60)
@given(rules, populations(), days, st.integers(1, 60))
def test_who_waits_gets_the_same_dates_from_a_turn_a_day_and_from_one_that_comes_late(
    rule, people, today, length
):
    last = today + timedelta(days=length)
    for decision in plan.plan(rule, people, [], {}, today).of(Outcome.WAIT):
        person = next(each for each in people if each.id == decision.person_id)
        nights = (today + timedelta(days=each) for each in range(length + 1))
        each_day = (plan.end_of_waiting(rule, person, today, (), night) for night in nights)
        begun = next((each for each in each_day if each is not None), None)
        late = plan.end_of_waiting(rule, person, today, (), last)
        if begun is not None and late is not None:
            # A day of a field, or a sign-in, that is past when it is found is counted anew: nobody is late on arrival.
            is_anew = rule.terms.due_from in {DueFrom.FIELD, DueFrom.SIGN_IN} and late.is_adjusted
            assert begun.dates == late.dates or (is_anew and late.dates.original_due_on >= last)
            assert today <= begun.dates.window_opens_on <= begun.dates.due_on


@given(rules, populations(), days)
def test_whoever_is_announced_for_later_is_assigned_on_that_day_with_that_date(rule, people, today):
    by_id = {person.id: person for person in people}
    for announced in plan.plan(rule, people, [], {}, today).of(Outcome.LATER):
        then = plan.decide(rule, by_id[announced.person_id], False, [], announced.on)
        expected = Outcome.WAIT if announced.dates is None else Outcome.ASSIGN
        assert (then.outcome, then.dates, then.on) == (expected, announced.dates, announced.on)
        the_day_before = announced.on - timedelta(days=1)
        if the_day_before > today:
            assert (
                plan.decide(rule, by_id[announced.person_id], False, [], the_day_before).outcome
                is Outcome.LATER
            )


@given(terms(), days, st.lists(st.integers(0, 500), max_size=6))
def test_validity_always_reaches_past_the_completion_and_never_gets_shorter_by_renewing_early(
    given_terms, start, gaps
):
    valid = dates.validity(given_terms, start)
    for gap in gaps:
        if valid.valid_until is None:
            break
        opens = dates.renewal(given_terms, valid.valid_until, valid.valid_from).window_opens_on
        done = opens + timedelta(days=gap)
        renewed = dates.validity(given_terms, done, valid)
        assert renewed.valid_from == done < renewed.valid_until
        if given_terms.anchor is not Anchor.COMPLETION:
            assert renewed.valid_until > valid.valid_until
        valid = renewed


@given(terms(), days, st.integers(0, 200))
def test_grace_never_shortens_validity(given_terms, start, lag):
    valid = dates.validity(given_terms, start)
    if valid.valid_until is not None:
        late = valid.valid_until + timedelta(days=lag)
        on_time = dates.validity(given_terms, valid.valid_until, valid)
        assert dates.validity(given_terms, late, valid).valid_until >= min(
            on_time.valid_until, dates.validity(given_terms, late).valid_until
        )


@example(
    d("2026-01-01"),
    [Absence(d("2026-01-01"), d("2026-01-02")), Absence(d("2026-01-01"), d("2026-01-03"))],
    Random(0),
)
@given(days, st.lists(leaves, max_size=4), st.randoms())
def test_moving_past_absences_does_not_depend_on_their_order_and_moves_only_forward(due, away, random):
    rests = Terms(d("2025-01-01"), 30, return_days=10)
    moved = dates.after_absences(rests, due, away)
    assert moved == dates.after_absences(rests, due, random.sample(away, len(away)))
    assert moved >= due
    assert not any(each.returns_on is not None and each.covers(moved) for each in away)
