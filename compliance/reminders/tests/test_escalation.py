"""Those above are told: the right ones, once a rung, in one letter a day, and of nobody who has finished."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.records.tests.factories import finish, make_grace_decision, make_record
from compliance.reminders import actions, queries
from compliance.reminders.models import Escalation, EscalationCopy
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.models import Holiday
from compliance.requirements.queries import plan_for_everyone
from compliance.requirements.queries.above import told_by_day
from compliance.requirements.tests.factories import make_requirement
from lms.mail import actions as outbox
from lms.mail.models import Message
from lms.people.models import Leave, RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT

RUNGS = [
    {"days": 7, "to": "manager"},
    {"days": 14, "to": "department"},
    {"days": 21, "to": "department_above"},
    {"days": 28, "to": "compliance"},
]
DUE = TODAY - 7 * DAY  # A Monday; so is every rung.
MINUTE = dt.timedelta(minutes=1)


def eight(on: dt.date) -> dt.datetime:
    """08:00 in Berlin, in winter."""
    return dt.datetime.combine(on, dt.time(7), tzinfo=dt.UTC)


def turn(on: dt.date) -> None:
    with clock.frozen(eight(on)):
        actions.run_daily(at=eight(on), scheduled_for=eight(on))


def send(on: dt.date, after: dt.timedelta = MINUTE) -> None:
    at = eight(on) + after
    with clock.frozen(at):
        outbox.deliver_pending(at=at, scheduled_for=at)
        actions.settle(at=at, scheduled_for=at)


def letters() -> dict[str, Message]:
    rows = Message.objects.select_related("user").filter(kind="reminders.escalation")
    return {row.user.given_name: row for row in rows if row.user is not None}


def told() -> list[tuple[int, str, str, dt.date]]:
    """(days, who, as what, on which day) of every copy."""
    rows = EscalationCopy.objects.order_by("local_day", "user__given_name")
    return list(rows.values_list("escalation__days", "user__given_name", "told_as", "local_day"))


def states() -> dict[int, str]:
    return dict(Escalation.objects.values_list("days", "state"))


@pytest.fixture
def house(in_alpha: TenantRef) -> Any:
    """Dee and Eli in law, Max above them both; law, its faculty and the compliance office each have somebody."""
    faculty = make_department("FAC", "Faculty")
    law = make_department("LAW", "Law", parent=faculty)
    cast = {
        name: make_user(given_name=name, family_name="Person")
        for name in ("Dee", "Eli", "Max", "Hana", "Vera")
    }
    cast["Otto"] = make_user(given_name="Otto", family_name="Person", roles=("compliance_officer",))
    for name, department in (("Hana", law), ("Vera", faculty)):
        RoleGrant.objects.create(
            user=cast[name], role="department_administrator", department=department, granted_at=AT
        )
    for name in ("Dee", "Eli"):
        make_affiliation(cast[name], department=law, manager=cast["Max"])
    return SimpleNamespace(**{name.lower(): user for name, user in cast.items()}, law=law, faculty=faculty)


def test_each_rung_is_told_once_however_many_turns_there_are(house: Any) -> None:
    make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    for number in range(40):
        for _ in range((1, 5, 0)[number % 3] if number % 7 else 5):
            turn(TODAY + number * DAY)
    weeks = [TODAY + 7 * count * DAY for count in range(4)]
    assert told() == [
        (7, "Max", "manager", weeks[0]),
        (14, "Hana", "department", weeks[1]),
        (21, "Vera", "department_above", weeks[2]),
        (28, "Otto", "compliance", weeks[3]),
    ]
    assert Message.objects.filter(kind="reminders.escalation").count() == 4


def test_after_an_outage_only_the_highest_rung_is_told(house: Any) -> None:
    make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    turn(TODAY + 16 * DAY)
    assert told() == [(21, "Vera", "department_above", TODAY + 16 * DAY)]
    assert states() == {7: "superseded", 14: "superseded", 21: "told"}


def test_a_rung_that_waits_goes_to_whom_the_requirement_names_by_then_and_says_so(house: Any) -> None:
    requirement = make_requirement(rungs=RUNGS)
    saturday = TODAY + 5 * DAY
    make_open_cycle(house.dee, requirement, due_on=saturday - 7 * DAY)
    turn(saturday)
    requirement.rungs = [{"days": 7, "to": "department"}]
    requirement.save()
    turn(saturday + 2 * DAY)
    assert told() == [(7, "Hana", "department", saturday + 2 * DAY)]
    (found,) = queries.escalations_of(house.dee.pk)
    assert found.meant_for == "The administrators of the department"
    assert not found.is_elsewhere


@pytest.mark.parametrize("is_renewal", [True, False])
def test_the_list_behind_a_letter_has_whom_it_names_in_grace_or_trained_until_later(
    house: Any, is_renewal: bool
) -> None:
    """In grace where that counts as compliant; and a renewal that is due while what was done before still counts."""
    make_grace_decision(1, TODAY)
    requirement = make_requirement(rungs=[{"days": 0, "to": "manager"}])
    record = make_open_cycle(house.dee, requirement, due_on=TODAY - DAY, cycle=2)
    record.grace_ends_on = TODAY + 5 * DAY
    record.save()
    if is_renewal:
        on = TODAY - 400 * DAY
        done: dict[str, Any] = {
            "completed_at": eight(on),
            "completed_on": on,
            "valid_from": on,
            "anchored_on": on,
        }
        make_record(
            record.assignment, due_on=on, window_opens_on=on, valid_until=TODAY + 5 * DAY, late_days=0, **done
        )
    turn(TODAY)
    send(TODAY)
    letter = letters()["Max"].text
    standing = "" if is_renewal else "&standing=in_grace"
    assert f"/overview/people/?requirement={requirement.public_id}{standing}\n" in letter
    assert ("grace until 28 Nov 2026" in letter) is not is_renewal


def test_at_a_weekend_nobody_above_is_told_until_monday(house: Any) -> None:
    saturday = TODAY + 5 * DAY
    make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=saturday - 7 * DAY)
    for number in range(3):
        turn(saturday + number * DAY)
    assert told() == [(7, "Max", "manager", saturday + 2 * DAY)]


def test_on_a_holiday_nobody_above_is_told_and_the_forecasts_know_it(house: Any) -> None:
    Holiday.objects.create(on=TODAY + DAY, name="Founders")
    requirement = make_requirement(rungs=RUNGS)
    make_open_cycle(house.dee, requirement, due_on=DUE + DAY)
    make_open_cycle(house.eli, requirement, due_on=DUE + 5 * DAY)  # Its rungs are reached on Saturdays.
    with clock.frozen(eight(TODAY)):
        announced = {day.on: day.told_count for day in queries.above_days(today=TODAY, first=TODAY)}
        plan = plan_for_everyone(requirement, TODAY).plan
        drafted = {on: n for on, n in told_by_day(requirement, plan, TODAY, 14).items() if n}
    for number in range(14):
        turn(TODAY + number * DAY)
    sent = {on: 1 for _days, _who, _as, on in told()}
    assert announced == drafted == sent
    assert TODAY + 2 * DAY in sent


def test_what_was_passed_over_is_told_after_all_where_the_due_date_moved_and_nobody_was_told(
    house: Any,
) -> None:
    saturday = TODAY + 5 * DAY
    rungs = [{"days": 0, "to": "manager"}, {"days": 14, "to": "department"}]
    requirement = make_requirement(rungs=rungs)
    record = make_open_cycle(house.dee, requirement, due_on=saturday - 14 * DAY)
    turn(saturday)
    assert states() == {0: "superseded", 14: "planned"}
    record.due_on = record.grace_ends_on = moved_to = TODAY + 21 * DAY
    record.save()
    announced = [day.on for day in queries.above_days(today=TODAY + 7 * DAY, first=TODAY + 7 * DAY, days=30)]
    for number in range(7, 40):
        turn(TODAY + number * DAY)
    assert told() == [(0, "Max", "manager", moved_to), (14, "Hana", "department", moved_to + 14 * DAY)]
    assert announced == [moved_to, moved_to + 14 * DAY]


def test_one_letter_has_everybody_and_says_who_how_late_and_why_one_is_told(house: Any) -> None:
    for title in ("Phishing", "Passwords"):
        requirement = make_requirement(title=title, rungs=RUNGS)
        for person in (house.dee, house.eli):
            make_open_cycle(person, requirement, due_on=DUE)
    turn(TODAY)
    send(TODAY)
    letter = letters()["Max"]
    assert letter.subject == "Training still open: 2 people"
    for body in (letter.text, letter.html):
        for words in (
            "Dee Person",
            "Eli Person",
            "Phishing, due 16 Nov 2026",
            "7 days late",
            "they report to you",
        ):
            assert words in body
        assert "/overview/people/?standing=late" in body
    assert set(letters()) == {"Max"}
    assert set(EscalationCopy.objects.values_list("state", flat=True)) == {"sent"}


def test_who_finishes_before_it_leaves_is_not_in_it(house: Any) -> None:
    requirement = make_requirement(title="Phishing", rungs=RUNGS)
    done = make_open_cycle(house.dee, requirement, due_on=DUE)
    make_open_cycle(house.eli, requirement, due_on=DUE)
    turn(TODAY)
    finish(done, on=TODAY)
    send(TODAY, 5 * 60 * MINUTE + MINUTE)  # `finish` is at noon in Berlin: the minute after.
    letter = letters()["Max"]
    assert letter.subject == "Still open: Phishing, Eli Person, due 16 Nov 2026"
    assert "Dee" not in letter.text + letter.html
    copies = EscalationCopy.objects.values_list("escalation__record__user__given_name", "state")
    assert dict(copies) == {"Dee": "suppressed", "Eli": "sent"}


def test_when_all_have_finished_no_letter_leaves(house: Any) -> None:
    record = make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    turn(TODAY)
    finish(record, on=TODAY)
    send(TODAY)
    assert letters()["Max"].state == "suppressed"
    turn(TODAY + 7 * DAY)
    assert len(told()) == 1


def _on_leave(house: Any, record: Any) -> None:
    Leave.objects.create(user=house.dee, starts_on=TODAY)


def _excused(house: Any, record: Any) -> None:
    record.assignment.status = "waived"
    record.assignment.save()


def _at_rest(house: Any, record: Any) -> None:
    record.requirement.state = "paused"
    record.requirement.save()


def _extended(house: Any, record: Any) -> None:
    record.due_on = record.grace_ends_on = TODAY + DAY
    record.save()


def _reports_to_nobody(house: Any, record: Any) -> None:
    house.dee.affiliations.update(manager=None)


def _told_one_leaves(house: Any, record: Any) -> None:
    house.max.is_active = False
    house.max.save()


STOPS = [_on_leave, _excused, _at_rest, _extended]


@pytest.mark.parametrize("stop", STOPS)
def test_of_whom_nobody_reminds_nobody_is_told(house: Any, stop: Callable[[Any, Any], None]) -> None:
    stop(house, make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE))
    turn(TODAY)
    assert told() == []


@pytest.mark.parametrize("stop", STOPS)
def test_whom_a_letter_no_longer_names_was_not_told_of(house: Any, stop: Callable[[Any, Any], None]) -> None:
    make_open_cycle(house.eli, make_requirement(title="Phishing", rungs=RUNGS), due_on=DUE)
    record = make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    turn(TODAY)
    stop(house, record)
    send(TODAY)
    copies = EscalationCopy.objects.values_list("escalation__record__user__given_name", "state")
    assert dict(copies) == {"Dee": "suppressed", "Eli": "sent"}


@pytest.mark.parametrize("stop", [*STOPS, _reports_to_nobody, _told_one_leaves])
def test_a_letter_that_waits_is_dropped_when_it_is_no_longer_so(
    house: Any, stop: Callable[[Any, Any], None]
) -> None:
    record = make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    turn(TODAY)
    stop(house, record)
    send(TODAY)
    assert letters()["Max"].state == "suppressed"


def test_where_nobody_stands_the_next_above_is_told_and_the_record_says_so(house: Any) -> None:
    Leave.objects.create(user=house.max, starts_on=TODAY)
    house.hana.last_day_on = TODAY - DAY
    house.hana.save()
    make_open_cycle(house.dee, make_requirement(title="Phishing", rungs=RUNGS), due_on=DUE)
    turn(TODAY)
    send(TODAY)
    (found,) = queries.escalations_of(house.dee.pk)
    assert (found.requirement_title, found.days, found.meant_for) == ("Phishing", 7, "The manager")
    assert found.is_elsewhere
    assert found.copies == (
        queries.Copy("Vera Person", "The administrators of the department", TODAY, "Sent"),
    )


def test_of_a_compliance_officer_without_anybody_above_nobody_is_told(house: Any) -> None:
    make_open_cycle(house.otto, make_requirement(rungs=RUNGS), due_on=DUE)
    turn(TODAY)
    assert states() == {7: "nobody"}
    assert queries.escalations_of(house.otto.pk)[0].copies == ()


def test_an_owner_is_told_only_if_they_see_everybody(house: Any) -> None:
    rung = [{"days": 7, "to": "compliance"}]
    auditor = make_user(given_name="Aud", family_name="Person", roles=("auditor",))
    make_open_cycle(house.dee, make_requirement(rungs=rung, owner=auditor), due_on=DUE)
    make_open_cycle(house.eli, make_requirement(rungs=rung, owner=house.max), due_on=DUE)
    turn(TODAY)
    assert {name for _days, name, _role, _on in told()} == {"Aud", "Otto"}


def test_the_forecast_is_what_then_happens(house: Any) -> None:
    """Every day of two weeks: as many letters as were announced."""
    requirement = make_requirement(rungs=RUNGS)
    for number, person in enumerate((house.dee, house.eli, house.max, house.hana)):
        make_open_cycle(person, requirement, due_on=DUE + number * DAY)
    announced = {day.on: day.told_count for day in queries.above_days(today=TODAY, first=TODAY)}
    for number in range(14):
        turn(TODAY + number * DAY)
    sent: dict[dt.date, int] = {}
    for on in EscalationCopy.objects.values_list("local_day", "user").distinct():
        sent[on[0]] = sent.get(on[0], 0) + 1
    assert announced == sent != {}


def test_a_turn_costs_the_same_for_one_and_for_many(house: Any) -> None:
    def cost(on: dt.date) -> int:
        actions.plan_escalations(today=on, at=eight(on))
        with CaptureQueriesContext(connection) as caught:
            assert actions.escalate(today=on, at=eight(on)) == 1
        return len(caught)

    requirement = make_requirement(rungs=RUNGS[:1])
    make_open_cycle(house.dee, requirement, due_on=DUE)
    one = cost(TODAY)
    for number in range(3):
        person = make_user(given_name=f"P{number}", family_name="Person")
        make_affiliation(person, department=house.law, manager=house.max)
        make_open_cycle(person, requirement, due_on=DUE + DAY)
    assert cost(TODAY + DAY) == one


def test_what_came_back_from_a_backup_is_not_told_again(house: Any) -> None:
    make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    actions.pass_over(at=eight(TODAY), reason="A restore.")
    turn(TODAY)
    assert told() == []


def test_the_neighbour_tells_nobody_here(house: Any, beta: TenantRef) -> None:
    make_open_cycle(house.dee, make_requirement(rungs=RUNGS), due_on=DUE)
    with inside(beta):
        turn(TODAY)
        assert not Escalation.objects.exists()
    assert not Escalation.objects.exists()
