"""What a roster import does to obligations: shown, decided by two where it concerns many, done as it was shown."""

import datetime as dt
import os
import random
import re

import pytest
from django.db import IntegrityError, transaction

from compliance.changes import actions, queries
from compliance.changes.enums import GETS, Effect
from compliance.changes.models import Outlook, OutlookLine
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.enums import RosterImportState
from lms.people.imports import apply, deciding, intake, outlook, trying
from lms.people.imports.inline import Inline
from lms.people.models import Affiliation, PersonField, RosterImport, User
from lms.people.tests.factories import make_user
from lms.people.tests.test_import import HEADER, ROW, checked, csv, run
from tenants import clock
from tenants.context import inside

from .factories import in_force, turn

D = dt.date
DAY = dt.timedelta(days=1)
SEEDS = range(int(os.environ.get("OUTLOOK_SEEDS", "4")))
AHEAD = (0, 1)
KINDS = ("Staff", "Faculty", "Student", "Contractor")
pytestmark = pytest.mark.django_db


def line(rng: random.Random, number: int, today: D) -> dict[str, str]:
    """Somebody in a file: when they begin, whether and when they end, whether they are away."""
    since = today + dt.timedelta(days=rng.randrange(-400, 30))
    found = {
        "id": str(number), "email": f"p{number}@alpha.example", "given": f"P{number}", "hired": since.isoformat(),
        "kind": rng.choice(KINDS), "code": rng.choice(("LAW", "MED")), "name": "",
    }  # fmt: skip
    if rng.random() < 0.3:
        found["ends"] = max(since, today + dt.timedelta(days=rng.randrange(-3, 60))).isoformat()
    elif rng.random() < 0.3:
        away = today + dt.timedelta(days=rng.randrange(-20, 20))
        found |= {"away": away.isoformat(), "back": (away + dt.timedelta(days=rng.randrange(60))).isoformat()}
    cleared = today + dt.timedelta(days=rng.randrange(-60, 60))
    return {**ROW, **found, "cleared": cleared.isoformat() if rng.random() < 0.5 else ""}


def reporting(lines):
    """The same, with managers: in the file, further up or down, here already, nowhere, in circles."""
    for number, each in lines.items():
        dice = random.Random(f"{number}{each['hired']}")
        each["manager"] = str(dice.randint(1, 16)) if dice.random() < 0.6 else ""
    return lines


def file(lines):
    """These lines, with a column for the field."""
    return csv(*lines.values()).replace(HEADER.encode(), f"{HEADER},Cleared".encode(), 1)


def days_of(requirements, at):
    """What is in force after the turn of each day that is looked at, leaving no trace."""
    found = {}
    with transaction.atomic():
        for days in AHEAD:
            turn(at + days * DAY)
            found[days] = {
                each.pk: {User.objects.get(pk=key).email: row for key, row in in_force(each).items()}
                for each in requirements
            }
        transaction.set_rollback(True)
    return found


def has(line, before, day):
    """Whether, by what was shown, the person has the requirement after the turn of that day."""
    if line is None:
        return before
    if line.effect in {Effect.LATER, Effect.LEAVES}:
        return (line.starts_on <= day) is (line.effect == Effect.LATER)
    turned = line.starts_on is not None and line.starts_on <= day
    if line.effect in {*GETS, Effect.DROP}:
        return (line.effect == Effect.DROP) is turned
    if line.effect == Effect.NEVER:
        return False
    return True if line.effect == Effect.STAYS else before


def due(row):
    if not row[2]:
        return None  # it waits
    *_rest, last = row[2]
    return last[1] if last[4] is None else None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("absent", ["keep", "deactivate"])
def test_what_is_shown_is_what_the_turns_do_after_the_import(in_alpha, at, monkeypatch, seed, absent):
    monkeypatch.setattr(trying, "CHUNK", 4)
    rng, today = random.Random(seed), clock.today(at)
    away = {"all": [{"kinds": ["staff", "faculty"]}, {"not": {"on_leave": True}}]}
    requirements = [
        make_requirement(starts_on=D(2026, 1, 1)),
        make_requirement(title="No leave", audience=away, course=make_course("two"), return_days=7),
        make_requirement(title="Law", audience={"departments": ["LAW"]}, course=make_course("three")),
        make_requirement(title="Cleared", due_from="field", due_field="cleared", course=make_course("four")),
    ]
    PersonField.objects.create(key="cleared", name="Cleared", kind="date")
    first = {n: line(rng, n, today) for n in range(1, 13)}
    run(file(reporting(first)), at - 3 * DAY)
    boss = rng.choice(User.objects.filter(affiliations__isnull=False).order_by("pk"))
    for number, asked in enumerate(({"is": "not_set"}, {"is": "one_of", "words": [str(boss.public_id)]})):
        rule = {"attribute": {"key": "manager", **asked}}
        course = make_course(f"m{number}")
        requirements.append(make_requirement(title=f"Manager {number}", audience=rule, course=course))
    for days in (3, 2, 1, 0):
        turn(at - days * DAY)
    second = {n: line(rng, n, today) if rng.random() < 0.6 else first.get(n) for n in range(1, 16)}
    second = {n: each for n, each in second.items() if each and rng.random() < 0.8}
    roster = checked(file(reporting(second)), at)
    before = days_of(requirements, at)
    shown = OutlookLine.objects.filter(
        outlook__roster_import=roster, is_absent__in=[False, absent == "deactivate"]
    )
    lines = {(each.requirement_id, each.email): each for each in shown}
    digest = queries.outlook_summary(Outlook.objects.get(roster_import=roster)).digests[absent]
    roster.options, roster.seen = roster.options | {"absent": absent}, digest
    roster.save()
    apply.run(Inline(roster, at=at, report=lambda chunk: None))
    roster.refresh_from_db()
    assert roster.state == RosterImportState.DONE
    after = days_of(requirements, at)
    everybody = set(User.objects.values_list("email", flat=True))
    for days in AHEAD:
        for pk, was in before[days].items():
            now = after[days][pk]
            told = {who for who in everybody if has(lines.get((pk, who)), who in was, today + days * DAY)}
            assert told == set(now), (days, told ^ set(now), lines)
    for pk, now in after[0].items():
        for who, row in now.items():
            each = lines.get((pk, who))
            expected = each.due_to if each else due(before[0][pk][who])
            assert due(row) == expected, (pk, who, each and each.effect)


@pytest.fixture
def world(in_alpha, at):
    """Five on the roster, who owe something; two who may import."""
    requirement = make_requirement()
    run(csv(*({"id": str(n), "email": f"p{n}@alpha.example"} for n in range(1, 6))), at)
    turn(at)
    with clock.frozen(at):
        yield requirement, [make_user(given_name=name, roles=("administrator",)) for name in ("Ann", "Eve")]


def lines_of(roster):
    return OutlookLine.objects.filter(outlook__roster_import=roster)


def start(roster, by, at, absent="keep"):
    return intake.start_import(
        roster=roster, absent=absent, confirmed_count=roster.counts["absent"], by=by, at=at
    )


def test_if_facts_changed_nothing_is_imported_and_it_is_shown_anew(world, at, deliver):
    _requirement, (ann, _eve) = world
    roster = checked(csv({"id": "1", "email": "p1@alpha.example", "kind": "Student"}), at, by=ann)
    assert [each.effect for each in lines_of(roster) if not each.is_absent] == [Effect.DROP]
    start(roster, ann, at)
    Affiliation.objects.filter(user__external_id="1").update(ends_on=clock.today(at) - DAY)
    turn(at)
    mails = [str(mail["subject"]) for mail in deliver(at)]
    roster.refresh_from_db()
    assert (roster.state, roster.options["is_stale"], roster.seen) == ("checked", True, "")
    assert not Affiliation.objects.filter(kind="student").exists()
    assert any("Look again" in subject for subject in mails)
    start(roster, ann, at)
    deliver(at)
    roster.refresh_from_db()
    assert roster.state == "done"


def test_many_take_a_second_person_and_never_the_first(world, at, deliver):
    _requirement, (ann, eve) = world
    actions.set_threshold(is_on=True, percent=0, at_least=3, by=ann, at=at)
    roster = checked(csv({"id": "1", "email": "p1@alpha.example"}), at, by=ann)
    # Four would be ended, and nobody else may say yes once Eve is out or has left; on her last day she may.
    looked = outlook.of(roster, at=at).summary()
    today = clock.today(at)
    for is_active, last_day_on, takes_two in (
        (False, None, False),
        (True, today - DAY, False),
        (True, today, True),
    ):
        eve.is_active, eve.last_day_on = is_active, last_day_on
        eve.save()
        assert intake.needs_second(roster, "deactivate", looked, by=ann, at=at) is takes_two, last_day_on
    eve.last_day_on = None
    eve.save()
    assert not intake.needs_second(roster, "keep", looked, by=ann, at=at)
    assert start(roster, ann, at, "deactivate").state == RosterImportState.WAITING
    assert any(mail["X-Envelope-To"] == eve.email for mail in deliver(at))
    roster.refresh_from_db()
    with pytest.raises(deciding.Refused, match="themself"):
        deciding.approve(roster=roster, seen=roster.seen, remark="", by=ann, at=at)
    with pytest.raises(intake.NotSeen):
        deciding.approve(roster=roster, seen="0" * 64, remark="", by=eve, at=at)
    with pytest.raises(intake.NotNow):
        start(roster, ann, at)
    ann.last_day_on = today - dt.timedelta(days=1)
    ann.save()
    with pytest.raises(deciding.Refused, match="may no longer import"):
        deciding.approve(roster=roster, seen=roster.seen, remark="", by=eve, at=at)
    deciding.reject(roster=roster, remark="No", by=eve, at=at)
    assert not any(mail["X-Envelope-To"] == ann.email for mail in deliver(at)), "they have left"
    ann.last_day_on = None
    ann.save()
    start(roster, ann, at, "deactivate")
    deciding.withdraw(roster=roster, by=ann, at=at)
    start(roster, ann, at, "deactivate")
    roster.refresh_from_db()
    deciding.approve(roster=roster, seen=roster.seen, remark="Right", by=eve, at=at)
    with pytest.raises(intake.NotNow):
        start(roster, ann, at)  # a page that was open meanwhile chooses anew while it runs
    deliver(at)
    roster.refresh_from_db()
    assert (roster.state, roster.decided_by) == (RosterImportState.DONE, eve)
    assert Affiliation.objects.filter(ends_on=clock.today(at)).count() == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterImport.objects.update(asked_by=eve)


def test_the_pages_of_it(alpha, ada, client_for, at, deliver):
    with inside(alpha):
        make_requirement()
        eve = make_user(given_name="Eve", email="eve@alpha.example", roles=("administrator",))
        run(csv(*({"id": str(n), "email": f"p{n}@alpha.example"} for n in range(1, 6))), at)
        turn(at)
        actions.set_threshold(is_on=True, percent=0, at_least=0, by=ada, at=at)
        roster = checked(csv({"id": "9", "email": "new@alpha.example", "given": "Nia"}), at, by=ada)
    owner, second, here = (
        client_for(alpha, ada),
        client_for(alpha, eve),
        f"/people/import/{roster.public_id}/",
    )
    page = owner.get(here).text
    for words in ("What it does to training", "Gets it: 1", "Loses it later: 5", "Ask a second person"):
        assert words in page
    people = owner.get(f"/changes/rosters/{roster.public_id}/?effect=add").text
    assert ("Nia" in people, "p1@alpha" in people, "new here" in people) == (True, False, True)
    rows = b"".join(owner.get(f"/changes/rosters/{roster.public_id}/people.csv").streaming_content)
    assert rows.count(b"\n") == 7
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    owner.post(f"{here}start/", {"absent": "keep", "seen": "0" * 64})
    assert "worked out anew" in owner.get(here).text
    owner.post(f"{here}start/", {"absent": "keep", "seen": seen})
    assert "Somebody else has to agree" in owner.get(here).text
    page = second.get(here).text
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    assert "Agree and import" in page
    assert second.post(f"{here}decide/", {"decision": "reject", "seen": seen}).status_code == 422
    owner.post(f"{here}decide/", {"decision": "approve", "seen": seen})
    with inside(alpha):
        assert RosterImport.objects.get(pk=roster.pk).state == "waiting"
    second.post(f"{here}decide/", {"decision": "reject", "seen": seen, "remark": "Not today"})
    assert "did not agree" in owner.get(here).text
    owner.post(
        f"{here}start/",
        {"absent": "keep", "seen": re.findall(r'name="seen" value="(\w+)"', owner.get(here).text)[0]},
    )
    owner.post(f"{here}withdraw/")
    assert "Ask a second person" in owner.get(here).text
