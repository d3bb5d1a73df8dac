"""Edits by hand: what they do to training is shown before they are saved, and is what is there afterwards."""

import datetime as dt
import os
import random
import re
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.core import asked, audience
from compliance.core.fields import FieldValue
from compliance.core.plan import Rule
from compliance.core.terms import Absence, Appointment, Person
from compliance.core.tests.makers import terms
from compliance.records.tests import drawn
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.audit.models import Event
from lms.people import actions as people
from lms.people.models import Affiliation, Department, Group, GroupMember, Leave, PersonField, User
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import inside

from .factories import in_force, turn
from .test_outlooks import due

D = dt.date
DAY = dt.timedelta(days=1)
SEEDS = range(int(os.environ.get("BY_HAND_SEEDS", "4")))
pytestmark = pytest.mark.django_db


def path(name, **of):
    return reverse(f"people:{name}", kwargs=of)


def digest(page):
    (found,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    return {"fingerprint": found, "save": "1"}


def edits(dice, today):
    """One edit by hand of each kind, of somebody: what is written, and of whom."""
    somebody = dice.choice([*User.objects.filter(affiliations__isnull=False).distinct().order_by("pk")])
    by = {"by": User.objects.get(given_name="Bo"), "at": drawn.moment(today)}
    post = dice.choice([*somebody.affiliations.order_by("pk")])
    values = {
        "department": make_department(dice.choice(drawn.DEPARTMENTS)),
        "kind": dice.choice(drawn.KINDS),
        "title": "",
        "manager": None,
        "starts_on": post.starts_on + dice.choice([0, 0, -30, 12]) * DAY,
        "ends_on": dice.choice([None, max(today + dice.randint(-9, 9) * DAY, post.starts_on + 20 * DAY)]),
    }
    said = {PersonField.objects.get(key="badge").pk: today + dice.randint(-20, 20) * DAY}
    group = Group.objects.get(code=dice.choice(("LAB", "CUI")))
    since = today + dice.choice([0, -3, 1]) * DAY
    switch = people.deactivate if somebody.is_active else people.reactivate
    return somebody, dice.choice(
        [
            lambda: people.save_affiliation(person=somebody, affiliation=post, values=values, **by),
            lambda: people.save_affiliation(person=somebody, affiliation=None, values=values, **by),
            lambda: people.set_values(person=somebody, values=said, since=since, **by),
            lambda: people.add_members(group=group, people=[somebody], since=since, **by),
            lambda: people.remove_member(group=group, person=somebody, **by),
            lambda: switch(person=somebody, **by),
            lambda: people.save_leave(
                person=somebody, leave=None, starts_on=since, ends_on=since + 9 * DAY, reason="", **by
            ),
        ]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_what_is_there_after_saving(in_alpha, bo, at, seed):
    dice, today = random.Random(seed), clock.today(at)
    drawn.prepare(today)
    of = drawn.university(dice, today, people=6)
    for title in of.rules:
        drawn.enter_rule(of, title)
    for one in of.people:
        drawn.enter(one)
    turn(at - DAY)
    turn(at)
    for _round in range(3):
        somebody, write = edits(dice, today)
        before = {one.title: in_force(one) for one in Requirement.objects.all()}
        try:
            follows = people.look(write, people=[somebody.pk], at=at)
        except (people.AlreadyAppointed, people.LeavesOverlap):
            continue
        people.save_seen(write, people=[somebody.pk], seen=follows.digest if follows else None, at=at)
        turn(at)
        shown = {one.title: one for one in follows.people} if follows else {}
        for each in Requirement.objects.all():
            was, now = before[each.title], in_force(each)
            assert {key: row for key, row in was.items() if key != somebody.pk} == {
                key: row for key, row in now.items() if key != somebody.pk
            }
            line = shown.get(each.title)
            told = line.what if line else ""
            assert (somebody.pk in now) is (
                told in {"Gets it", "Gets it, done already"} or (somebody.pk in was and told != "Loses it")
            ), (each.title, line)
            if line is None:
                assert now.get(somebody.pk) == was.get(somebody.pk), each.title
            elif somebody.pk in now:
                assert due(now[somebody.pk]) == line.due_to, (each.title, line)


@pytest.fixture
def law(alpha, dee, at):
    """Dee is staff of LAW and owes what LAW owes; MED owes something else."""
    with inside(alpha):
        make_affiliation(dee, department=make_department("LAW"))
        make_department("MED")
        for code in ("LAW", "MED"):
            make_requirement(title=f"For {code}", audience={"departments": [code]}, course=make_course(code))
        turn(at)
    with clock.frozen(at):
        yield {"department": str(_department("MED", alpha)), "kind": "staff", "starts_on": "2026-01-01"}


def _department(code, tenant):
    with inside(tenant):
        return Department.objects.get(code=code).pk


def test_an_appointment_is_saved_as_it_was_seen(alpha, ada, dee, law, client_for, at):
    admin, url = client_for(alpha, ada), path("affiliation-edit", public_id=dee.public_id, number=1)
    page = admin.post(url, law | {"reason": "Moved “here”"})
    for words in ("Nothing is saved yet", "For LAW", "Loses it", "For MED", "Gets it", "Moved “here”"):
        assert words in page.text
    back = admin.post(url, law | {"title": "Dean", "back": "1"})
    assert (back.status_code, 'value="Dean"' in back.text) == (200, True)
    stale = admin.post(url, law | {"save": "1", "fingerprint": "0" * 64})
    assert (stale.status_code, "It is not what you saw" in stale.text) == (422, True)
    with inside(alpha):
        assert Affiliation.objects.get(user=dee).department.code == "LAW"
        assert not Event.objects.filter(action="people.affiliation_saved").exists()
        Requirement.objects.filter(title="For LAW").update(title="For lawyers")
        GroupMember.objects.create(
            user=dee, since=clock.today(), group=Group.objects.create(code="X", name="X", kind="group")
        )
    # Nothing of that changes what it does.
    assert admin.post(url, law | digest(page)).status_code == 303
    assert admin.post(url, law | digest(page)).status_code == 303
    with inside(alpha):
        assert Affiliation.objects.get(user=dee).department.code == "MED"
        turn(at)
        assert [each.title for each in Requirement.objects.all() if in_force(each)] == ["For MED"]
    # What changes nobody's obligations needs no second look.
    assert admin.post(url, law | {"title": "Dean"}).status_code == 303


def test_an_edit_in_between_is_shown_anew(alpha, ada, dee, law, client_for, at):
    admin, url = client_for(alpha, ada), path("affiliation-edit", public_id=dee.public_id, number=1)
    page = admin.post(url, law)
    with inside(alpha):
        make_affiliation(dee, department=make_department("MED"), kind="faculty")
    stale = admin.post(url, law | digest(page))
    assert (stale.status_code, "Gets it" in stale.text, "Loses it" in stale.text) == (422, False, True)
    assert admin.post(url, law | digest(stale)).status_code == 303


def test_a_leave_is_entered_moved_and_taken_out_as_it_was_seen(alpha, ada, dee, law, client_for, at):
    admin, today = client_for(alpha, ada), clock.today(at)
    url = path("leave-add", public_id=dee.public_id)
    page = admin.post(url, {"starts_on": today.isoformat(), "ends_on": (today + 9 * DAY).isoformat()})
    assert "It rests for them" in page.text
    away = {"starts_on": today.isoformat(), "ends_on": (today + 9 * DAY).isoformat()}
    assert admin.post(url, away | digest(page)).status_code == 303
    refused = admin.post(url, {"starts_on": (today + 3 * DAY).isoformat()})
    assert (refused.status_code, "away on some of these days already" in refused.text) == (422, True)
    with inside(alpha):
        turn(at)
        # It counts from the day of the return on.
        rested = in_force(Requirement.objects.get(title="For LAW"))[dee.pk]
    url = path("leave-edit", public_id=dee.public_id, since=today.isoformat())
    page = admin.post(url, away | {"is_removed": "on", "reason": "A slip"})
    assert "It counts again" in page.text
    assert admin.post(url, away | {"is_removed": "on", "reason": "A slip"} | digest(page)).status_code == 303
    assert admin.get(url).status_code == 404
    with inside(alpha):
        Leave.objects.create(user=dee, starts_on=today - 9 * DAY, ends_on=today - DAY)
    past, whose = (
        path("leave-edit", public_id=dee.public_id, since=(today - 9 * DAY).isoformat()),
        "person-detail",
    )
    shown = [client_for(alpha, who).get(path(whose, public_id=dee.public_id)).text for who in (ada, dee)]
    assert [past in text for text in shown] == [True, False]
    assert admin.get(path("leave-edit", public_id=dee.public_id, since="0")).status_code == 404
    with inside(alpha):
        turn(at)
        assert rested[0] != in_force(Requirement.objects.get(title="For LAW"))[dee.pk][0]
        assert Event.objects.filter(action="people.leave_saved").count() == 2


def test_somebody_new_gets_what_was_shown(alpha, ada, dee, law, client_for, at):
    admin, url = client_for(alpha, ada), path("person-add")
    typed = law | {"given_name": "Noor", "family_name": "Ahmadi", "email": "noor@alpha.example"}
    page = admin.post(url, typed)
    for words in ("Nothing is saved yet", "For MED", "Gets it", "noor@alpha.example"):
        assert words in page.text
    assert 'value="Noor"' in admin.post(url, typed | {"back": "1"}).text
    with inside(alpha):
        assert not User.objects.filter(email="noor@alpha.example").exists()
    assert admin.post(url, typed | digest(page)).status_code == 303
    # A second click says that the address is taken.
    assert admin.post(url, typed | digest(page)).status_code == 422
    with inside(alpha):
        turn(at)
        noor = User.objects.get(email="noor@alpha.example")
        assert {each.title: noor.pk in in_force(each) for each in Requirement.objects.all()} == {
            "For LAW": False, "For MED": True,
        }  # fmt: skip


def test_shutting_out_and_letting_in_say_it_too(alpha, ada, dee, law, client_for, at):
    admin, url = client_for(alpha, ada), path("person-deactivate", public_id=dee.public_id)
    asked = admin.get(url)
    assert "Loses it" in asked.text
    assert admin.post(url, digest(asked)).status_code == 303
    with inside(alpha):
        turn(at)
    url = path("person-reactivate", public_id=dee.public_id)
    page = admin.post(url)
    assert "Gets it" in page.text
    assert admin.post(url, digest(page)).status_code == 303
    with inside(alpha):
        assert User.objects.get(pk=dee.pk).is_active


def test_what_concerns_one_person_costs_the_same_however_much_others_owe(in_alpha, ada, dee, at):
    make_affiliation(dee, department=make_department("LAW"))
    make_requirement(audience={"departments": ["LAW"]})
    counts = []
    for _number in range(2):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = people.look(lambda: people.deactivate(person=dee, by=ada, at=at), people=[dee.pk], at=at)
        counts.append(len(caught))
        assert [each.what for each in found.people] == ["Would have got it, no longer"]
        for code in ("MED", "ART", "BIO"):
            make_requirement(
                title=code, audience={"departments": [make_department(code).code]}, course=make_course(code)
            )
        User.objects.filter(pk=dee.pk).update(is_active=True)
        dee.refresh_from_db()
    assert counts[0] == counts[1] < 60, counts


def test_another_manager_says_first_what_follows(in_alpha, ada, dee, at):
    boss = make_user(given_name="Noor")
    post = make_affiliation(dee, department=make_department("LAW"))
    asked_for = {"key": "manager", "is": "one_of", "words": [str(boss.public_id)]}
    make_requirement(audience={"attribute": asked_for})
    nobody = {"attribute": {"key": "manager", "is": "not_set"}}
    make_requirement(title="Alone", audience=nobody, course=make_course("alone"))
    turn(at)
    values = {name: getattr(post, name) for name in ("department", "kind", "title", "starts_on", "ends_on")}

    def report():
        said = values | {"manager": boss}
        return people.save_affiliation(person=dee, affiliation=post, values=said, by=ada, at=at)

    found = people.look(report, people=[dee.pk], at=at)
    assert {(each.title, each.what) for each in found.people} == {
        ("Phishing, yearly", "Gets it"),
        ("Alone", "Loses it"),
    }
    post.refresh_from_db()
    report()
    turn(at)
    assert {each.title: set(in_force(each)) for each in Requirement.objects.all()} == {
        "Phishing, yearly": {dee.pk},
        "Alone": set(),
    }


def test_only_whoever_may_change_people_here_sees_it(alpha, beta, bo, cy, dee, law, client_for):
    url = path("affiliation-edit", public_id=dee.public_id, number=1)
    assert client_for(alpha, bo).post(url, law).status_code == 403
    there = client_for(beta, cy).post(url, law)
    assert (there.status_code, "For LAW" in there.text) == (404, False)


BOSS = str(UUID(int=1))


def drawn_person(dice, today):
    drew = drawn.someone(dice, "P1", today)
    posts = (Appointment(kind, (code, "UNI"), *days, "Dean") for kind, code, *days in drew.posts)
    said = tuple(FieldValue(*each) for each in drew.fields)
    away = tuple(Absence.leave(*each) for each in drew.leaves)
    return Person(1, tuple(posts), away, drew.is_active, groups=drew.groups, fields=said)


@pytest.mark.parametrize("seed", range(40))
def test_who_differs_in_nothing_that_is_asked_for_is_meant_the_same(seed):
    dice, today = random.Random(seed), D(2026, 11, 23)
    rule = Rule(terms(), audience.parse(drawn.audience(dice, today)))
    one, two = drawn_person(dice, today), drawn_person(dice, today)
    part = dice.choice(["groups", "fields", "absences", "is_active", "title", "manager", "departments"])
    if part == "manager":
        above = {"attribute": {"key": "manager", "is": "one_of", "words": [BOSS]}}
        rule = replace(rule, audience=audience.parse({"any": [audience.dump(rule.audience), above]}))
    if part in {"title", "manager", "departments"}:
        changes = {"title": "Clerk", "manager": BOSS, "departments": (dice.choice(drawn.DEPARTMENTS),)}
        said = {part: changes[part]}
        other = replace(one, appointments=tuple(replace(each, **said) for each in one.appointments))
    else:
        other = replace(one, **{part: getattr(two, part)})
    days = [today + days * DAY for days in range(-100, 60, 7)]
    same = all(
        (audience.match(rule.audience, one, on) is None) is (audience.match(rule.audience, other, on) is None)
        for on in days
    )
    assert same or asked.changed(one, other) & asked.asks(rule)
    assert (not asked.changed(one, other)) is (one == other)


def test_a_department_is_moved_as_it_was_seen(alpha, ada, dee, law, client_for, at):
    admin = client_for(alpha, ada)
    with inside(alpha):
        dean = make_user(given_name="Dean", email="dean@alpha.example")
        make_affiliation(dean, department=make_department("LIB", parent=make_department("LAW")))
        turn(at)
        moved, med = Department.objects.get(code="LIB"), Department.objects.get(code="MED")
    url = path("department-edit", public_id=moved.public_id)
    assert admin.post(url, {"name": "Library", "parent": moved.parent_id}).status_code == 303
    page = admin.post(url, {"name": "Library", "parent": med.pk})
    for words in ("Loses it: 1", "Gets it: 1", "dean@alpha.example"):
        assert words in page.text
    assert "dee.dubois" not in page.text
    assert admin.post(url, {"name": "Library", "parent": med.pk} | digest(page)).status_code == 303
    with inside(alpha):
        turn(at)
        assert {each.title: set(in_force(each)) for each in Requirement.objects.all()} == {
            "For LAW": {dee.pk},
            "For MED": {dean.pk},
        }
