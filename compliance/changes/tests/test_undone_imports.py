"""Undoing a roster import: what is shown is what happens, and everybody owes and is what they did and were before."""

import datetime as dt
import os
import random
import re

import pytest
from django.db import transaction

from compliance.changes import actions
from compliance.changes.enums import Effect
from compliance.changes.models import OutlookLine
from compliance.records.models import Assignment, ComplianceRecord, Concern
from compliance.records.tests.factories import make_completion, make_event
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.jobs.models import Job
from lms.people import queries as people
from lms.people.enums import RosterImportState
from lms.people.imports import deciding, intake, undo
from lms.people.models import Affiliation, RosterImport, RosterRow, User
from lms.people.tests.factories import make_department, make_user
from lms.people.tests.rosters import undone
from lms.people.tests.test_import import csv, run
from tenants import clock
from tenants.context import inside

from .factories import in_force, turn
from .test_outlooks import due, line

DAY = dt.timedelta(days=1)
LATER = dt.timedelta(hours=20)
SEEDS = range(int(os.environ.get("UNDO_SEEDS", "4")))
pytestmark = pytest.mark.django_db


def facts(ids):
    """What is known of these people, names and numbers too."""
    texts = ("pk", "given_name", "family_name", "external_id", "first_day_on", "last_day_on")
    users = User.objects.filter(pk__in=ids).order_by("pk")
    return people.person_facts(user_ids=ids), list(users.values_list(*texts))


def owed(requirements):
    return {each.pk: in_force(each) for each in requirements}


@pytest.mark.parametrize("seed", SEEDS)
def test_after_import_and_undo_everybody_is_and_owes_what_they_would_without(in_alpha, at, ada, seed):
    rng, today = random.Random(seed), clock.today(at)
    absent, is_next_day = ("keep", "deactivate")[seed % 2], seed % 4 < 2
    away = {"all": [{"kinds": ["staff", "faculty"]}, {"not": {"on_leave": True}}]}
    requirements = [
        make_requirement(starts_on=dt.date(2026, 1, 1)),
        make_requirement(title="No leave", audience=away, course=make_course("two"), return_days=7),
        make_requirement(title="Law", audience={"departments": ["LAW"]}, course=make_course("three")),
    ]
    first = {n: line(rng, n, today) for n in range(1, 13)}
    run(csv(*first.values()), at - 3 * DAY)
    for user in User.objects.filter(external_id__in=["2", "3", "5", "8"]):
        make_completion(user, course_of(rng.choice(requirements)), at=at - rng.randrange(1, 300) * DAY)
    for days in (3, 2, 1, 0):
        turn(at - days * DAY)
    then = at + (LATER if is_next_day else dt.timedelta(hours=1))
    known = list(User.objects.values_list("pk", flat=True))
    with transaction.atomic():
        turn(then)
        without = facts(known), owed(requirements)
        transaction.set_rollback(True)
    second = {n: line(rng, n, today) if rng.random() < 0.6 else first.get(n) for n in range(1, 16)}
    second = {n: each for n, each in second.items() if each and rng.random() < 0.8}
    made = run(csv(*second.values()), at, by=ada, absent=absent)
    turn(at)
    if is_next_day:
        turn(then)
    before = owed(requirements)
    undoing = undone(made, then, by=ada, only_looked_at=True)
    shown = {
        (each.requirement_id, each.user_id): each
        for each in OutlookLine.objects.filter(outlook__roster_import=undoing)
    }
    undone(made, then, by=ada)
    turn(then)
    assert (facts(known), owed(requirements)) == without
    new = User.objects.exclude(pk__in=known)
    assert not new.filter(is_active=True).exists()
    assert not Affiliation.objects.filter(user__in=new).exists()
    # What was shown is the way from what was in force to what is.
    for pk, now in owed(requirements).items():
        gone = {who for (of, who), each in shown.items() if of == pk and each.effect == Effect.DROP}
        assert gone == set(before[pk]) - set(now)
        back = {
            who
            for (of, who), each in shown.items()
            if of == pk and each.effect in {"add", "credit", "restore"}
        }
        assert back >= set(now) - set(before[pk])
        for who in now:
            each = shown.get((pk, who))
            if each is not None and each.effect not in {Effect.MAILS, Effect.LEAVES}:
                assert each.due_to == due(now[who]), each.effect


@pytest.fixture
def world(in_alpha, at):
    """Five on the roster, who owe something; two who may import."""
    requirement = make_requirement()
    run(csv(*({"id": str(n), "email": f"p{n}@alpha.example"} for n in range(1, 6))), at - DAY)
    turn(at - DAY)
    with clock.frozen(at):
        yield requirement, [make_user(given_name=name, roles=("administrator",)) for name in ("Ann", "Eve")]


def test_the_date_that_was_given_comes_back_and_what_is_passed_counts(world, at):
    requirement, (ann, _eve) = world
    who = User.objects.get(external_id="1")
    held = ComplianceRecord.objects.get(user=who)
    given = held.due_on
    made = run(csv({"id": "1", "email": "p1@alpha.example", "kind": "Student"}), at, by=ann)
    turn(at)
    assert Assignment.objects.get(user=who).withdrawn_on is not None
    make_completion(who, course_of(requirement), at=at + dt.timedelta(hours=1))
    undone(made, at + dt.timedelta(hours=2), by=ann)
    turn(at + dt.timedelta(hours=2))
    held = ComplianceRecord.objects.get(user=who, cycle=1)
    assert (held.assignment.withdrawn_on, held.closed_at, held.due_on) == (None, None, given)
    assert held.completed_on == clock.today(at)


def test_many_take_a_second_person_and_nobody_agrees_to_their_own(world, at, deliver):
    _requirement, (ann, eve) = world
    actions.set_threshold(is_on=True, percent=0, at_least=1, by=ann, at=at)
    new = [{"id": str(n), "email": f"new{n}@alpha.example"} for n in range(20, 24)]
    made = run(csv(*new), at, by=ann)
    turn(at)
    back = undone(made, at, by=ann)
    assert back.state == RosterImportState.WAITING
    mails = deliver(at)
    assert any("undoing of a roster import" in str(mail["subject"]) for mail in mails)
    with pytest.raises(deciding.Refused, match="themself"):
        deciding.approve(roster=back, seen=back.seen, remark="", by=ann, at=at)
    late = at + dt.timedelta(hours=25)
    with pytest.raises(intake.Refused, match="more than 24 hours"):
        deciding.approve(roster=back, seen=back.seen, remark="", by=eve, at=late)
    deciding.approve(roster=back, seen=back.seen, remark="Right", by=eve, at=at)
    deliver(at)
    back.refresh_from_db()
    assert (back.state, back.counts["remove"], back.decided_by) == ("done", 4, eve)


def test_who_owns_manages_or_answers_for_something_by_now_is_kept(world, at):
    requirement, (ann, eve) = world
    lines = [{"id": str(n), "email": f"new{n}@alpha.example"} for n in range(20, 24)]
    lines[0]["manager"] = "23"
    made = run(csv(*lines), at, by=ann)
    new = {user.external_id: user for user in User.objects.filter(external_id__gte="20")}
    Requirement.objects.filter(pk=requirement.pk).update(owner=new["20"])
    Concern.objects.create(event=make_event(requirement, by=ann), user=new["21"], outcome="not_held")
    Affiliation.objects.create(
        user=eve, department=make_department("X"), kind="staff", manager=new["22"], starts_on=clock.today(at)
    )
    back = undone(made, at, by=ann)
    left = RosterRow.objects.filter(roster_import=back).exclude(problems=[])
    assert {row.values["external_id"]: row.problems[0]["code"] for row in left} == {
        "20": "undo_decided",
        "21": "undo_decided",
        "22": "undo_touched",
    }
    assert not User.objects.get(external_id="23").is_active


def test_if_facts_changed_nothing_is_undone_and_it_is_shown_anew(world, at, deliver):
    _requirement, (ann, _eve) = world
    made = run(csv({"id": "1", "email": "p1@alpha.example", "kind": "Student"}), at, by=ann)
    turn(at)
    back = undone(made, at, by=ann, only_looked_at=True)
    undo.start(undo=back, seen=seen_of(back, at), by=ann, at=at)
    Affiliation.objects.filter(user__external_id="1").update(kind="contractor")
    mails = [str(mail["subject"]) for mail in deliver(at)]
    back.refresh_from_db()
    assert (back.state, back.options["is_stale"]) == ("checked", True)
    assert any("Look again: undoing" in subject for subject in mails)
    assert Affiliation.objects.get(user__external_id="1").kind == "contractor"


def test_a_stopped_undo_is_given_up_and_blocks_nothing(world, at):
    _requirement, (ann, eve) = world
    made = run(csv({"id": "9", "email": "new@alpha.example"}), at, by=ann)
    back = undone(made, at, by=ann, only_looked_at=True)
    back = undo.start(undo=back, seen=seen_of(back, at), by=ann, at=at)
    with pytest.raises(deciding.NotNow):
        deciding.withdraw(roster=back, by=eve, at=at)
    Job.objects.filter(public_id=back.job_public_id).update(status="cancelled")
    deciding.withdraw(roster=back, by=eve, at=at)
    assert RosterImport.objects.get(pk=back.pk).state == "checked"
    assert User.objects.get(external_id="9").is_active


def seen_of(roster, at):
    from lms.people.imports import outlook

    return outlook.of(roster, at=at).summary().seen


@pytest.fixture
def now(at):
    with clock.frozen(at + dt.timedelta(hours=2)):
        yield at + dt.timedelta(hours=2)


def test_the_pages_of_it(alpha, ada, client_for, at, deliver, now):
    with inside(alpha):
        make_requirement()
        officer = make_user(given_name="Oz", email="oz@alpha.example", roles=("compliance_officer",))
        run(csv(*({"id": str(n), "email": f"p{n}@alpha.example"} for n in range(1, 4))), at - DAY)
        turn(at - DAY)
        made = run(
            csv(
                {"id": "1", "email": "p1@alpha.example", "kind": "Student"},
                {"id": "9", "email": "nia@alpha.example"},
            ),
            at,
            by=ada,
        )
        turn(at)
        User.objects.filter(external_id="9").update(last_login=at + dt.timedelta(hours=1))
    owner, here = client_for(alpha, ada), f"/people/import/{made.public_id}/"
    assert "See what undoing does" in owner.get(here).text
    assert client_for(alpha, officer).post(f"{here}undo/").status_code == 403
    assert client_for(alpha, ada).get(f"{here}undo/").status_code == 405
    address = owner.post(f"{here}undo/").url
    assert "Working out what undoing does" in owner.get(address).text
    with inside(alpha):
        deliver(now)
    page = owner.get(address).text
    for words in ("This is what undoing it will do", "Undo the import", "Has it back: 1", "signed in since"):
        assert words in page, words
    assert "Undo of roster.csv" in owner.get(f"/changes/rosters/{address.split('/')[-2]}/").text
    left = b"".join(owner.get(f"{address}problems.csv").streaming_content).decode()
    assert "nia@alpha.example" in left
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    owner.post(f"{address}undo/", {"seen": "0" * 64})
    assert "worked out anew" in owner.get(address).text
    owner.post(f"{address}start/", {"absent": "keep", "seen": seen})
    owner.post(f"{address}undo/", {"seen": seen})
    assert "Undoing the import" in owner.get(address).text
    with inside(alpha):
        deliver(now)
        assert RosterImport.objects.get(undoes=made).state == "done"
    for place in (address, here):
        assert "Undone by Ada" in owner.get(place).text
    assert "Undone by Ada" in owner.get("/people/import/").text
    owner.post(f"{here}undo/")
    assert "undone already" in owner.get(here).text
