"""One digest per person and day, however many workers, turns and outages there are."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from compliance.records.tests.factories import finish
from compliance.reminders import actions, queries
from compliance.reminders.models import Digest, Notice
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.tests.factories import make_requirement
from lms.mail import queries as mail
from lms.people.models import Leave
from lms.people.tests.factories import make_user
from tenants.context import TenantRef, inside

MORNING = dt.time(8, 0)


@pytest.fixture
def person(in_alpha: TenantRef) -> Any:
    return make_user(given_name="Dee", family_name="Dubois")


def eight(on: dt.date, zone: str = "Europe/Berlin") -> dt.datetime:
    """08:00 on the wall clock, as UTC."""
    return dt.datetime.combine(on, MORNING, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def turn(on: dt.date, zone: str = "Europe/Berlin") -> dt.datetime | None:
    return actions.run_daily(at=eight(on, zone), scheduled_for=eight(on, zone))


def days() -> list[dt.date]:
    return list(Digest.objects.order_by("local_day").values_list("local_day", flat=True))


def test_three_courses_make_one_message(person: Any) -> None:
    for title in ("Phishing", "Data protection", "Passwords"):
        make_open_cycle(person, make_requirement(title=title), due_on=TODAY + 7 * DAY)
    turn(TODAY)
    assert days() == [TODAY]
    assert [row.key for row in mail.history(person.pk)] == [f"digest:{person.pk}:{TODAY}"]
    assert Notice.objects.filter(digest__isnull=False).count() == 3


def test_five_turns_on_one_day_make_one_message(person: Any) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 7 * DAY)
    for _ in range(5):
        turn(TODAY)
    assert len(mail.history(person.pk)) == 1


def test_the_ladder_from_assignment_to_six_weeks_late(person: Any) -> None:
    due_on = TODAY + 30 * DAY  # Wednesday 23 December.
    make_open_cycle(person, make_requirement(), due_on=due_on, assigned_on=TODAY)
    for number in range(90):
        turn(TODAY + number * DAY)
    after = [due_on + 7 * count * DAY for count in range(1, 7)]
    assert days() == [TODAY, due_on - 7 * DAY, due_on - DAY, due_on, *after]


def test_three_days_without_a_turn_end_in_one_message(person: Any) -> None:
    make_open_cycle(person, make_requirement(remind_before=[4, 3, 2, 1]), due_on=TODAY + 4 * DAY)
    turn(TODAY)
    turn(TODAY + 4 * DAY)
    assert days() == [TODAY, TODAY + 4 * DAY]
    newest = Notice.objects.get(digest__local_day=TODAY + 4 * DAY)
    assert (newest.kind, newest.step) == ("due", 0)


def test_at_a_weekend_a_notice_waits_for_monday(person: Any) -> None:
    saturday = TODAY + 5 * DAY
    make_open_cycle(person, make_requirement(), due_on=saturday + 7 * DAY)
    turn(TODAY - DAY)  # Sunday before: whatever came earlier is not what is asked here.
    Notice.objects.all().delete()
    Digest.objects.all().delete()
    for number in range(3):
        turn(saturday + number * DAY)
    assert days() == [saturday + 2 * DAY]


@pytest.mark.parametrize("days_before", [0, 1])
def test_the_last_warning_and_the_due_day_leave_at_a_weekend_too(person: Any, days_before: int) -> None:
    saturday = TODAY + 5 * DAY
    make_open_cycle(person, make_requirement(), due_on=saturday + days_before * DAY)
    turn(saturday)
    assert days() == [saturday]


def test_in_the_evening_notices_are_planned_and_leave_the_next_morning(person: Any) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 7 * DAY)
    evening = eight(TODAY) + dt.timedelta(hours=12)
    assert actions.run_daily(at=evening, scheduled_for=eight(TODAY)) == eight(TODAY + DAY)
    assert days() == []
    assert Notice.objects.filter(state="planned").count() == 1


def test_completing_before_the_turn_stops_it(person: Any) -> None:
    record = make_open_cycle(person, make_requirement(), due_on=TODAY + 7 * DAY)
    finish(record, on=TODAY)
    turn(TODAY)
    assert days() == []


def test_a_second_worker_gathers_nothing(person: Any, at: dt.datetime) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 7 * DAY)
    actions.plan_notices(today=TODAY, at=at)
    assert actions.compose_digests(today=TODAY, at=at) == 1
    assert actions.compose_digests(today=TODAY, at=at) == 0


def test_a_digest_says_nothing_of_what_was_completed_meanwhile(person: Any) -> None:
    done = make_open_cycle(person, make_requirement(title="Phishing"), due_on=TODAY + 7 * DAY)
    make_open_cycle(person, make_requirement(title="Passwords"), due_on=TODAY + 7 * DAY)
    turn(TODAY)
    finish(done, on=TODAY)
    digest = Digest.objects.get()
    items = queries.digest_items(digest_id=digest.pk, today=TODAY)
    assert [item.requirement_title for item in items] == ["Passwords"]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Chatham", "America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("first", [dt.date(2026, 3, 6), dt.date(2026, 10, 23), dt.date(2026, 4, 3)])
def test_every_zone_gets_its_day_across_clock_changes(alpha: TenantRef, zone: str, first: dt.date) -> None:
    import dataclasses

    with inside(dataclasses.replace(alpha, time_zone=zone)):
        person = make_user(given_name="Kiri", family_name="Moana")
        make_open_cycle(
            person, make_requirement(remind_before=[1]), due_on=first + 3 * DAY, assigned_on=first
        )
        for number in range(5):
            turn(first + number * DAY, zone)
        assert days()[-2:] == [first + 2 * DAY, first + 3 * DAY]


# By hand.


def test_reminding_by_hand_sends_one_message_and_not_a_second_within_a_day(person: Any, ada: Any) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 20 * DAY)
    asked = {"user_ids": [person.pk], "today": TODAY, "by": ada}
    assert actions.remind_now(at=eight(TODAY), **asked) == 1
    assert actions.remind_now(at=eight(TODAY) + dt.timedelta(hours=2), **asked) == 0
    assert Digest.objects.get().asked_by == ada


def test_reminding_by_hand_counts_whom_it_leaves_out(person: Any, ada: Any) -> None:
    requirement = make_requirement()
    away = make_user(given_name="Ann", family_name="Away")
    make_open_cycle(away, requirement, due_on=TODAY)
    Leave.objects.create(user=away, starts_on=TODAY)
    recent = make_user(given_name="Rae", family_name="Recent")
    make_open_cycle(recent, requirement, due_on=TODAY)
    turn(TODAY)
    make_open_cycle(person, requirement, due_on=TODAY + 20 * DAY)
    found = queries.remindable(
        user_ids=[person.pk, away.pk, recent.pk, ada.pk], today=TODAY, at=eight(TODAY) + dt.timedelta(hours=1)
    )
    assert found.user_ids == {person.pk}
    assert (found.nothing_owed_count, found.recently_reminded_count) == (2, 1)
    assert found.asked_count == 4


def test_reminding_in_the_evening_leaves_the_next_morning(person: Any, ada: Any) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 20 * DAY)
    evening = eight(TODAY) + dt.timedelta(hours=12)
    actions.remind_now(user_ids=[person.pk], today=TODAY, at=evening, by=ada)
    assert mail.history(person.pk)[0].next_try_at == eight(TODAY + DAY)


# Looking ahead.


def test_the_forecast_is_what_then_happens(person: Any) -> None:
    """Every day of the next three weeks: as many digests as were announced."""
    for number, due in enumerate((3, 9, 12, 18, -4)):
        other = make_user(given_name=f"P{number}", family_name="Person")
        make_open_cycle(
            other,
            make_requirement(title=f"R{number}"),
            due_on=TODAY + due * DAY,
            assigned_on=TODAY - 40 * DAY,
        )
    turn(TODAY)
    announced = {
        day.on: day.people_count for day in queries.upcoming_days(today=TODAY, first=TODAY + DAY, days=21)
    }
    for number in range(1, 22):
        turn(TODAY + number * DAY)
    came: dict[dt.date, int] = {}
    for on in days():
        came[on] = came.get(on, 0) + 1
    came.pop(TODAY)
    assert announced == came


def test_the_forecast_names_the_people_of_the_next_turn(person: Any) -> None:
    make_open_cycle(person, make_requirement(), due_on=TODAY + 8 * DAY)
    turn(TODAY)
    first = queries.next_turn_on(today=TODAY, at=eight(TODAY) + dt.timedelta(hours=3))
    lines = queries.upcoming_notices(today=TODAY, first=first, send_on=first)
    assert first == TODAY + DAY
    assert [(line.person_name, line.kind, line.step) for line in lines] == [("Dee Dubois", "before", 7)]
