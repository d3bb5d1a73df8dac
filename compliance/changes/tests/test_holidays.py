"""Another list of holidays: whose dates it moves is shown, decided by two where many, done as shown, taken back."""

import datetime as dt
import os
import random
import re

import psycopg
import pytest
from django.db import connection, transaction

from compliance.changes import actions, queries
from compliance.changes.actions import holidays
from compliance.changes.enums import Reach
from compliance.changes.models import HolidayChange, OutlookLine
from compliance.changes.rules import DifferenceChanged, Refused, UnderWay
from compliance.records import queries as records
from compliance.records.models import Turn
from compliance.records.tests.factories import make_completion
from compliance.requirements.actions import set_holidays
from compliance.requirements.actions.holidays import _LOCK
from compliance.requirements.models import Holiday
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.models import Leave, User
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

from .factories import in_force, turn

D = dt.date
DAY = dt.timedelta(days=1)
SEEDS = range(int(os.environ.get("HOLIDAY_SEEDS", "3")))
# Today; when all who come later have come; when every renewal has opened.
AHEAD = (0, 3, 420)
CLOSED = {D(2026, 12, 23): "Closing day", D(2026, 12, 24): "Christmas Eve"}
PASTED = "2026-12-23, Closing day\n2026-12-24, Christmas Eve"
pytestmark = pytest.mark.django_db


def a_list(rng: random.Random, today: D) -> dict[D, str]:
    """Some dozens of days off in the year ahead, in runs as universities close."""
    days: dict[D, str] = {}
    for _run in range(rng.randrange(4, 12)):
        first = today + dt.timedelta(days=rng.randrange(-30, 400))
        days |= {first + n * DAY: f"Closed {n}" for n in range(rng.randrange(1, 6))}
    return days


def population(rng, course, at):
    """Eight who are here, some on leave or trained already, and three who come on the next days."""
    for n in range(11):
        user, since = make_user(email=f"p{n}@example.edu", password="!"), rng.randrange(-400, -2)
        make_affiliation(user, starts_on=clock.today(at) + (since if n < 8 else n - 8) * DAY)
        if n < 8 and rng.random() < 0.5:
            first = D(2026, 11, 1) + rng.randrange(40) * DAY
            Leave.objects.create(user=user, starts_on=first, ends_on=first + rng.randrange(60) * DAY)
        if rng.random() < 0.5:
            make_completion(user, course, at=at - rng.randrange(1, 380) * DAY)


def due_dates(requirements, at):
    """By day, requirement and person: when the open round is due after the turn of that day; leaves no trace."""
    found = {}
    with transaction.atomic():
        for days in AHEAD:
            if days == AHEAD[-1]:
                # Nobody comes or goes any more, and a renewal has its days however late it opens.
                Turn.objects.update(on=clock.today(at) + (days - 1) * DAY)
            turn(at + days * DAY)
            for each in requirements:
                rows = {
                    key: row[2][-1] for key, row in in_force(each).items() if row[2] and row[2][-1][4] is None
                }
                found |= {(days, each.pk, key): cycle[1] for key, cycle in rows.items()}
        transaction.set_rollback(True)
    return found


def prepare(days, by, at):
    return holidays.prepare(days=days, by=by, today=clock.today(at), at=at)


def make(change, at):
    return actions.make(
        found=change,
        fingerprint=change.fingerprint,
        reason="The calendar of the year",
        by=change.proposed_by,
        today=clock.today(at),
        at=at,
    )


def sent(page, **more):
    (found,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', page.text)
    return {"fingerprint": found, "reason": "The president closed the university"} | more


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_what_the_turns_do_and_undoing_leaves_what_was_there(in_alpha, bo, at, seed):
    rng, today, course = random.Random(seed), clock.today(at), make_course()
    set_holidays(days=a_list(rng, today), by=bo, at=at - 9 * DAY)
    requirements = [
        make_requirement(roll="later", window_days=60, return_days=7),
        make_requirement(title="Working days", due_unit="working", first_due_days=22, recurs_months=None),
        make_requirement(title="Earlier", roll="earlier", validity_anchor="month_end", due_from="hire"),
    ]
    population(rng, course, at)
    turn(at - 3 * DAY)
    turn(at)
    was, before = due_dates(requirements, at), [in_force(each) for each in requirements]
    change = prepare(a_list(rng, today), bo, at)
    if seed % 2:
        change = actions.rework(found=change, reach=Reach.OPEN, by=bo, today=today, at=at)
    lines = {(each.requirement_id, each.user_id): each for each in queries.outlook_lines(change.outlook)}
    make(change, at)
    now = due_dates(requirements, at)
    assert set(was) == set(now)
    moved = {
        (pk, who): (was[days, pk, who], due)
        for (days, pk, who), due in now.items()
        if was[days, pk, who] != due
    }
    told = {
        key: pair
        for key, each in lines.items()
        for pair in [(each.due_from, each.due_to), (each.next_due_from, each.next_due_to)]
        if pair[0] != pair[1]
    }
    assert moved == told
    assert change.affected_count == len({who for _pk, who in lines})
    turn(at)
    undone = actions.prepare_undo(undone=HolidayChange.objects.get(pk=change.pk), by=bo, today=today, at=at)
    make(undone, at)
    turn(at)
    assert [in_force(each) for each in requirements] == before
    assert holidays.list_now() == change.days_before


@pytest.fixture
def begun(in_alpha, bo, at):
    """Three who begin tomorrow and would be due on 23 December, a Wednesday; one requirement that is moved by it."""
    requirement = make_requirement(roll="later", first_due_days=29)
    people = [make_user(given_name=name, family_name="Weber") for name in ("Ana", "Ben", "Cia")]
    for each in people:
        make_affiliation(each, starts_on=clock.today(at) + DAY)
    turn(at)
    with clock.frozen(at):
        yield requirement


def test_if_facts_changed_nothing_is_saved_and_it_is_worked_out_anew(begun, bo, at):
    change = prepare(CLOSED, bo, at)
    assert change.affected_count == 3
    make_affiliation(make_user(given_name="Dan"), starts_on=clock.today(at) + DAY)
    with pytest.raises(DifferenceChanged):
        make(change, at)
    anew = HolidayChange.objects.get(pk=change.pk)
    assert (anew.affected_count, anew.fingerprint == change.fingerprint) == (4, False)
    assert OutlookLine.objects.filter(outlook__holidays=anew).count() == 4
    assert not Holiday.objects.exists()
    make(anew, at)
    assert {row.on: row.name for row in Holiday.objects.all()} == CLOSED


def test_an_open_date_on_a_day_that_is_closed_now_is_asked_about_and_follows(
    begun, client_for, alpha, bo, at, dee
):
    tomorrow = at + DAY
    with clock.frozen(tomorrow):
        turn(tomorrow)
        officer = client_for(alpha, bo)
        address = officer.post("/requirements/holidays/", {"days": PASTED}).url
        page = officer.get(address)
        assert "Open due dates follow with" in page.text
        officer.post(f"{address}rework/", {"reach": "open"})
        page = officer.get(address)
        assert "due 23 Dec 2026 → 25 Dec 2026" in page.text
        officer.post(f"{address}make/", sent(page))
        with inside(alpha):
            assert {row[2][-1][1] for row in in_force(begun).values()} == {D(2026, 12, 25)}
            owed = records.owed_by(User.objects.get(given_name="Ana").pk, clock.today(tomorrow))
            assert records.moved_text(owed[0].moved_by).startswith(
                "moved from 23 Dec 2026 with the holidays on 24 Nov"
            )
        undo = officer.post(f"{address}undo/").url
        officer.post(f"{undo}make/", sent(officer.get(undo)))
        with inside(alpha):
            assert {row[2][-1][1] for row in in_force(begun).values()} == {D(2026, 12, 23)}


def test_prepared_on_one_list_it_is_not_made_on_another(begun, bo, at):
    change, other = prepare(CLOSED, bo, at), prepare({D(2026, 12, 23): "Closing day"}, bo, at)
    make(other, at)
    with pytest.raises(Refused, match="was changed meanwhile"):
        make(change, at)
    with pytest.raises(Refused, match="made already"):
        make(other, at)


def test_undone_within_a_day_the_newest_first_and_never_twice(begun, bo, at):
    first, second = make(prepare({D(2026, 12, 23): "Closing day"}, bo, at), at), None
    second = make(prepare(CLOSED, bo, at), at)

    def undo(made, at):
        return actions.prepare_undo(undone=made, by=bo, today=clock.today(at), at=at)

    with pytest.raises(Refused, match="Undo that one first"):
        undo(first, at)
    with pytest.raises(Refused, match="more than 24 hours ago"):
        undo(second, at + dt.timedelta(hours=25))
    undone = make(undo(second, at), at)
    assert [row.on for row in Holiday.objects.all()] == [D(2026, 12, 23)]
    with pytest.raises(Refused, match="not undone itself"):
        undo(undone, at)
    with pytest.raises(Refused, match="undone already"):
        undo(second, at)
    make(undo(first, at), at)
    assert not Holiday.objects.exists()
    with pytest.raises(Refused, match="undone already"):
        undo(first, at)


def test_seen_made_and_undone_on_the_pages(begun, client_for, alpha, bo, at):
    officer = client_for(alpha, bo)
    answer = officer.post("/requirements/holidays/", {"days": PASTED})
    assert answer.url.startswith("/changes/holidays/")
    page = officer.get(answer.url)
    for text in (
        "Due date moves: 3",
        "3 of",
        "Closing day",
        "due 23 Dec 2026 → 25 Dec 2026",
        "Make this change",
    ):
        assert text in page.text
    assert "Nobody matches" in officer.get(f"{answer.url}?effect=next").text
    rows = b"".join(officer.get(f"{answer.url}people.csv").streaming_content).decode()
    assert rows.count("\n") == 4
    with inside(alpha):
        assert not Holiday.objects.exists()
    assert officer.post(f"{answer.url}make/", sent(page, reason="")).status_code == 422
    officer.post(f"{answer.url}make/", sent(page))
    with inside(alpha):
        assert Holiday.objects.count() == 2
    undo = officer.post(f"{answer.url}undo/")
    page = officer.get(undo.url)
    assert "brings back the list as it was" in page.text
    officer.post(f"{undo.url}make/", sent(page))
    assert "This change was undone" in officer.get(answer.url).text
    with inside(alpha):
        assert not Holiday.objects.exists()


def test_what_moves_nobody_is_saved_in_one_step_and_stands_in_the_list(begun, client_for, alpha, bo):
    officer = client_for(alpha, bo)
    assert "not changed yet" in officer.get("/changes/holidays/").text
    answer = officer.post("/requirements/holidays/", {"days": "2027-07-05, Independence Day"}, follow=True)
    assert "It moves nobody’s dates" in answer.text
    assert "Independence Day" in answer.text
    again = officer.post("/requirements/holidays/", {"days": "2027-07-05, Independence Day"}, follow=True)
    assert "Nothing was different." in again.text
    assert "Change 1" in officer.get("/changes/holidays/").text
    with inside(alpha):
        change = HolidayChange.objects.get()
        assert (change.state, change.affected_count) == ("made", 0)


def test_many_take_a_second_person_and_never_the_first(begun, client_for, alpha, bo, at, deliver):
    eve = make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))
    actions.set_threshold(is_on=True, percent=0, at_least=2, by=bo, at=at)
    officer, second = client_for(alpha, bo), client_for(alpha, eve)
    address = officer.post("/requirements/holidays/", {"days": PASTED}).url
    officer.post(f"{address}make/", sent(officer.get(address)))
    assert "Somebody else has to agree" in officer.get(address).text
    assert any("holidays waits for you" in str(mail["subject"]) for mail in deliver(at))
    assert "waits for a second person" in second.get("/changes/").text
    page = second.get(address)
    officer.post(f"{address}decide/", sent(page, decision="approve"))
    with inside(alpha):
        assert HolidayChange.objects.get().state == "waiting"
    assert second.post(f"{address}decide/", sent(page, decision="reject")).status_code == 422
    second.post(f"{address}decide/", sent(page, decision="approve", remark="Right"))
    with inside(alpha):
        assert HolidayChange.objects.get().state == "made"
        assert Holiday.objects.count() == 2
    assert "Right" in officer.get(address).text
    assert any("Made: change 1" in str(mail["subject"]) for mail in deliver(at))


def test_rejected_or_withdrawn_nothing_is_saved(begun, client_for, alpha, bo, at, deliver):
    eve = make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))
    actions.set_threshold(is_on=True, percent=0, at_least=2, by=bo, at=at)
    officer, second = client_for(alpha, bo), client_for(alpha, eve)
    for decided in ("reject", "withdraw"):
        address = officer.post("/requirements/holidays/", {"days": PASTED}).url
        officer.post(f"{address}make/", sent(officer.get(address)))
        if decided == "reject":
            second.post(f"{address}decide/", sent(second.get(address), decision="reject", remark="Not yet"))
        else:
            second.post(f"{address}withdraw/")
            officer.post(f"{address}withdraw/")
    with inside(alpha):
        assert [each.state for each in HolidayChange.objects.order_by("pk")] == ["rejected", "withdrawn"]
        assert not Holiday.objects.exists()


def test_a_list_that_somebody_holds_is_said_and_nothing_is_prepared(alpha, ada, at):
    with inside(alpha):
        params = {
            key: connection.get_connection_params()[key]
            for key in ("dbname", "user", "password", "host", "port")
        }
        with psycopg.connect(**params) as elsewhere, transaction.atomic(), connection.cursor() as cursor:
            elsewhere.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, alpha.schema_name])
            cursor.execute("SET LOCAL lock_timeout = 50")
            with pytest.raises(UnderWay, match="try again"), transaction.atomic():
                holidays.prepare(days=CLOSED, by=ada, today=clock.today(at), at=at)
        assert not HolidayChange.objects.exists()
