"""The anchors side by side: what is shown for each is what the engine does with it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from compliance.core import anchors, dates
from compliance.core.terms import Anchor, Completion, DueFrom, FixedDay, Period, Terms

from .makers import d
from .test_plan_properties import days, terms

YEARLY = Terms(d("2026-01-01"), 30, recurs=Period(months=12), window_days=60)


def shown(found):
    return {each.anchor.value: (str(each.valid_until), str(each.renewed_until)) for each in found}


def test_each_anchor_says_until_when_it_counts_and_until_when_once_it_is_renewed_early():
    found = anchors.worked(YEARLY, Completion(d("2026-06-10")))
    assert shown(found) == {
        "expiry": ("2027-06-10", "2028-06-10"),
        "completion": ("2027-06-10", "2028-04-11"),
        "fixed": ("2026-06-30", "2027-06-30"),
        "year": ("2027-06-30", "2028-06-30"),
        "month_end": ("2027-06-30", "2028-06-30"),
    }


def test_days_are_taken_where_none_is_chosen_and_said_so():
    by_anchor = {each.anchor: each for each in anchors.worked(YEARLY, Completion(d("2026-06-10")))}
    assert by_anchor[Anchor.FIXED].example_day == anchors.EXAMPLE_DAY
    assert by_anchor[Anchor.YEAR].example_year == anchors.EXAMPLE_YEAR
    own = replace(YEARLY, anchor=Anchor.YEAR, fixed_day=FixedDay(8, 31), year_start=FixedDay(9, 1))
    chosen = {each.anchor: each for each in anchors.worked(own, Completion(d("2026-06-10")))}
    assert [chosen[each].example_day for each in (Anchor.FIXED, Anchor.YEAR)] == [None, None]
    assert [each for each in Anchor if chosen[each].is_chosen] == [Anchor.YEAR]


def test_what_the_length_of_the_period_does_not_go_with_has_no_dates():
    by_anchor = {
        each.anchor: each.is_impossible
        for each in anchors.worked(replace(YEARLY, recurs=Period(days=90)), Completion(d("2026-06-10")))
    }
    assert by_anchor == {each: each not in {Anchor.EXPIRY, Anchor.COMPLETION} for each in Anchor}
    assert anchors.worked(replace(YEARLY, recurs=None), Completion(d("2026-06-10"))) == ()


@given(terms(), days, st.lists(days, max_size=2))
def test_the_row_of_the_chosen_anchor_is_what_the_engine_does(given_terms, done_on, before):
    done = Completion(done_on)
    for row in anchors.worked(given_terms, done, [Completion(each) for each in sorted(before)]):
        if not row.is_chosen:
            continue
        valid = anchors.if_done(given_terms, done, [Completion(each) for each in sorted(before)])
        renewal = dates.renewal(given_terms, valid.valid_until, valid.valid_from)
        again = dates.validity(given_terms, renewal.window_opens_on, valid)
        assert (row.valid_until, row.opens_on, row.due_on, row.renewed_until) == (
            valid.valid_until, renewal.window_opens_on, renewal.due_on, again.valid_until,
        )  # fmt: skip
        assert given_terms.due_from is not DueFrom.CALENDAR or row.example_day is None
