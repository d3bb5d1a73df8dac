"""Edits by hand that concern many: somebody else agrees to exactly what was seen, or nothing is saved."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.changes import actions
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people.models import Affiliation, Department, Group, GroupMember, Proposal, User
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import inside

from .factories import in_force, turn
from .test_by_hand import digest, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alpha, ada, at):
    """Three in LIB, which is part of LAW; a second administrator; more than two people take two."""
    with inside(alpha):
        eve = make_user(given_name="Eve", email="eve@alpha.example", roles=("administrator",))
        lib = make_department("LIB", parent=make_department("LAW"))
        make_department("MED")
        for number in range(3):
            make_affiliation(
                make_user(given_name=f"P{number}", email=f"p{number}@alpha.example"), department=lib
            )
        for code in ("LAW", "MED"):
            make_requirement(title=f"For {code}", audience={"departments": [code]}, course=make_course(code))
        make_requirement(title="For X", audience={"groups": ["X"]}, course=make_course("X"))
        Group.objects.create(code="X", name="Laser users", kind="group")
        actions.set_threshold(is_on=True, percent=0, at_least=2, by=ada, at=at)
        turn(at)
    with clock.frozen(at):
        yield eve


def ask(admin, alpha):
    """The department is to become part of MED; answers the page on which it waits."""
    with inside(alpha):
        lib, med = Department.objects.get(code="LIB"), Department.objects.get(code="MED")
    url, typed = path("department-edit", public_id=lib.public_id), {"name": "Library", "parent": med.pk}
    seen = admin.post(url, typed)
    assert "Ask a second person" in seen.text
    asked = admin.post(url, typed | digest(seen))
    assert (asked.status_code, admin.post(url, typed | digest(seen)).url) == (303, asked.url)
    return asked.url


def test_moving_many_takes_a_second_person_and_never_the_first(alpha, ada, world, client_for, at, deliver):
    first, second = client_for(alpha, ada), client_for(alpha, world)
    url = ask(first, alpha)
    assert [mail["X-Envelope-To"] for mail in deliver(at)] == [world.email]
    assert "Take it back" in first.get(url).text
    first.post(f"{url}decide/", {"decision": "approve"})
    with inside(alpha):
        assert Department.objects.get(code="LIB").parent.code == "LAW"
        asked = Proposal.objects.get()
        assert (asked.state, asked.affected_count) == ("waiting", 3)
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.update(decided_by=ada)
    assert "An edit waits for a second person" in second.get(path("department-list")).text
    page = second.get(url).text
    for words in (
        "Agree and save",
        "Loses it: 3",
        "Gets it: 3",
        "Asked by Ada Alvarez",
        "Asked for: part of Med, called Library.",
    ):
        assert words in page
    assert second.post(f"{url}decide/", {"decision": "reject"}).status_code == 422
    second.post(f"{url}decide/", {"decision": "approve", "remark": "Right"})
    assert "decided meanwhile" in second.post(f"{url}decide/", {"decision": "approve"}, follow=True).text
    assert "Decided by Eve Dubois" in first.get(url).text
    assert any("Agreed" in str(mail["subject"]) for mail in deliver(at))
    with inside(alpha):
        turn(at)
        assert {each.title: len(in_force(each)) for each in Requirement.objects.all()} == {
            "For LAW": 0, "For MED": 3, "For X": 0,
        }  # fmt: skip
        assert Event.objects.get(action="people.department_changed").actor_id == str(ada.public_id)


def test_what_would_do_something_else_by_then_is_not_saved(alpha, ada, world, client_for, at):
    first, second = client_for(alpha, ada), client_for(alpha, world)
    url = ask(first, alpha)
    with inside(alpha):
        Affiliation.objects.filter(user__given_name="P0").update(
            ends_on=clock.today(at) - dt.timedelta(days=1)
        )
    page = second.get(url).text
    assert ("It would do something else by now" in page, "Agree and save" in page) == (True, False)
    told = second.post(f"{url}decide/", {"decision": "approve"}, follow=True)
    assert "nothing was saved" in told.text
    with inside(alpha):
        assert Department.objects.get(code="LIB").parent.code == "LAW"
    assert "Only whoever asked" in second.post(f"{url}withdraw/", follow=True).text
    assert "Taken back" in first.post(f"{url}withdraw/", follow=True).text
    second.post(f"{url}decide/", {"decision": "approve"})
    with inside(alpha):
        assert (Proposal.objects.get().state, Department.objects.get(code="LIB").parent.code) == (
            "withdrawn",
            "LAW",
        )


def test_many_for_a_group_take_two_as_well_and_one_alone_where_nobody_else_may(
    alpha, ada, world, client_for, at
):
    first, second = client_for(alpha, ada), client_for(alpha, world)
    with inside(alpha):
        group = Group.objects.get()
    url = path("members-add", public_id=group.public_id)
    typed = {"people": "\n".join(f"p{n}@alpha.example" for n in range(3)), "since": "2026-11-23"}
    asked = first.post(url, typed | digest(first.post(url, typed)))
    with inside(alpha):
        type(ada).objects.filter(pk=ada.pk).update(last_day_on=clock.today(at) - dt.timedelta(days=1))
    second.post(f"{asked.url}decide/", {"decision": "reject", "remark": "Not they"})
    with inside(alpha):
        assert not Message.objects.filter(user=ada, kind="people.proposal").exists(), "they have left"
        type(ada).objects.filter(pk=ada.pk).update(last_day_on=None)
    assert "Not they" in first.get(asked.url).text
    with inside(alpha):
        assert not GroupMember.objects.exists()
        world.is_active = False
        world.save()
    seen = first.post(url, typed)
    assert ("Add them" in seen.text, "Ask a second person" in seen.text) == (True, False)
    assert first.post(url, typed | digest(seen)).url == path("group-detail", public_id=group.public_id)
    with inside(alpha):
        assert GroupMember.objects.count() == 3


def test_what_nothing_follows_from_by_now_is_not_saved_either(alpha, ada, world, client_for, at):
    first, second = client_for(alpha, ada), client_for(alpha, world)
    url = ask(first, alpha)
    with inside(alpha):
        group, people = Group.objects.get(), [*User.objects.filter(given_name__startswith="P")]
    members = path("members-add", public_id=group.public_id)
    typed = {"people": "\n".join(one.email for one in people), "since": "2026-11-23"}
    asked = first.post(members, typed | digest(first.post(members, typed)))
    with inside(alpha):
        Requirement.objects.filter(title__in=("For LAW", "For MED")).update(state="retired")
        GroupMember.objects.bulk_create(
            [GroupMember(group=group, user=one, since=clock.today(at)) for one in people]
        )
    for each in (url, asked.url):
        told = second.post(f"{each}decide/", {"decision": "approve"}, follow=True)
        assert "nothing was saved" in told.text
    with inside(alpha):
        assert Department.objects.get(code="LIB").parent.code == "LAW"
        assert {each.state for each in Proposal.objects.all()} == {"waiting"}


def test_another_edit_is_not_taken_for_the_one_that_waits_and_a_name_given_meanwhile_stays(
    alpha, ada, world, client_for, at
):
    first, second = client_for(alpha, ada), client_for(alpha, world)
    asked = ask(first, alpha)
    with inside(alpha):
        lib = Department.objects.select_related("parent").get(code="LIB")
        med = Department.objects.get(code="MED")
    url, typed = path("department-edit", public_id=lib.public_id), {"name": "Stacks", "parent": med.pk}
    seen = first.post(url, typed)
    assert (">Lib<" in seen.text, ">Stacks<" in seen.text) == (True, False)
    assert "Another edit of it waits" in first.post(url, typed | digest(seen), follow=True).text
    assert first.post(url, {"name": "Law library", "parent": lib.parent.pk}).status_code == 303
    second.post(f"{asked}decide/", {"decision": "approve"})
    with inside(alpha):
        lib.refresh_from_db()
        assert (lib.name, lib.parent.code) == ("Law library", "MED")


def test_more_than_a_page_can_wait_for_is_refused_unless_nothing_asks_for_the_place(
    alpha, ada, world, client_for, monkeypatch
):
    monkeypatch.setattr("lms.people.rules.MOST_MOVED", 2)
    admin = client_for(alpha, ada)
    with inside(alpha):
        lib, med = Department.objects.get(code="LIB"), Department.objects.get(code="MED")
        other = make_department("ART")
    url = path("department-edit", public_id=lib.public_id)
    refused = admin.post(url, {"name": "Library", "parent": med.pk})
    assert (refused.status_code, "3 people are in it and below it" in refused.text) == (422, True)
    with inside(alpha):
        Requirement.objects.filter(title__in=("For LAW", "For MED")).update(state="retired")
    assert admin.post(url, {"name": "Library", "parent": other.pk}).status_code == 303


def test_another_tenant_and_who_may_not_change_people_see_nothing(
    alpha, beta, bo, cy, ada, world, client_for
):
    url = ask(client_for(alpha, ada), alpha)
    for tenant, who, status in ((alpha, bo, 403), (beta, cy, 404)):
        browser = client_for(tenant, who)
        for part in ("decide/", "withdraw/"):
            assert browser.post(url + part, {"decision": "approve"}).status_code == status
        assert browser.get(url).status_code == status
