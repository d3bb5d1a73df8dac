"""Due models, years and holidays from the form to the preview, as an officer meets them."""

import datetime as dt

import pytest

from compliance.core.terms import Anchor, DayUnit, DueFrom, FixedDay, Roll
from compliance.requirements import actions, queries
from compliance.requirements.models import Holiday, Requirement
from lms.audit.models import Event
from lms.people.models import PersonField
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants.context import inside

from .factories import make_requirement
from .test_views import answers, fingerprint_in, officer, staff  # noqa: F401  (fixtures)

pytestmark = pytest.mark.usefixtures("frozen")

FISCAL = {
    "due_from": "calendar",
    "validity_anchor": "year",
    "fixed_day": "31",
    "fixed_month": "8",
    "year_start_day": "1",
    "year_start_month": "9",
}


def test_a_fiscal_year_is_said_in_words_and_lived_through_by_real_people(officer, alpha, staff, answers):  # noqa: F811
    with inside(alpha):
        cleo = make_user(given_name="Cleo", family_name="Weber")
        make_affiliation(cleo, department=make_department("LAW"), starts_on=dt.date(2027, 8, 15))
    page = officer.post("/requirements/new/", answers | FISCAL | {"check": "1"})
    assert page.status_code == 200
    said = "by 31 August each year, in the fiscal year that begins on 1 September, with at least 30 days"
    assert said in page.text
    assert "Ana Weber" in page.text
    assert "Due 31 Aug 2027." in page.text
    assert "Renewal opens 1 Sep 2027, due 31 Aug 2028." in page.text
    assert "Joins 15 Aug 2027." in page.text
    assert "Due 14 Sep 2027." in page.text
    assert officer.post("/requirements/new/", answers | FISCAL | {"save": "1"}).status_code == 303
    with inside(alpha):
        terms = Requirement.objects.get().terms
    assert (terms.anchor, terms.due_from) == (Anchor.YEAR, DueFrom.CALENDAR)
    assert (terms.fixed_day, terms.year_start) == (FixedDay(8, 31), FixedDay(9, 1))


@pytest.mark.parametrize("is_many", [False, True])
def test_each_anchor_is_worked_out_with_the_dates_of_one_person_of_ones_choice(
    officer,  # noqa: F811
    alpha,
    staff,  # noqa: F811
    answers,  # noqa: F811
    settings,
    is_many,
):
    if is_many:
        settings.CHANGE_JOB_PEOPLE = 0
    with inside(alpha):
        cleo = make_user(given_name="Cleo", family_name="Zwick")
        make_affiliation(cleo, department=make_department("LAW"), starts_on=dt.date(2026, 11, 16))
        make_user(given_name="Nemo", family_name="Nobody")
    page = officer.post("/requirements/new/", answers | {"check": "1"})
    assert page.status_code == 200
    assert not page.context["worked"].was_asked
    page = officer.post("/requirements/new/", answers | {"check": "1", "ask": "zwick"})
    found = page.context["worked"]
    assert (found.name, found.done_on, found.is_done, found.was_asked) == (
        "Cleo Zwick",
        dt.date(2026, 12, 23),
        False,
        True,
    )
    assert {row.dates.anchor.value: row.dates.renewed_until for row in found.rows} == {
        "expiry": dt.date(2028, 12, 23),
        "completion": dt.date(2028, 10, 24),
        "fixed": dt.date(2028, 6, 30),
        "year": dt.date(2029, 6, 30),
        "month_end": dt.date(2028, 12, 31),
    }
    assert [row.dates.anchor.value for row in found.rows if row.dates.is_chosen] == ["expiry"]
    assert "For Cleo Zwick, if it is done on 23 Dec 2026" in page.text
    assert "with 30 June, as no day is chosen" in page.text
    page = officer.post("/requirements/new/", answers | {"check": "1", "ask": "nemo"})
    assert "Nemo Nobody would not get it, so there are no dates." in page.text
    page = officer.post("/requirements/new/", answers | {"check": "1", "recurs_months": ""})
    assert page.context["worked"] is None


def test_a_fiscal_year_begins_on_a_day_that_every_year_has(officer, answers):  # noqa: F811
    wrong = {"year_start_day": "29", "year_start_month": "2", "save": "1"}
    page = officer.post("/requirements/new/", answers | FISCAL | wrong)
    assert page.status_code == 422
    assert "Choose a day and a month that exist together" in page.text


def test_a_day_in_a_field_is_chosen_and_those_without_one_wait(officer, alpha, staff, answers):  # noqa: F811
    from_field = answers | {"due_from": "field"}
    page = officer.post("/requirements/new/", from_field | {"save": "1"})
    assert page.status_code == 422
    assert "Choose the field whose day it is counted from." in page.text
    with inside(alpha):
        for key, more in (("granted", {"kind": "date"}), ("grade", {"kind": "text"})):
            PersonField.objects.create(key=key, name=f"The {key}", **more)
        PersonField.objects.create(key="old", name="The old", kind="date", is_retired=True)
    for key, sentence in (("grade", "Choose a field that names a day."), ("old", "“The old” was retired")):
        refused = officer.post("/requirements/new/", from_field | {"due_field": key, "save": "1"})
        assert refused.status_code == 422
        assert sentence in refused.text
    chosen = from_field | {"due_field": "granted"}
    page = officer.post("/requirements/new/", chosen | {"check": "1"}).text
    assert "until “The granted” names a day" in page
    assert "No due date yet: 30 days after the day in “The granted”, which is not known yet." in page
    saved = officer.post("/requirements/new/", chosen | {"save": "1"})
    assert "Within 30 days of the day in “The granted”" in officer.get(saved.url).text
    officer.post(f"{saved.url}edit/", chosen | {"due_from": "hire", "save": "1"})
    with inside(alpha):
        kept = Requirement.objects.get()
    assert (kept.due_from, kept.due_field) == ("hire", "")


def test_what_a_choice_does_not_need_is_not_kept(officer, alpha, answers):  # noqa: F811
    sent = (
        answers
        | FISCAL
        | {"due_on": "2026-12-31", "validity_anchor": "month_end", "due_from": "hire", "save": "1"}
    )
    assert officer.post("/requirements/new/", sent).status_code == 303
    with inside(alpha):
        saved = Requirement.objects.get()
    assert (saved.due_on, saved.fixed_day, saved.year_start_month) == (None, None, None)
    assert saved.terms.anchor is Anchor.MONTH_END


def test_holidays_are_pasted_kept_and_observed(officer, alpha, staff, answers):  # noqa: F811
    pasted = "2026-12-24, Closing day\n\n2026-12-25\tChristmas Day\n2026-12-28; University holiday"
    assert officer.post("/requirements/holidays/", {"days": pasted}).status_code == 303
    page = officer.get("/requirements/holidays/")
    assert "Christmas Day" in page.text
    assert "No requirement observes it yet" in page.text
    # Due on Wednesday 23 December, counted from Monday 23 November; one day more falls on the first day off.
    sent = answers | {"first_due_days": "31", "roll": "later"}
    checked = officer.post("/requirements/new/", sent | {"check": "1"})
    assert "Due 29 Dec 2026." in checked.text
    assert "moved from 24 Dec 2026, a weekend or holiday" in checked.text
    officer.post("/requirements/new/", sent | {"save": "1"})
    assert "Phishing, yearly" in officer.get("/requirements/holidays/").text
    with inside(alpha):
        event = Event.objects.filter(action="requirement.holidays_changed").get()
        assert event.facts["set"] == ["2026-12-24", "2026-12-25", "2026-12-28"]


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("Christmas", "Line 1 does not begin with a date"),
        ("2026-12-25, Christmas\n2026-13-01, no such month", "Line 2 does not begin with a date"),
        ("2026-12-25, Christmas\n2026-12-25, again", "Line 2 repeats a day"),
        ("9999-12-31, far", "Line 1: only years from 2000 to 2199"),
        ("2026-12-25, " + "x" * 101, "Line 1 has a name of more than 100 characters"),
        ("\x00", "Null characters are not allowed"),
    ],
)
def test_a_list_that_is_wrong_changes_nothing(officer, alpha, pasted, sentence):  # noqa: F811
    officer.post("/requirements/holidays/", {"days": "2027-01-01, New Year"})
    page = officer.post("/requirements/holidays/", {"days": pasted})
    assert page.status_code == 422
    assert sentence in page.text
    with inside(alpha):
        assert [row.name for row in Holiday.objects.all()] == ["New Year"]


def test_saving_the_same_list_is_no_change(in_alpha, ada, at):
    days = {dt.date(2026, 12, 25): "Christmas"}
    assert actions.set_holidays(days=days, by=ada, at=at) == 1
    assert actions.set_holidays(days=days, by=ada, at=at) == 0
    assert actions.set_holidays(days={}, by=ada, at=at) == 1


def test_a_new_holiday_is_a_new_preview_and_the_old_one_turns_nothing_on(officer, alpha, staff, answers):  # noqa: F811
    sent = answers | {"first_due_days": "31", "roll": "later", "save": "1"}
    saved = officer.post("/requirements/new/", sent)
    seen = fingerprint_in(officer.get(saved.url))
    officer.post("/requirements/holidays/", {"days": "2026-12-24, Closing day"})
    assert officer.post(f"{saved.url}turn-on/", {"fingerprint": seen}).status_code == 422


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"due_from": "hire"}, "within 30 days of being hired or of 1 Jan 2026, again every 12 months."),
        ({"due_from": "assignment", "due_unit": "working"}, "within 30 working days of being assigned, again"),
        (
            {"due_from": "fixed", "due_on": dt.date(2026, 8, 31), "recurs_months": None},
            "by 31 Aug 2026, or within 30 days for whoever joins later, once.",
        ),
        ({"validity_anchor": "month_end"}, "again every 12 months, to the end of the month."),
        ({"roll": "earlier"}, "Due dates on weekends and holidays move to the working day before."),
        (
            {"validity_anchor": "year", "recurs_months": 24, "fixed_month": 8, "fixed_day": 31, "year_start_month": 9,
             "year_start_day": 1},
            "by 31 August every 2 years, in the fiscal year that begins on 1 September.",
        ),
    ],
)  # fmt: skip
def test_every_due_model_has_its_sentence(in_alpha, fields, said):
    assert said in queries.sentence(make_requirement(**fields), {})


def test_terms_read_the_holidays_only_where_they_matter(in_alpha, django_assert_num_queries):
    Holiday.objects.create(on=dt.date(2026, 12, 25), name="Christmas")
    plain, rolling = make_requirement(), make_requirement(title="Rolling", roll="later", due_unit="working")
    with django_assert_num_queries(0):
        assert not plain.terms.calendar.holidays
    with django_assert_num_queries(1):
        terms = rolling.terms
    assert (terms.roll, terms.due_unit) == (Roll.LATER, DayUnit.WORKING)
    assert not terms.calendar.is_working_day(dt.date(2026, 12, 25))
