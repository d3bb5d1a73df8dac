"""What a plan includes is held to in the actions, with a sentence; nothing else differs between plans."""

import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from lms.catalog import actions as catalog
from lms.catalog.enums import UploadOrigin
from lms.catalog.facts import starter
from lms.catalog.models import Course
from lms.jobs.models import Job
from lms.mail import actions as mail
from lms.mail.enums import Category
from lms.mail.models import Message
from lms.people import actions as people
from lms.people.enums import AbsentPolicy, RosterImportState
from lms.people.imports import check, inline, intake
from lms.people.models import RosterImport, User
from lms.people.queries import counted
from lms.people.tests.factories import make_department, make_user
from tenants import clock, hosts, plans
from tenants import entitlements as rules
from tenants.context import TenantRef, inside, public_schema, require_tenant
from tenants.entitlements import PLANS
from tenants.enums import Plan
from tenants.models import TenantEvent
from tenants.outbox import OutboxState
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db

OPERATOR: dict[str, Any] = {"by": "op@duly.example", "reason": "Agreed on the phone.", "at": AT}


def limited(tenant: TenantRef, **limits: Any) -> TenantRef:
    """The tenant as a look-up would give it with these limits set for it."""
    return replace(tenant, entitlements=replace(PLANS["unlimited"], **limits))


def test_a_trial_is_large_enough_for_a_real_roster_and_smaller_than_what_is_paid() -> None:
    trial, standard = PLANS["trial"], PLANS["standard"]
    assert trial.people is not None
    assert trial.people >= 2_400
    assert trial.uploads
    for name in ("people", "courses", "roster_rows", "emails_a_day"):
        assert 0 < getattr(trial, name) < getattr(standard, name)
        assert getattr(PLANS["unlimited"], name) is None
    assert set(PLANS) == set(Plan.values)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"peple": 3}, "There is no limit 'peple'"),
        ({"people": -1}, "people is a whole number"),
        ({"people": True}, "people is a whole number"),
        ({"people": "many"}, "people is a whole number"),
        ({"uploads": 0}, "uploads is true or false"),
    ],
)
def test_a_bad_override_is_refused_with_a_sentence(
    alpha: TenantRef, overrides: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(rules.BadOverride, match=sentence):
        plans.set_overrides(alpha.id, overrides, **OPERATOR)


def test_the_plan_comes_with_the_host_and_costs_no_query(
    alpha: TenantRef, django_assert_num_queries: Any
) -> None:
    plans.set_plan(alpha.id, Plan.STANDARD, **OPERATOR)
    plans.set_overrides(alpha.id, {"people": 7, "uploads": False}, **OPERATOR)
    hosts._entries.clear()
    ref = hosts.resolve(alpha.host)
    assert ref is not None
    with inside(ref), django_assert_num_queries(0):
        assert require_tenant().entitlements == replace(PLANS["standard"], people=7, uploads=False)
        with pytest.raises(plans.LimitReached):
            plans.refuse_beyond(plans.Limit.PEOPLE, 8)
        plans.refuse_beyond(plans.Limit.PEOPLE, 7)
    hosts._entries.clear()
    with public_schema():
        kinds = TenantEvent.objects.filter(tenant=alpha.id).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["plan.changed", "plan.limits_changed"]


def test_one_person_too_many_is_refused_by_hand_and_a_reactivated_one_too(
    alpha: TenantRef, ada: User
) -> None:
    with inside(alpha):
        gone = make_user(given_name="Gone", family_name="Grey", is_active=False)
        active = User.objects.filter(is_active=True).count()
    values = {"given_name": "New", "family_name": "Noor", "email": "new@alpha.example"}
    with inside(limited(alpha, people=active)):
        with pytest.raises(plans.LimitReached, match=r"active pe.*Nothing was saved"):
            people.add_person(values=values, by=ada, at=AT)
        with pytest.raises(plans.LimitReached):
            people.reactivate(person=gone, by=ada, at=AT)
        assert not User.objects.filter(email="new@alpha.example").exists()
    with inside(limited(alpha, people=active + 1)):
        people.add_person(values=values, by=ada, at=AT)


HEADER = "Employee ID,Legal First Name,Legal Last Name,Work Email,Cost Center ID,Organization,Worker Type,Hire Date\n"


def checked_roster(ada: User, lines: int) -> RosterImport:
    text = HEADER + "".join(
        f"{n},Given{n},Family{n},p{n}@alpha.example,D1,Law,Staff,2020-01-06\n" for n in range(lines)
    )
    roster = intake.upload(content=text.encode(), file_name="roster.csv", by=ada, at=AT)
    RosterImport.objects.filter(pk=roster.pk).update(state=RosterImportState.CHECKING)
    check.run(inline.Inline(roster, at=AT, report=lambda *_: None))
    roster.refresh_from_db()
    return roster


def test_a_roster_with_more_lines_than_the_plan_is_refused_before_anything_is_written(
    alpha: TenantRef, ada: User
) -> None:
    with inside(limited(alpha, roster_rows=2)):
        assert checked_roster(ada, 2).state == RosterImportState.CHECKED
        refused = checked_roster(ada, 3)
    assert refused.state == RosterImportState.REFUSED
    assert "rosters of up to 2 lines; this one has 3" in refused.refusal


def test_a_roster_with_more_new_people_than_the_plan_is_not_started(alpha: TenantRef, ada: User) -> None:
    with inside(alpha):
        roster = checked_roster(ada, 3)
        active = User.objects.filter(is_active=True).count()
    start: dict[str, Any] = {
        "roster": roster,
        "absent": AbsentPolicy.KEEP,
        "confirmed_count": None,
        "by": ada,
        "at": AT,
    }
    with inside(limited(alpha, people=active + 2)):
        with pytest.raises(plans.LimitReached, match="Nothing was saved"):
            intake.start_import(**start)
        roster.refresh_from_db()
        assert roster.state == RosterImportState.CHECKED
    with inside(limited(alpha, people=active + 3)):
        intake.start_import(**start)


def test_an_import_under_way_keeps_the_places_it_was_promised(alpha: TenantRef, ada: User) -> None:
    """Until it has used them, is cancelled, or is taken up again."""
    values = {"given_name": "New", "family_name": "Noor", "email": "new@alpha.example"}
    with inside(alpha):
        roster = checked_roster(ada, 3)
        active = User.objects.filter(is_active=True).count()
    with inside(limited(alpha, people=active + 3)):
        intake.start_import(roster=roster, absent=AbsentPolicy.KEEP, confirmed_count=None, by=ada, at=AT)
        with pytest.raises(plans.LimitReached):
            people.add_person(values=values, by=ada, at=AT)
        Job.objects.filter(kind=counted.IMPORT_JOB).update(status="cancelled")
        people.add_person(values=values, by=ada, at=AT)
        with pytest.raises(plans.LimitReached):
            intake.resume(roster=roster, by=ada, at=AT)
    with inside(limited(alpha, people=active + 4)):
        intake.resume(roster=roster, by=ada, at=AT)


def test_a_place_costs_nothing_where_there_is_no_limit(
    alpha: TenantRef, django_assert_num_queries: Any
) -> None:
    with inside(limited(alpha)), django_assert_num_queries(0):
        plans.admit(plans.Limit.PEOPLE, more=1, taken=User.objects.count)


def test_one_course_too_many_is_refused_and_a_new_version_is_not(alpha: TenantRef, ada: User) -> None:
    plan = starter.first_course()
    with inside(limited(alpha, courses=1)):
        catalog.import_course(plan=plan, by=ada, at=AT)
        catalog.import_course(plan=replace(plan, title="The same, renamed"), by=ada, at=AT)
        with pytest.raises(plans.LimitReached, match="1 course"):
            catalog.import_course(plan=replace(plan, key="another"), by=ada, at=AT)
        assert Course.objects.count() == 1


def test_without_uploads_neither_a_course_nor_a_roster_is_taken(alpha: TenantRef, ada: User) -> None:
    with inside(limited(alpha, uploads=False)):
        with pytest.raises(plans.LimitReached, match="Files cannot be uploaded"):
            intake.upload(content=b"x", file_name="x.csv", by=ada, at=AT)
        with pytest.raises(plans.LimitReached, match="Files cannot be uploaded"):
            catalog.keep_upload(content=b"", origin=UploadOrigin.FILES, file_name="x", by=ada, at=AT)
    stopped = replace(alpha, switched_off=frozenset({"uploads"}))
    with inside(stopped), pytest.raises(plans.LimitReached):
        plans.refuse_uploads()


def test_the_pages_say_it_in_a_sentence(alpha: TenantRef, ada: User, client_for: Any) -> None:
    plans.set_overrides(alpha.id, {"people": 1, "courses": 0, "uploads": False}, **OPERATOR)
    browser = client_for(alpha, ada)
    with inside(alpha):
        law = make_department(name="Law")
    person = {"given_name": "New", "family_name": "Noor", "email": "new@alpha.example", "kind": "staff"}
    person |= {"department": str(law.pk), "starts_on": "2026-11-23"}
    page = browser.post(reverse("people:person-add"), person)
    assert page.status_code == 422
    assert "includes 1 active person" in page.content.decode()
    page = browser.post(reverse("catalog:course-starter"))
    assert page.status_code == 403
    assert "includes 0 courses" in page.content.decode()
    page = browser.post(
        reverse("people:import-new"), {"file": SimpleUploadedFile("r.csv", HEADER.encode(), "text/csv")}
    )
    assert page.status_code == 422
    assert "Files cannot be uploaded" in page.content.decode()


def _queued(count: int, category: str) -> None:
    priority = 0 if category == Category.ACCOUNT else 5
    Message.objects.bulk_create(
        Message(
            key=f"{category}-{number}",
            kind="account.code",
            category=category,
            priority=priority,
            to_address=f"p{number}@alpha.example",
            subject="Words",
            text="Words",
            created_at=AT,
            next_try_at=AT,
        )
        for number in range(count)
    )


def test_beyond_the_days_mail_only_account_mail_leaves_and_the_rest_waits_for_the_next_day(
    alpha: TenantRef, deliver: Any
) -> None:
    def sent(category: str) -> int:
        return Message.objects.filter(state=OutboxState.SENT, category=category).count()

    with inside(limited(alpha, emails_a_day=3)), clock.frozen(AT):
        _queued(5, Category.REQUIRED)
        _queued(2, Category.ACCOUNT)
        again = mail.deliver_pending(at=AT, scheduled_for=AT)
        assert (sent(Category.REQUIRED), sent(Category.ACCOUNT)) == (3, 2)
        assert again == AT + dt.timedelta(minutes=5)
        assert mail.held_back_by(AT) == 3
        mail.deliver_pending(at=AT + dt.timedelta(hours=23), scheduled_for=AT)
        assert sent(Category.REQUIRED) == 3
        assert mail.deliver_pending(at=AT + dt.timedelta(hours=24), scheduled_for=AT) is None
        assert sent(Category.REQUIRED) == 5
        assert mail.held_back_by(AT + dt.timedelta(hours=24)) is None


def test_the_log_of_messages_says_that_the_days_mail_has_been_sent(
    alpha: TenantRef, ada: User, client_for: Any
) -> None:
    plans.set_overrides(alpha.id, {"emails_a_day": 0}, **OPERATOR)
    page = client_for(alpha, ada).get(reverse("mail:message-list")).content.decode()
    assert "includes 0 e-mails in 24 hours" in page


def test_the_command_shows_and_changes(alpha: TenantRef) -> None:
    out = io.StringIO()
    said: dict[str, Any] = {"by": "op@duly.example", "reason": "Agreed."}
    call_command("plan", "alpha", set="unlimited", limits='{"people": 9}', json=True, stdout=out, **said)
    facts = json.loads(out.getvalue())
    assert (facts["plan"], facts["limits"]["people"], facts["limits"]["courses"]) == ("unlimited", 9, None)
    out = io.StringIO()
    call_command("plan", "alpha", stdout=out)
    assert "people: 9 (set for it alone)" in out.getvalue()
    for options, sentence in (
        ({"set": "trial"}, "Say who you are"),
        ({"limits": "[]", **said}, "is a JSON object"),
        ({"limits": '{"x": 1}', **said}, "There is no limit"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("plan", "alpha", **options)
