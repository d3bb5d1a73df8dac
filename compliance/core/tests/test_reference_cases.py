"""The cases every engine of this kind should pass; users of other systems asked for each of them."""

import pytest

from compliance.core import dates, ladder, plan, standing
from compliance.core.terms import Absence, Cause, Completion, CycleFacts, Period, Status, Validity

from .makers import d, leave, person, post, rule, terms, yearly


def valid_to(day: str) -> Validity:
    return Validity(dates.add_months(d(day), -12), d(day), dates.add_months(d(day), -12))


@pytest.mark.parametrize(
    ("anchor", "fixed", "until"),
    [
        ("expiry", None, "2028-06-30"),
        ("completion", None, "2028-05-10"),
        ("fixed", (6, 30), "2028-06-30"),
    ],
)
def test_case_1_renewing_inside_the_window_keeps_what_the_anchor_says(anchor, fixed, until):
    yearly_terms = yearly(anchor, fixed=fixed, window_days=60)
    assert dates.validity(yearly_terms, d("2027-05-10"), valid_to("2027-06-30")).valid_until == d(until)


@pytest.mark.parametrize(
    ("anchor", "fixed", "until"),
    [
        ("expiry", None, "2028-08-05"),
        ("completion", None, "2028-08-05"),
        ("fixed", (6, 30), "2028-06-30"),
    ],
)
def test_case_2_renewing_late_starts_anew_or_waits_for_the_fixed_day(anchor, fixed, until):
    late = dates.validity(
        yearly(anchor, fixed=fixed, window_days=60), d("2027-08-05"), valid_to("2027-06-30")
    )
    assert late.valid_until == d(until)


@pytest.mark.parametrize(("done", "until"), [("2021-02-28", "2021-12-31"), ("2021-07-30", "2022-12-31")])
def test_case_3_a_fixed_day_is_skipped_when_it_comes_before_the_minimum_validity(done, until):
    december = yearly("fixed", fixed=(12, 31), minimum_months=6)
    assert dates.validity(december, d(done)).valid_until == d(until)


@pytest.mark.parametrize(("minimum_months", "until"), [(0, "2027-01-31"), (3, "2028-01-31")])
def test_case_4_a_hire_of_november_repeats_in_january_or_not_as_the_university_wishes(minimum_months, until):
    january = yearly("fixed", fixed=(1, 31), minimum_months=minimum_months, window_days=30)
    assert dates.validity(january, d("2026-11-15")).valid_until == d(until)


def test_case_5_done_on_29_february_is_valid_until_28_february():
    assert dates.validity(yearly("completion"), d("2028-02-29")).valid_until == d("2029-02-28")


def test_case_6_days_and_months_differ_over_a_leap_year():
    by_days = terms(recurs=Period(days=365))
    assert dates.validity(by_days, d("2027-03-01")).valid_until == d("2028-02-29")
    assert dates.validity(yearly(), d("2027-03-01")).valid_until == d("2028-03-01")


def test_case_7_a_due_date_already_past_becomes_a_realistic_one_and_is_marked():
    made = plan.plan(
        rule(terms("2020-01-01")), [person(1, post(since="2015-03-01"))], [], {}, d("2026-11-23")
    )
    (decision,) = made.of(plan.Outcome.ASSIGN)
    assert decision.dates.due_on == d("2026-12-23")
    assert decision.is_adjusted
    assert ("counted_from", "assignment") in decision.because


def test_case_8_a_due_date_inside_a_leave_moves_to_after_the_return():
    away = [leave("2027-04-01", "2027-09-30")]
    cycle = dates.opened(terms(return_days=14), d("2027-03-01"), d("2027-06-30"), away)
    assert cycle.due_on == d("2027-10-15")
    assert cycle.original_due_on == d("2027-06-30")
    facts = CycleFacts(1, cycle.window_opens_on, cycle.due_on, cycle.grace_ends_on)
    assert standing.standing_of([facts], d("2027-10-10")).status is Status.NOT_YET_DUE


def test_case_9_the_end_of_a_waiver_opens_a_cycle_that_day_with_a_fresh_due_date():
    cycle = dates.after_waiver(terms(first_due_days=30), d("2027-03-01"))
    assert (cycle.window_opens_on, cycle.due_on) == (d("2027-03-01"), d("2027-03-31"))
    waived = Absence(d("2026-01-01"), d("2027-03-01"), Cause.WAIVER)
    assert dates.after_absences(terms(first_due_days=30), d("2026-06-01"), [waived]) == d("2027-03-31")


def test_case_10_three_days_of_outage_over_an_expiry_leave_one_reminder_and_the_true_dates():
    steps = ladder.ladder(
        cycle=2,
        assigned_on=d("2026-01-01"),
        window_opens_on=d("2027-05-01"),
        due_on=d("2027-06-30"),
        before=(30, 7, 1),
        after_every=7,
        after_max=6,
    )
    back_on = d("2027-07-01")
    assert [step.on for step in steps if d("2027-06-28") <= step.on <= back_on] == [
        d("2027-06-29"),
        d("2027-06-30"),
    ]
    assert ladder.newest(steps, back_on).kind == "due"
    cycle = dates.renewal(yearly(window_days=60), d("2027-06-30"), d("2026-06-30"))
    assert (cycle.window_opens_on, cycle.due_on) == (d("2027-05-01"), d("2027-06-30"))
    facts = [
        CycleFacts(
            1,
            d("2026-06-01"),
            d("2026-06-30"),
            d("2026-06-30"),
            d("2026-06-30"),
            d("2026-06-30"),
            d("2027-06-30"),
        ),
        CycleFacts(2, cycle.window_opens_on, cycle.due_on, cycle.grace_ends_on),
    ]
    assert standing.standing_of(facts, back_on).status is Status.EXPIRED


def test_the_next_cycle_exists_at_the_window_start_with_a_future_due_date_and_the_person_stays_compliant():
    done = CycleFacts(
        1,
        d("2026-06-01"),
        d("2026-06-30"),
        d("2026-06-30"),
        d("2026-06-30"),
        d("2026-06-30"),
        d("2027-06-30"),
    )
    cycle = dates.renewal(yearly(window_days=60), d("2027-06-30"), d("2026-06-30"))
    assert (cycle.window_opens_on, cycle.due_on) == (d("2027-05-01"), d("2027-06-30"))
    upcoming = CycleFacts(2, cycle.window_opens_on, cycle.due_on, cycle.grace_ends_on)
    day = d("2027-04-30")
    while day <= d("2027-06-30"):
        expected = Status.COMPLIANT if day < d("2027-05-01") else Status.EXPIRING
        assert standing.standing_of([done, upcoming], day).status is expected
        day = dates.add_period(day, Period(days=1))


def test_a_rehire_inside_validity_is_not_trained_again():
    back = person(1, post(since="2025-01-01", until="2026-05-31"), post(since="2026-09-01"))
    made = plan.plan(rule(), [back], [], {1: [Completion(d("2026-02-01"), 77)]}, d("2026-09-01"))
    (decision,) = made.of(plan.Outcome.CREDIT)
    assert decision.credit.enrollment_id == 77
    assert decision.validity.valid_until == d("2027-02-01")
