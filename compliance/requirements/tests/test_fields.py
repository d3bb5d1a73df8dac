"""Fields of the university's own: made, filled in, asked for by rules, turning by themselves, retired."""

import datetime as dt
import re

import pytest

from compliance.core.asof import Moment
from compliance.history import actions as history_actions
from compliance.history import queries as history
from compliance.records import actions as records
from compliance.records.models import Assignment
from compliance.requirements import forms_audience
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people import actions as people
from lms.people.models import FieldValue, PersonField
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

LIST = "/people/fields/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(client_for, alpha, ada):
    return client_for(alpha, ada)


@pytest.fixture
def ana(alpha):
    with inside(alpha):
        person = make_user(given_name="Ana", email="ana@example.org")
        make_affiliation(person, starts_on=clock.today() - 400 * DAY)
    return person


@pytest.fixture
def clearance(admin, alpha):
    sent = {"name": "Clearance", "key": "Clearance", "kind": "choice", "choices": "none\nsecret\n"}
    assert admin.post(f"{LIST}add/", sent).status_code == 303
    with inside(alpha):
        return PersonField.objects.get(key="clearance")


def _turn():
    records.reconcile(requirement_id=None, today=clock.today(), at=clock.now())


def _fill(admin, person, value, since):
    """Type it, and where the page shows what it does to training, say yes."""
    url, typed = f"/people/{person.public_id}/fields/", {"field-clearance": value, "since": str(since)}
    shown = admin.post(url, typed)
    seen = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', shown.text)
    return admin.post(url, typed | {"save": "1", "fingerprint": seen[0]}) if seen else shown


def test_a_field_is_made_once_and_listed(admin, clearance):
    again = admin.post(f"{LIST}add/", {"name": "X", "key": "CLEARANCE", "kind": "text"})
    assert again.status_code == 422
    assert "has this key" in again.text
    assert "none, secret" in admin.get(LIST).text


@pytest.mark.parametrize(
    "sent",
    [
        {"key": "1st"},
        {"key": "a b"},
        {"key": "x\x00"},
        {"kind": "choice"},
        {"kind": "choice", "choices": "x" * 101},
        {"kind": "choice", "choices": "\n".join(map(str, range(101)))},
        {"kind": "colour"},
        {"name": "x" * 101},
    ],
)
def test_a_field_that_cannot_be_is_refused_with_a_sentence(admin, alpha, sent):
    refused = admin.post(f"{LIST}add/", {"name": "N", "key": "n", "kind": "text"} | sent)
    assert refused.status_code == 422
    with inside(alpha):
        assert not PersonField.objects.exists()


def test_a_value_brings_what_it_owes_and_its_end_takes_it_back(admin, alpha, ana, clearance):
    with inside(alpha):
        today = clock.today()
        asked = {"field": {"key": "clearance", "is": "one_of", "words": ["secret"]}}
        make_requirement(audience=asked, title="Secrets")
    assert _fill(admin, ana, "is:secret", today).status_code == 303
    with inside(alpha):
        _turn()
        held = Assignment.objects.get()
        assert ["field:clearance", "secret"] in [list(fact) for fact in held.reason]
        event = Event.objects.get(action="people.field_values_changed")
        assert event.facts["Clearance"] == ["", "secret"]
    page = admin.get(f"/people/{ana.public_id}/").text
    assert "Clearance" in page
    assert "secret" in page
    assert _fill(admin, ana, "unknown", today).status_code == 303
    with inside(alpha):
        _turn()
        assert not Assignment.objects.exclude(status="withdrawn").exists()
        assert not FieldValue.objects.exists()


@pytest.mark.parametrize(
    ("value", "since"), [("is:top", "2026-01-01"), ("is:secret", "9999-12-31"), ("is:secret", "soon")]
)
def test_a_value_that_cannot_be_is_refused(admin, alpha, ana, clearance, value, since):
    assert _fill(admin, ana, value, since).status_code == 422
    with inside(alpha):
        assert not FieldValue.objects.exists()


def test_a_field_that_is_asked_for_is_not_retired_and_a_word_somebody_has_stays(admin, alpha, ana, clearance):
    with inside(alpha):
        today = clock.today()
        requirement = make_requirement(
            is_on=False, title="Secrets", audience={"field": {"key": "clearance", "is": "set"}}
        )
    _fill(admin, ana, "is:secret", today)
    where = f"{LIST}{clearance.public_id}/"
    sent = {"name": "Clearance", "choices": "none\nsecret", "is_retired": "on"}
    assert "It is asked for by: Secrets." in admin.post(where, sent).text
    assert "Some people have, or had: secret." in admin.post(where, {"name": "C", "choices": "none"}).text
    with inside(alpha):
        requirement.delete()
    assert admin.post(where, sent).status_code == 303
    assert "Clearance" not in admin.get(f"/people/{ana.public_id}/").text


def test_what_is_said_ahead_turns_when_its_day_comes(in_alpha, ada, at):
    field = PersonField.objects.create(key="cleared", name="Cleared", kind="date")
    person = make_user(given_name="Ana")
    today = clock.today(at)
    make_affiliation(person, starts_on=today - 400 * DAY)
    make_requirement(audience={"field": {"key": "cleared", "is": "in_next", "days": 10}})
    people.set_values(
        person=person, values={field.pk: today + 40 * DAY}, since=today + 2 * DAY, by=ada, at=at
    )
    for days, is_meant in ((0, False), (29, False), (30, True), (40, True), (41, False)):
        moment = at + days * DAY
        records.daily_turn(at=moment, scheduled_for=moment)
        assert Assignment.objects.exclude(status="withdrawn").exists() is is_meant, days


def test_a_value_corrected_for_days_past_restates_them(in_alpha, ada, at):
    history_actions.recorded_at(at - 300 * DAY)
    field = PersonField.objects.create(key="abroad", name="Abroad", kind="yes_no")
    person, today = make_user(given_name="Ana"), clock.today(at)
    make_affiliation(person, starts_on=today - 400 * DAY)
    make_requirement(
        audience={"field": {"key": "abroad", "is": "yes"}},
        starts_on=today - 300 * DAY,
        turned_on_at=at - 300 * DAY,
    )
    records.daily_turn(at=at - 20 * DAY, scheduled_for=at - 20 * DAY)
    history_actions.recorded_at(at)
    people.set_values(person=person, values={field.pk: True}, since=today - 30 * DAY, by=ada, at=at)
    then, now = (Moment(today - 10 * DAY, day) for day in (today - 10 * DAY, today))
    assert history.look(then).corrections == ()
    assert [each.user_id for each in history.look(now).corrections] == [person.pk]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("choice", {"is": "one_of", "words": ["none", "secret"]}),
        ("text", {"is": "one_of", "words": ["B 12", "C"]}),
        ("yes_no", {"is": "no"}),
        ("number", {"is": "at_least", "number": "2.5"}),
        ("date", {"is": "before", "day": "2026-03-01"}),
        ("date", {"is": "in_last", "days": 30}),
        ("date", {"is": "not_set"}),
    ],
)
def test_what_is_asked_goes_through_the_form_and_back(in_alpha, kind, asked):
    PersonField.objects.create(key="own", name="Own", kind=kind, choices=["none", "secret"])
    rule = {"all": [{"field": {"key": "own", **asked}}]}
    who = forms_audience.Who.sent(forms_audience.data_of(rule))
    assert who.is_valid(), [each.errors for each in who.forms]
    assert forms_audience.audience.dump(who.rule()) == rule
    assert "field:own" in [each.name for each in who.choices]


def test_a_field_that_is_gone_is_said_at_its_condition(in_alpha):
    who = forms_audience.Who.sent(forms_audience.data_of({"field": {"key": "gone", "is": "yes"}}))
    assert not who.is_valid()
    assert "not here any more" in str(who.forms[0].errors)
