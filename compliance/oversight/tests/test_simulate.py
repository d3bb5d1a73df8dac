"""`manage.py simulate`: what would happen when, without doing any of it."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection

from compliance.changes.models import Change
from compliance.oversight import queries
from compliance.oversight.management.commands import simulate
from compliance.records.models import Assignment, ComplianceRecord
from compliance.records.tests.factories import finish, make_assignment, make_record
from compliance.reminders.models import Digest, Notice
from compliance.requirements.models import Holiday, Requirement
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.models import WakeUp
from tenants.tests.factories import AT

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def people(campus: TenantRef) -> TenantRef:
    """Ten of staff; one is done and valid until 1 July 2027, one goes on leave."""
    with inside(campus):
        requirement = make_requirement(title="Phishing", starts_on=TODAY - 10 * DAY)
        users = [make_user(given_name=f"P{number}") for number in range(10)]
        for user in users:
            make_affiliation(user)
        assignment = make_assignment(users[0], requirement=requirement)
        finish(make_record(assignment), on=dt.date(2026, 7, 1), until=dt.date(2027, 7, 1))
        Leave.objects.create(user=users[1], starts_on=TODAY + DAY, ends_on=TODAY + 30 * DAY)
        make_requirement(title="Safety", is_on=False)
    return campus


def run(tenant: TenantRef, *arguments: str) -> tuple[str, int]:
    out = io.StringIO()
    with clock.frozen(AT), pytest.raises(SystemExit) as end:
        call_command("simulate", "--tenant", tenant.host, *arguments, stdout=out)
    assert isinstance(end.value.code, int)
    return out.getvalue(), end.value.code


def rows() -> list[int]:
    tables = (Assignment, ComplianceRecord, Notice, Digest, Message, Event)
    return [each.objects.count() for each in tables]


def test_it_says_what_happens_in_which_month_and_leaves_no_trace(people: TenantRef) -> None:
    with inside(people):
        before = rows()
    with public_schema():
        woken = WakeUp.objects.filter(tenant_id=people.id).count()
    found = json.loads(run(people, "--years", "1", "--json")[0])
    with inside(people):
        assert rows() == before
    with public_schema():
        assert WakeUp.objects.filter(tenant_id=people.id).count() == woken
    assert (found["first"], found["last"], found["people"]) == ("2026-11-23", "2027-11-22", 10)
    months = {line.pop("month"): line for line in found["months"]}
    assert months["2026-11"]["assigned"] == 9
    assert months["2026-12"]["fall due"] == 8
    assert months["2026-12"]["leaves end"] == 1
    assert (months["2027-05"]["opened"], months["2027-07"]["expired"]) == (1, 1)
    assert found["totals"]["overdue"] == 9
    assert found["peaks"][0] == {"on": "2026-11-23", "count": 9}
    assert found["due_on_rest_days"] == [{"on": "2026-12-13", "count": 8}]


def test_when_everybody_does_it_nobody_is_late(people: TenantRef) -> None:
    found = json.loads(run(people, "--years", "3", "--done-before", "5", "--json")[0])
    assert found["totals"]["overdue"] == found["totals"]["expired"] == 0
    assert found["totals"]["completed"] == 9 * 3 + 3
    assert found["totals"]["after"] == 0


def test_the_text_names_peaks_and_what_to_look_at(people: TenantRef) -> None:
    text, code = run(people, "--years", "1", "--most-mails", "5")
    assert code == simulate.TOO_MANY_MAILS
    assert "Nothing was written, nothing was sent." in text
    assert "Most mails: 9 on Mon 23 Nov 2026" in text
    assert "WARNING: too many mails for one day on" in text
    assert "WARNING: 8 due dates are on a weekend or holiday: 8 on Sun 13 Dec 2026." in text
    assert run(people, "--years", "1", "--most-mails", "9")[1] == simulate.DONE


def test_a_draft_is_taken_as_if_it_were_turned_on(people: TenantRef) -> None:
    found = json.loads(run(people, "--requirement", "safety", "--json")[0])
    assert found["requirements"] == ["Safety"]
    assert found["totals"]["assigned"] == 10


def test_what_was_agreed_for_a_coming_day_is_named_and_not_worked_in(people: TenantRef) -> None:
    with inside(people):
        requirement, at = Requirement.objects.get(title="Phishing"), AT
        Change.objects.create(
            requirement=requirement, number=4, kind="retire", state="agreed", content={}, before={}, worked_out_at=at,
            worked_out_on=TODAY, takes_effect_on=dt.date(2027, 1, 1), agreed_at=at, agreed_count=10,
            proposed_at=at, proposed_by=make_user(given_name="Bo"),
        )  # fmt: skip
    text, _code = run(people, "--years", "1")
    assert "NOT WORKED IN: change 4 of 'Phishing' (retire) takes effect on 2027-01-01" in text
    found = json.loads(run(people, "--requirement", "safety", "--json")[0])
    assert found["agreed_not_worked_in"] == []


def test_a_due_date_on_a_holiday_is_named(people: TenantRef) -> None:
    with inside(people):
        Holiday.objects.create(on=dt.date(2027, 1, 6), name="Epiphany")
        requirement = Requirement.objects.get(title="Safety")
        Requirement.objects.filter(pk=requirement.pk).update(first_due_days=44, starts_on=TODAY)
    found = json.loads(run(people, "--requirement", "Safety", "--years", "1", "--json")[0])
    assert {"on": "2027-01-06", "count": 10} in found["due_on_rest_days"]


def test_from_a_later_day_only_what_comes_after_it_is_printed(people: TenantRef) -> None:
    found = json.loads(run(people, "--from", "2027-07-01", "--years", "1", "--json")[0])
    assert found["months"][0]["month"] == "2027-07"
    assert (found["totals"]["assigned"], found["totals"]["expired"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--years", "0"], "--years is a number from 1 to 10"),
        (["--from", "soon"], "--from is a day like 2027-09-01"),
        (["--from", "2020-01-01"], "what happened then is in the records"),
        (["--from", "2035-01-01"], "nobody can foresee it"),
        (["--requirement", "Nothing"], "No requirement is called 'Nothing'. Some that exist: Phishing"),
        (["--done-before", "-1"], "--done-before cannot be negative"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_with_a_sentence(
    people: TenantRef, arguments: list[str], sentence: str
) -> None:
    with clock.frozen(AT), pytest.raises(CommandError, match=sentence) as refusal:
        call_command("simulate", "--tenant", people.host, *arguments)
    assert refusal.value.returncode == simulate.REFUSED


def test_no_such_tenant_is_refused(people: TenantRef) -> None:
    with pytest.raises(CommandError, match="No tenant answers at 'nowhere'"):
        call_command("simulate", "--tenant", "nowhere")


def test_the_database_itself_refuses_to_write_meanwhile(
    people: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_args: Any, **_options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM reminders_notice")

    monkeypatch.setattr(queries, "ahead", write)
    with pytest.raises(InternalError, match="read-only transaction"):
        call_command("simulate", "--tenant", people.host)
