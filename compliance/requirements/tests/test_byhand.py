"""People named by hand: from the pasted list to the day on which it ends by itself."""

import datetime as dt
import random

import pytest
from django.db import DatabaseError, transaction

from compliance.records import actions as records
from compliance.records.models import Assignment
from compliance.requirements import actions, queries, rules
from compliance.requirements.enums import Side
from compliance.requirements.models import Individual
from lms.audit.models import Event
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

from .factories import make_requirement
from .test_views import fingerprint_in, officer, staff  # noqa: F401  (fixtures)

pytestmark = pytest.mark.usefixtures("frozen")

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def turn(on):
    at = dt.datetime.combine(on, dt.time(5, 30), tzinfo=clock.zone())
    records.nightly_turn(at=at, scheduled_for=at)


def refresh(on):
    """The turn that every change wakes."""
    at = dt.datetime.combine(on, dt.time(10), tzinfo=clock.zone())
    records.daily_turn(at=at, scheduled_for=at)


def name(requirement, people, side, by, *, until=None, today=MONDAY):
    at = dt.datetime.combine(today, dt.time(9), tzinfo=clock.zone())
    shared = {"side": side, "until": until, "reason": "asked for", "by": by, "today": today}
    seen = queries.consequences(requirement, [one.pk for one in people], actions.naming(**shared), today)
    return actions.name_by_hand(
        requirement=requirement, people=people, fingerprint=seen.fingerprint, at=at, **shared
    )


def holders(requirement):
    held = Assignment.objects.filter(requirement=requirement, withdrawn_on__isnull=True)
    return {each.user.given_name for each in held.select_related("user")}


@pytest.fixture
def cast(in_alpha):
    ana, zoe = (
        make_user(given_name="Ana"),
        make_user(given_name="Zoe", email="zoe@example.org", external_id="Z-1"),
    )
    make_affiliation(ana)
    make_affiliation(zoe, kind="student")
    return make_requirement(), ana, zoe, make_user(given_name="Otto")


def test_added_and_left_out_until_it_ends_by_itself(cast):
    requirement, ana, zoe, otto = cast
    turn(MONDAY)
    assert "Ana" in holders(requirement)
    name(requirement, [zoe], Side.INCLUDE, otto, until=MONDAY + 2 * DAY)
    name(requirement, [ana], Side.EXCLUDE, otto, until=MONDAY + 3 * DAY)
    refresh(MONDAY)
    got = {}
    for offset in range(1, 6):
        turn(MONDAY + offset * DAY)
        got[offset] = holders(requirement) & {"Ana", "Zoe"}
    assert got == {1: {"Zoe"}, 2: {"Zoe"}, 3: set(), 4: {"Ana"}, 5: {"Ana"}}
    why = dict(Assignment.objects.filter(user=zoe).get().reason)
    assert (why["included_by"], why["included_because"]) == (otto.display_name, "asked for")
    left = Assignment.objects.filter(user=ana, withdrawn_on__isnull=False).get()
    assert ["reason", "excluded"] in left.withdrawn_reason


def test_days_without_a_turn_are_made_up_for(cast):
    requirement, _ana, zoe, otto = cast
    turn(MONDAY)
    name(requirement, [zoe], Side.INCLUDE, otto, until=MONDAY + 2 * DAY)
    refresh(MONDAY)
    assert "Zoe" in holders(requirement)
    turn(MONDAY + 6 * DAY)
    assert "Zoe" not in holders(requirement)
    assert Assignment.objects.get(user=zoe).withdrawn_on == MONDAY + 3 * DAY


def test_ending_early_lets_the_rule_decide_again_and_is_kept(cast):
    requirement, _ana, zoe, otto = cast
    (made,) = name(requirement, [zoe], Side.INCLUDE, otto)
    turn(MONDAY)
    assert "Zoe" in holders(requirement)
    at = dt.datetime.combine(MONDAY + DAY, dt.time(9), tzinfo=clock.zone())
    assert queries.consequences_of_ending(made, MONDAY + DAY).loses_count == 1
    actions.end_naming(individual=made, reason="a mistake", by=otto, today=MONDAY + DAY, at=at)
    refresh(MONDAY + DAY)
    assert "Zoe" not in holders(requirement)
    with pytest.raises(rules.NotAllowedNow):
        actions.end_naming(individual=made, reason="again", by=otto, today=MONDAY + DAY, at=at)
    name(requirement, [zoe], Side.INCLUDE, otto, today=MONDAY + DAY)
    actions_told = set(Event.objects.values_list("action", flat=True))
    assert {"requirement.person_included", "requirement.naming_ended"} <= actions_told


def test_the_database_lets_nothing_be_rewritten_or_named_twice(cast):
    requirement, _ana, zoe, otto = cast
    (made,) = name(requirement, [zoe], Side.INCLUDE, otto)
    for deed in (
        lambda: Individual.objects.filter(pk=made.pk).update(reason="another"),
        lambda: Individual.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    with pytest.raises(rules.NotAllowedNow, match="named by hand already"):
        name(requirement, [zoe], Side.EXCLUDE, otto)
    assert Individual.objects.count() == 1


def test_nobody_leaves_themselves_out_and_a_reason_is_asked_for(cast):
    requirement, ana, zoe, _otto = cast
    with pytest.raises(rules.NotAllowedNow, match="themselves"):
        name(requirement, [ana], Side.EXCLUDE, ana)
    with pytest.raises(rules.NumbersChanged):
        actions.name_by_hand(
            requirement=requirement, people=[zoe], side="include", reason="x", until=None, fingerprint="0",
            by=ana, today=MONDAY, at=clock.end_of_day(MONDAY),
        )  # fmt: skip
    assert not Individual.objects.exists()


@pytest.mark.parametrize("seed", range(2))
def test_the_preview_is_what_comes_whatever_the_order(cast, seed):
    requirement, _ana, _zoe, otto = cast
    drawn = random.Random(seed)
    people = []
    for number in range(12):
        one = make_user(given_name=f"P{number}")
        if drawn.random() < 0.8:
            ends_on = MONDAY + drawn.randint(-3, 9) * DAY if drawn.random() < 0.4 else None
            starts_on = MONDAY + drawn.randint(-90, -9) * DAY
            make_affiliation(
                one, kind=drawn.choice(["staff", "student"]), starts_on=starts_on, ends_on=ends_on
            )
        people.append(one)
    steps = [
        (one, drawn.choice([*Side]), drawn.choice([None, MONDAY + 4 * DAY]))
        for one in drawn.sample(people, 7)
    ]
    turns = drawn.random() < 0.5
    for one, side, until in steps:
        if turns:
            turn(MONDAY)
        name(requirement, [one], side, otto, until=until)
    for day in (MONDAY, MONDAY + DAY, MONDAY + 5 * DAY, MONDAY + 12 * DAY):
        planned = queries.preview(requirement, day)
        expected = {row.name for row in planned.affected if row.outcome.value in {"assign", "credit", "keep"}}
        at = dt.datetime.combine(day, dt.time(5, 30), tzinfo=clock.zone())
        records.daily_turn(at=at, scheduled_for=at)
        held = Assignment.objects.filter(requirement=requirement, withdrawn_on__isnull=True)
        assert {each.user.display_name for each in held.select_related("user")} == expected


def test_the_page_checks_then_saves_what_it_showed(officer, alpha, staff):  # noqa: F811
    with inside(alpha):
        requirement = make_requirement()
        zoe = make_user(given_name="Zoe", email="zoe@example.org", external_id="Z-1")
        make_affiliation(zoe, kind="student")
    address = f"/requirements/{requirement.public_id}/by-hand/"
    assert "Nobody is named by hand" in officer.get(address).text
    sent = {"side": "include", "people": "Zoe Zed <ZOE@example.org>", "reason": "Handles card data"}
    checked = officer.post(address, sent | {"check": "1"})
    assert checked.status_code == 200
    assert "What this would do" in checked.text
    unseen = officer.post(address, sent | {"save": "1"})
    assert unseen.status_code == 422
    assert "Nothing was saved" in unseen.text
    other = officer.post(
        address, sent | {"side": "exclude", "save": "1", "fingerprint": fingerprint_in(checked)}
    )
    assert other.status_code == 422
    saved = officer.post(address, sent | {"save": "1", "fingerprint": fingerprint_in(checked)})
    assert saved.status_code == 303
    page = officer.get(address)
    assert "Handles card data" in page.text
    assert "1 person added" in officer.get(f"/requirements/{requirement.public_id}/").text
    assert "Added by hand" in officer.get(f"/requirements/{requirement.public_id}/person/?q=zoe").text
    with inside(alpha):
        end = f"{address}{Individual.objects.get().public_id}/end/"
    assert officer.get(end).status_code == 200
    assert officer.post(end, {"reason": ""}).status_code == 422
    assert officer.post(end, {"reason": "Left the office"}).status_code == 303
    assert "Left the office" in officer.get(address).text


def test_every_wrong_line_is_said_and_nothing_is_saved(officer, alpha, bo, staff):  # noqa: F811
    with inside(alpha):
        requirement = make_requirement()
        make_affiliation(make_user(given_name="Zoe", email="zoe@example.org", external_id="Z-1"))
        make_user(given_name="Gone", email="gone@example.org", is_active=False)
        make_user(given_name="One", email="twice@example.org")
        make_user(given_name="Other", email="other@example.org", external_id="Twice@example.org")
    address = f"/requirements/{requirement.public_id}/by-hand/"
    lines = ["zoe@example.org", "", "z-1", "nobody@example.org", "gone@example.org", bo.email]
    lines.append("TWICE@example.org")
    page = officer.post(address, {"side": "exclude", "people": "\n".join(lines), "reason": "x", "save": "1"})
    assert page.status_code == 422
    for text in (
        "Line 3:",
        "stands in line 1",
        "Line 4: Nobody here",
        "Line 5:",
        "deactivated",
        "Line 6: Nobody leaves",
        "Line 7: “TWICE@example.org” means two people",
    ):
        assert text in page.text
    many = "\n".join(f"p{number}@example.org" for number in range(201))
    for sent, text in (
        ({"people": many}, "At most 200"),
        ({"people": "zoe@example.org", "until": "2020-01-01"}, "That day has passed"),
        ({"people": "zoe@example.org", "side": "sideways"}, "Select a valid choice"),
        ({"people": "zoe@example.org\x00"}, "Null characters"),
    ):
        answer = officer.post(address, {"side": "include", "reason": "x", "save": "1"} | sent)
        assert (answer.status_code, text in answer.text) == (422, True)
    with inside(alpha):
        assert not Individual.objects.exists()


def test_a_draft_takes_its_namings_with_it(cast):
    _requirement, _ana, zoe, otto = cast
    draft = make_requirement(is_on=False, title="Draft")
    name(draft, [zoe], Side.INCLUDE, otto)
    assert {row.name for row in queries.preview(draft, MONDAY).affected} >= {zoe.display_name}
    actions.discard_draft(requirement=draft, by=otto, at=clock.end_of_day(MONDAY))
    assert not Individual.objects.exists()
