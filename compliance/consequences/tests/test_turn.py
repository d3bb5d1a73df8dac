"""Who loses access in the night and regains it at once: rows that any number of turns leave the same."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance.consequences import actions, queries
from compliance.consequences.enums import Cause, DeliveryKind
from compliance.consequences.models import Consequence, Delivery, Withdrawal
from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records import actions as records
from compliance.records.tests.factories import (
    make_completion,
    noon,
    turn,
)
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.audit.models import Event
from lms.people.models import User
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import inside
from tenants.tests.factories import AT

from .factories import make_consequence, make_receiver, night

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def regain(on: dt.date) -> None:
    at = noon(on)
    actions.restore(at=at, scheduled_for=at)


def rows() -> list[tuple[Any, ...]]:
    found = Withdrawal.objects.order_by("pk").values_list(
        "user_id", "due_on", "withdrawn_on", "restored_at", "cause"
    )
    calls = Delivery.objects.order_by("pk").values_list("user_id", "kind")
    return [*found, *calls]


def test_one_turn_or_five_leave_the_same_rows_and_a_call_without_any_more_than_is_needed(
    late: Any, bo: Any
) -> None:
    user, requirement = late
    for state in ("grace", "soon", "excused", "compliant", "not_begun", "expiring", "for_good"):
        give(make_user(given_name=state), requirement, state)
    gone = make_user(given_name="Gone", is_active=False)
    give(gone, requirement, "overdue")
    make_consequence(requirement, make_receiver(bo), bo)
    assert rows() == []
    night(TODAY)
    first = rows()
    for _again in range(4):
        night(TODAY)
        regain(TODAY)
    assert rows() == first
    (lost,) = Withdrawal.objects.all()
    assert (lost.user, lost.due_on, lost.withdrawn_on) == (user, TODAY - 20 * DAY, TODAY)
    (call,) = Delivery.objects.all()
    assert json.loads(call.body) == {
        "type": "access.withdrawn",
        "timestamp": "2026-11-23T11:00:00+00:00",
        "id": str(call.public_id),
        "data": {
            "person": {"email": "lee@example.org", "employee_id": "E-1"},
            "access": "withdrawn",
            "missing": [
                {
                    "requirement": str(requirement.public_id), "title": requirement.title,
                    "due_on": str(TODAY - 20 * DAY), "withdrawn_on": str(TODAY),
                }
            ],
            "settled": [],
        },
    }  # fmt: skip
    assert Event.objects.filter(action="consequences.turned").count() == 1


def test_the_day_counts_also_after_an_outage_and_who_let_it_run_out_may_lose_access_at_once(bo: Any) -> None:
    requirement, receiver = make_requirement(), make_receiver(bo)
    user = make_user()
    make_affiliation(user)
    give(user, requirement, "expired")  # ten days ago
    other = make_requirement(title="Other", course=make_course("other"))
    give(user, other, "expired")
    make_consequence(requirement, receiver, bo, days=14)
    make_consequence(other, receiver, bo, days=14, at_once=True)
    night(TODAY + 3 * DAY)
    assert [each.consequence.requirement for each in Withdrawal.objects.all()] == [other]
    night(TODAY + 30 * DAY)  # nothing ran on the fourth day
    assert Withdrawal.objects.filter(restored_at__isnull=True).count() == 2


def test_nobody_loses_access_in_a_freeze_whoever_still_owes_it_does_on_the_day_after(
    late: Any, bo: Any
) -> None:
    user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    ends_on = TODAY + 4 * DAY
    actions.add_freeze(name="Finals", starts_on=TODAY, ends_on=ends_on, by=bo, at=AT)
    assert [each.on for each in queries.losses_of(user.pk, TODAY)] == [ends_on + DAY]
    night(TODAY)
    night(ends_on)
    assert rows() == []
    night(ends_on + DAY)
    assert Withdrawal.objects.get().withdrawn_on == ends_on + DAY
    (loss,) = queries.losses_of(user.pk, ends_on + DAY)
    assert loss.is_lost
    # Restoring is never frozen.
    actions.add_freeze(name="Semester start", starts_on=TODAY, ends_on=TODAY + 60 * DAY, by=bo, at=AT)
    make_completion(user, course_of(requirement), at=noon(ends_on + DAY))
    records.completions_turn(at=noon(ends_on + 2 * DAY), scheduled_for=AT)
    regain(ends_on + 2 * DAY)
    assert Withdrawal.objects.get().cause == Cause.COMPLETED


def test_what_was_finished_but_not_yet_credited_withdraws_nothing(late: Any, bo: Any) -> None:
    user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    make_completion(user, course_of(requirement), at=noon(TODAY) - dt.timedelta(minutes=1))
    night(TODAY)
    assert rows() == []


def test_access_comes_back_when_the_last_of_several_requirements_is_done(late: Any, bo: Any) -> None:
    user, requirement = late
    other = make_requirement(title="Other", course=make_course("other"))
    give(user, other, "overdue")
    receiver = make_receiver(bo)
    for each in (requirement, other):
        make_consequence(each, receiver, bo)
    night(TODAY)
    assert Delivery.objects.count() == 1  # one call that names both
    assert all("everything it is withdrawn for" in each.text for each in queries.losses_of(user.pk, TODAY))
    for number, each in enumerate((requirement, other), start=1):
        make_completion(user, course_of(each), at=noon(TODAY))
        records.completions_turn(at=noon(TODAY + DAY), scheduled_for=AT)
        regain(TODAY + DAY)
        assert Withdrawal.objects.filter(restored_at__isnull=False).count() == number
        assert Delivery.objects.count() == number
    told = json.loads(Delivery.objects.order_by("-pk")[0].body)
    assert (told["type"], told["data"]["access"], told["data"]["missing"]) == (
        "access.restored",
        "restored",
        [],
    )
    assert [each.regained_by is None for each in Withdrawal.objects.order_by("pk")] == [True, False]


def test_whoever_leaves_is_excused_or_gets_more_time_regains_it_and_no_system_hears_why(
    late: Any, bo: Any
) -> None:
    user, requirement = late
    people = [make_user(given_name=name) for name in ("Waived", "Moved", "Left", "Ended")]
    for each in people:
        make_affiliation(each)
        give(each, requirement, "overdue")
    waived, moved, left, _ended = people
    made = make_consequence(requirement, make_receiver(bo), bo)
    night(TODAY)
    waived.assignments.update(status="waived")
    record = moved.compliance_records.get()
    record.due_on = record.grace_ends_on = TODAY + 9 * DAY
    record.save()
    User.objects.filter(pk=left.pk).update(is_active=False)
    regain(TODAY + DAY)
    causes = dict(Withdrawal.objects.exclude(cause="").values_list("user_id", "cause"))
    assert causes == {waived.pk: Cause.WAIVED, moved.pk: Cause.EXTENDED}
    told = Delivery.objects.filter(kind=DeliveryKind.RESTORED)
    assert {each["because"] for call in told for each in json.loads(call.body)["data"]["settled"]} == {
        "no_longer_due"
    }
    actions.end_consequence(made, by=bo, at=noon(TODAY + DAY))
    regain(TODAY + DAY)
    assert Withdrawal.objects.get(user=user).cause == Cause.ENDED
    assert Withdrawal.objects.get(restored_at__isnull=True).user == left


def test_a_due_date_that_moved_a_little_gives_access_back_until_its_new_day_has_come(
    late: Any, bo: Any
) -> None:
    user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    night(TODAY)
    record = user.compliance_records.get()
    record.due_on = record.grace_ends_on = TODAY - DAY  # still late, but not by 14 days
    record.save()
    regain(TODAY)
    assert Withdrawal.objects.get().cause == Cause.EXTENDED
    night(TODAY + 12 * DAY)
    assert Withdrawal.objects.count() == 1
    night(TODAY + 13 * DAY)
    assert Withdrawal.objects.filter(restored_at__isnull=True).count() == 1


def test_a_paused_system_loses_nobody_and_what_befell_somebody_is_kept_by_the_database(
    late: Any, bo: Any
) -> None:
    user, requirement = late
    receiver = make_receiver(bo)
    make_consequence(requirement, receiver, bo)
    actions.pause_receiver(receiver, by=bo, at=AT)
    night(TODAY)
    assert (rows(), queries.losses_of(user.pk, TODAY)) == ([], [])
    actions.resume_receiver(receiver, by=bo, at=AT)
    night(TODAY)
    for change in (
        lambda: Withdrawal.objects.update(withdrawn_on=TODAY - DAY),
        lambda: Withdrawal.objects.all().delete(),
        lambda: Consequence.objects.update(days=30),
        lambda: Delivery.objects.update(body="{}"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_turn_that_is_hours_late_or_was_due_before_it_was_turned_on_withdraws_nothing(
    late: Any, bo: Any
) -> None:
    _user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    actions.nightly_turn(at=AT, scheduled_for=AT - dt.timedelta(minutes=5))
    assert rows() == []
    later = noon(TODAY + DAY)
    actions.nightly_turn(at=later, scheduled_for=later - dt.timedelta(hours=3, seconds=1))
    assert rows() == []
    actions.nightly_turn(at=later, scheduled_for=later - dt.timedelta(hours=3))
    assert Withdrawal.objects.count() == 1


def test_a_turn_that_withdrew_is_followed_by_one_that_restores(
    alpha: Any, late: Any, bo: Any, deliver: Any
) -> None:
    """Whoever finishes while it runs sees no withdrawal yet, and so wakes nobody."""
    user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    actions.nightly_turn(at=AT, scheduled_for=AT)
    user.assignments.update(status="waived")  # told by no event
    deliver(AT + dt.timedelta(minutes=1))
    with inside(alpha):
        assert Withdrawal.objects.get().cause == Cause.WAIVED


def test_restoring_asks_only_where_somebody_lacks_access(late: Any, bo: Any) -> None:
    _user, requirement = late
    receiver = make_receiver(bo)
    make_consequence(requirement, receiver, bo)
    night(TODAY)
    with CaptureQueriesContext(connection) as alone:
        regain(TODAY)
    other = make_requirement(title="Other", course=make_course("other"))
    make_consequence(other, receiver, bo)
    with CaptureQueriesContext(connection) as beside:
        regain(TODAY)
    assert len(alone) == len(beside)


def test_whoever_left_is_not_let_in_by_a_call_and_regains_it_when_they_are_back(late: Any, bo: Any) -> None:
    user, requirement = late
    let_go = make_user(given_name="Inactive")
    make_affiliation(let_go)
    give(let_go, requirement, "overdue")
    receiver = make_receiver(bo)
    made = make_consequence(requirement, receiver, bo)
    night(TODAY)
    user.affiliations.update(ends_on=TODAY)
    User.objects.filter(pk=let_go.pk).update(is_active=False)
    user.assignments.update(status="withdrawn", withdrawn_on=TODAY + DAY)
    actions.end_consequence(made, by=bo, at=noon(TODAY + DAY))
    regain(TODAY + DAY)
    assert not Delivery.objects.filter(kind=DeliveryKind.RESTORED).exists()
    make_affiliation(user, starts_on=TODAY + 9 * DAY)
    regain(TODAY + 9 * DAY)
    assert Delivery.objects.get(kind=DeliveryKind.RESTORED).user == user
    # Nobody who is here lacks access: the system can be ended, and what waits there is dropped by number.
    with pytest.raises(actions.Refused, match="3 calls"):
        actions.end_receiver(receiver, by=bo, at=noon(TODAY + 9 * DAY))
    actions.end_receiver(receiver, drops=3, by=bo, at=noon(TODAY + 9 * DAY))
    assert not Withdrawal.objects.filter(restored_at__isnull=True).exists()
    assert {each.state for each in Delivery.objects.all()} == {"dropped"}
    with pytest.raises(actions.Refused, match="was ended"):
        actions.send_again(Delivery.objects.latest("pk"), by=bo, at=AT)


def test_a_system_is_not_ended_while_somebody_lacks_access_to_it(late: Any, bo: Any) -> None:
    _user, requirement = late
    receiver = make_receiver(bo)
    made = make_consequence(requirement, receiver, bo)
    night(TODAY)
    actions.end_consequence(made, by=bo, at=noon(TODAY))
    with pytest.raises(actions.Refused, match="still lack access"):
        actions.end_receiver(receiver, drops=9, by=bo, at=noon(TODAY))


def test_a_whole_story_by_the_records_own_turns(bo: Any) -> None:
    """Hired, late, withdrawn on the fourteenth day, on leave, back."""
    requirement = make_requirement(starts_on=TODAY, first_due_days=10, course=make_course())
    user = make_user()
    make_affiliation(user)
    turn(TODAY)
    make_consequence(requirement, make_receiver(bo), bo)
    due = user.compliance_records.get().due_on
    (warned,) = queries.losses_of(user.pk, TODAY)
    assert (warned.is_lost, warned.on) == (False, due + 14 * DAY)
    night(due + 13 * DAY)
    assert rows() == []
    night(due + 14 * DAY)
    assert Withdrawal.objects.get().withdrawn_on == due + 14 * DAY
    user.leaves.create(starts_on=due + 15 * DAY, ends_on=due + 20 * DAY)
    turn(due + 15 * DAY)
    regain(due + 15 * DAY)
    assert Withdrawal.objects.get().cause == Cause.LEAVE
