"""The demo university: the same people for the same day, and every state of compliance on its pages."""

import datetime as dt
import io
from collections import Counter
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from compliance.core.terms import Status
from compliance.oversight.demo import population
from compliance.records import queries as records
from compliance.records.models import Assignment, ComplianceRecord
from compliance.reminders.models import Notice
from compliance.requirements.models import Equivalence, Requirement
from lms.learning.models import Enrollment
from lms.mail.models import Message
from lms.people.models import Group, PersonField
from tenants import clock
from tenants.addressing import renaming
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import Tenant


@given(st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31)))
def test_on_any_day_200_people_of_different_addresses_live_there(today: dt.date) -> None:
    people = population.population(today)
    assert len(people) == len({person.email for person in people}) == 200
    assert [person.email.split("@")[0] for person in people[:2]] == ["ada.alvarez", "bo.brandt"]
    assert all(person.email.isascii() and " " not in person.email for person in people)
    assert all(day < today for person in people for day in person.passes)
    assert all(
        first < second for person in people for first, second in [person.passes] * (len(person.passes) > 1)
    )
    numbers = {person.number: person for person in people}
    for person in people:
        above = numbers.get(person.manager or 0)
        assert above is not person
        assert above is None or above.manager != person.number


@given(st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31)))
def test_a_roster_knows_nothing_of_the_far_future(today: dt.date) -> None:
    people = population.population(today)
    sizes = [
        len(population.roster_on(people, today - dt.timedelta(days=days))) for days in population.ROSTERS
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == 200
    horizon = today + dt.timedelta(days=27)
    assert all(person.starts_on <= horizon for person in population.roster_on(people, today))


def test_the_same_day_tells_the_same_story() -> None:
    day = dt.date(2026, 11, 23)
    assert population.population(day) == population.population(day)


def test_every_status_is_there_and_a_second_time_changes_nothing(alpha: TenantRef, at: dt.datetime) -> None:
    def told() -> str:
        out = io.StringIO()
        with clock.frozen(at):
            call_command("seed_demo", subdomain="alpha", stdout=out)
        return out.getvalue()

    def counted() -> list[int]:
        with inside(alpha):
            return [
                model.objects.count()
                for model in (get_user_model(), Enrollment, Requirement, Notice, Message)
            ]

    first, counts = told(), None
    assert "http://alpha.duly.localhost:8000/" in first
    assert "dee.dubois@lindenhof.example" in first
    counts = counted()
    assert counts[0] == 200
    with inside(alpha):
        today = clock.today(at)
        statuses = Counter(records.obligations(today).values_list("status", flat=True))
        assert set(statuses) == set(Status) - {Status.NOT_IN_SCOPE}
        assert statuses[Status.COMPLIANT] > 70
        dee = get_user_model().objects.get(email="dee.dubois@lindenhof.example")
        assert dee.check_password("a quiet demo password")
        owed = {one.title: one for one in records.owed_by(dee.pk, today)}
        assert {str(one.status) for one in owed.values()} == {Status.NOT_YET_DUE}
        assert [one.due_on is None for _title, one in sorted(owed.items())] == [True, False]
        _shows_everything(today)
        totals = records.totals(records.people(today))
        assert totals.required_count < 200
        assert Message.objects.filter(kind="reminders.digest").exists()
    assert told() == first
    assert counted() == counts
    with public_schema():
        renaming.rename(alpha.id, "lindenhof", by="ada", reason="", at=at)
    assert told() == first.replace("alpha.", "lindenhof.")
    assert counted() == counts


def _shows_everything(today: dt.date) -> None:
    """What the pages of groups, fields, courses and exceptions would otherwise be empty of."""
    on = {each.title: each for each in Requirement.objects.filter(state="active")}
    assert len(on) == 5
    assert sorted((len(each.sets), len(each.sets[0].courses)) for each in on.values()) == [
        (1, 1), (1, 1), (1, 1), (1, 2), (2, 1),
    ]  # fmt: skip
    held = set(Assignment.objects.values_list("status", flat=True))
    assert {"active", "waived", "exempt", "waiting"} <= held
    assert {group.kind for group in Group.objects.all() if group.members.exists()} == {"group", "system"}
    assert {field.kind for field in PersonField.objects.all() if field.values.exists()} == {"yes_no", "date"}
    assert Equivalence.objects.get().state == "approved"
    again = ComplianceRecord.objects.filter(
        cycle=2, completed_at__isnull=False, requirement__recurs_months=12
    )
    told = [
        one.counts_because
        for user_id in again.values_list("user_id", flat=True)
        for one in records.owed_by(user_id, today)
        if one.title.startswith("Recognising")
    ]
    assert 0 < sum(map(bool, told)) < len(told), told
    for title in on:
        statuses = set(
            records.obligations(today).filter(requirement__title=title).values_list("status", flat=True)
        )
        assert "compliant" in statuses, title
        assert statuses & {"overdue", "expired"}, title


def test_a_demo_that_gave_up_its_name_is_not_made_again(alpha: TenantRef, at: dt.datetime) -> None:
    with public_schema():
        renaming.rename(alpha.id, "lindenhof", by="ada", reason="", at=at)
        Tenant.objects.filter(pk=alpha.id).update(status=TenantStatus.PURGED)
        count, out = Tenant.objects.count(), io.StringIO()
        call_command("seed_demo", subdomain="alpha", stdout=out)
        assert Tenant.objects.count() == count
    assert "alpha is purged" in out.getvalue()


def test_where_demos_are_off_it_refuses(db: None, settings: Any) -> None:
    settings.ALLOW_DEMO = False
    with pytest.raises(CommandError, match="ALLOW_DEMO is off"):
        call_command("seed_demo")
