"""A first due date that is counted from a day in a field of the person: known, entered late, corrected, never known."""

import datetime as dt
from dataclasses import replace

import pytest

from compliance.changes.actions import rework
from compliance.changes.enums import Effect, Reach
from compliance.changes.queries import lines_of
from compliance.changes.tests.factories import edit, make
from compliance.core import foresight, outlook, plan
from compliance.core.asof import Moment
from compliance.core.duties import Habits
from compliance.core.fields import FieldValue
from compliance.core.holding import Holding
from compliance.core.terms import Appointment, Person
from compliance.history import actions as history_actions
from compliance.history.queries import shadows
from compliance.history.queries.persons import stood
from compliance.oversight.queries import foresight as years
from compliance.oversight.queries import mine
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.queries import turning
from compliance.requirements import actions, forms, rules
from compliance.requirements import queries as requirements
from compliance.requirements.tests.factories import make_requirement
from lms.people import actions as people
from lms.people.models import PersonField
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
GRANTED = TODAY + 10 * DAY
TEXT = "No due date yet: 30 days after the day in “Clearance granted on”, which is not known yet"


def at_noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    history_actions.recorded_at(at_noon(TODAY - DAY))


def turn(day: dt.date) -> None:
    history_actions.recorded_at(at_noon(day))
    records.daily_turn(at=at_noon(day), scheduled_for=at_noon(day))


def night(day: dt.date) -> None:
    at = dt.datetime.combine(day, dt.time(5, 30), tzinfo=clock.zone())
    records.nightly_turn(at=at, scheduled_for=at)


@pytest.fixture
def granted():
    return PersonField.objects.create(key="granted", name="Clearance granted on", kind="date")


@pytest.fixture
def export(granted):
    return make_requirement(title="Export control", due_from="field", due_field="granted")


@pytest.fixture
def waiting(dee, export):
    """Dee has it, and nobody knows the day."""
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    turn(TODAY)
    return Assignment.objects.get(user=dee)


@pytest.fixture
def say(dee, ada, granted):
    """The field says this day of Dee (None: nothing) since then, entered on `on`."""

    def enter(day, *, since, on=None):
        history_actions.recorded_at(at_noon(on or since))
        people.set_values(person=dee, values={granted.pk: day}, since=since, by=ada, at=at_noon(on or since))

    return enter


def test_who_waits_has_it_without_a_date_and_is_told_which_day_is_missing(waiting, dee, export):
    much_later = TODAY + 700 * DAY
    row = queries.obligations(much_later).get(assignment=waiting)
    assert (row.status, row.due_on, row.is_counted, row.is_late) == ("not_yet_due", None, True, False)
    standing = queries.standings_of([row], much_later)[waiting.pk]
    assert standing.status.value == row.status
    assert queries.because_text(standing.because) == queries.date_text(waiting.reason) == TEXT
    duty = mine.my_training(user_id=dee.pk, today=TODAY).todo[0]
    assert duty.hint.startswith(TEXT)
    assert not queries.may(dee.pk, export.pk, TODAY).is_allowed


def test_the_day_opens_it_when_it_is_entered_and_a_correction_moves_nothing(waiting, say):
    entered_on = TODAY + 3 * DAY
    say(GRANTED, since=entered_on)
    turn(entered_on)
    waiting.refresh_from_db()
    record = waiting.records.get()
    due_on = GRANTED + 30 * DAY
    assert (waiting.status, record.window_opens_on, record.due_on) == ("active", entered_on, due_on)
    assert queries.date_text(waiting.reason) == "30 days after the day in “Clearance granted on”, 3 Dec 2026"
    for day in (GRANTED - 5 * DAY, None):
        entered_on += DAY
        say(day, since=entered_on)
        turn(entered_on)
        record.refresh_from_db()
        assert record.due_on == due_on


def test_a_day_entered_for_long_ago_makes_nobody_late_and_the_reason_says_so(waiting, say):
    day = TODAY + 3 * DAY
    night(day)
    say(TODAY - 300 * DAY, since=TODAY - 300 * DAY, on=day)
    turn(day)
    waiting.refresh_from_db()
    record = waiting.records.get()
    assert (record.due_on, record.is_adjusted) == (day + 30 * DAY, True)
    text = "30 days after the day was known, on 26 Nov 2026, as the usual date was already past"
    assert queries.date_text(waiting.reason) == text


def test_a_day_that_is_true_from_later_on_is_found_by_that_night_and_the_years_ahead(waiting, export, say):
    since = TODAY + 4 * DAY
    say(GRANTED, since=since, on=TODAY)
    turn(TODAY)
    (life,) = [each for each in years._lives([export]) if any(duty.held for duty in each)]
    events = foresight.foresee(life, TODAY, since, Habits(lambda _on: True, frozenset()))
    assert [(event.what, event.on) for event in events if event.what == "opened"] == [("opened", since)]
    assert since in turning.turning_days(TODAY, since + DAY)
    assert not turning.is_quiet(since)
    assert turning.is_quiet(since - DAY)
    for offset in range(1, 6):
        night(TODAY + offset * DAY)
        assert ComplianceRecord.objects.exists() is (offset >= 4)
    assert waiting.records.get().window_opens_on == since


def test_after_nights_on_which_nothing_ran_the_dates_are_those_of_the_day_itself(waiting, say):
    since = TODAY + 2 * DAY
    say(GRANTED, since=since, on=TODAY)
    night(TODAY + 6 * DAY)
    record = waiting.records.get()
    assert (record.window_opens_on, record.due_on) == (since, GRANTED + 30 * DAY)


def test_the_preview_counts_who_waits_and_names_the_field(dee, export, granted, say):
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    make_affiliation(make_user(given_name="Bea"), starts_on=dt.date(2025, 3, 1))
    say(GRANTED, since=TODAY)
    seen = requirements.preview(export, TODAY)
    assert (seen.now_count, seen.new_count, seen.waiting_count, seen.never_count) == (2, 1, 1, 0)
    assert seen.waits_for_field == "Clearance granted on"
    assert [each.due_on for each in seen.affected] == [GRANTED + 30 * DAY, None]
    assert "within 30 days of the day in “Clearance granted on”" in requirements.sentence(export, {})


def test_a_change_counts_open_dates_from_the_field_as_it_shows_before(dee, bo, say, granted):
    make_affiliation(dee, starts_on=TODAY - 5 * DAY)
    live = make_requirement(title="Export control")
    turn(TODAY)
    say(GRANTED, since=TODAY + DAY)
    at = at_noon(TODAY + DAY)
    change = edit(live, bo, at, due_from="field", due_field="granted")
    assert {row.effect for row in lines_of(change)} <= {Effect.NEXT, Effect.MAILS}
    change = rework(found=change, reach=Reach.OPEN, by=bo, today=clock.today(at), at=at)
    (line,) = lines_of(change)
    assert (line.effect, line.due_from, line.due_to) == (
        Effect.MOVE, TODAY + 25 * DAY, GRANTED + 30 * DAY,
    )  # fmt: skip
    make(change, at)
    turn(TODAY + DAY)
    assert ComplianceRecord.objects.get().due_on == line.due_to


def test_a_roster_that_brings_the_day_shows_the_due_date_that_it_brings(export):
    rule, steps = export.rule, export.ladder
    was = Person(1, (Appointment("staff", ("LAW",), TODAY - 99 * DAY),))
    now = replace(was, fields=(FieldValue("granted", GRANTED, TODAY),))
    before, after = (plan.decide(rule, each, True, (), TODAY) for each in (was, now))
    held = Holding(TODAY - 9 * DAY, waits=True)
    line = outlook.line(
        rule, steps, was=was, now=now, before=before, after=after, held=held, completions=(), today=TODAY
    )
    assert (line.effect, line.due) == ("move", (None, GRANTED + 30 * DAY))


@pytest.mark.parametrize("since", [3, -1])
def test_a_day_past_is_told_as_waiting_from_rows_and_from_facts(waiting, dee, say, since):
    day = TODAY + 3 * DAY
    say(GRANTED, since=TODAY + since * DAY, on=day)
    turn(day)
    # Entered as true since before, the day was there already on that day as known later, and with it a due date.
    due_later = GRANTED + 30 * DAY if since < 0 else None
    for known_on, due_on in ((TODAY, None), (day, due_later)):
        past = shadows.look(Moment(TODAY, known_on))
        with shadows.seen(past):
            rows = [(row.status, row.due_on) for row in queries.obligations(TODAY).filter(user=dee)]
        assert rows == [(one.status.value, one.due_on) for one in stood(dee.pk, past)]
        assert rows == [("not_yet_due", due_on)]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nowhere", "There is no field with the key “nowhere”"),
        ("grade", "“Grade” does not name a day"),
        ("old", "“Old” was retired"),
        ("", "There is no field with the key “”"),
    ],
)
def test_a_field_that_cannot_be_counted_from_is_refused_with_a_sentence(export, ada, at, key, said):
    PersonField.objects.create(key="grade", name="Grade", kind="text")
    PersonField.objects.create(key="old", name="Old", kind="date", is_retired=True)
    content = requirements.content_of(export) | {"due_field": key}
    definition = rules.Definition.from_content(content)
    assert said in requirements.why_not(export, "edit", content)
    with pytest.raises(rules.NotAllowedNow, match=said):
        actions.create_draft(definition=definition, by=ada, at=at)
    with pytest.raises(rules.NotAllowedNow, match=said):
        actions.revise(requirement=export, definition=definition, by=ada, at=at)


def test_a_field_that_is_counted_from_is_not_retired(export, granted, ada, at):
    said = {"name": granted.name, "purpose": "", "choices": [], "is_retired": True, "by": ada, "at": at}
    with pytest.raises(people.FieldInUse, match="Export control"):
        people.change_field(field=granted, **said)
    actions.retire(requirement=export, by=ada, at=at)
    people.change_field(field=granted, **said)


def test_the_form_offers_only_fields_that_name_a_day_and_takes_the_choice_along(export, granted):
    PersonField.objects.create(key="grade", name="Grade", kind="text")
    PersonField.objects.create(key="old", name="Old", kind="date", is_retired=True)
    shown = forms.Builder(initial=forms.initial_of(export), own_id=export.pk)
    assert shown.fields["due_field"].choices == [("", "Choose a field"), ("granted", granted.name)]
    assert rules.Definition.from_content(requirements.content_of(export)).due_field == "granted"
