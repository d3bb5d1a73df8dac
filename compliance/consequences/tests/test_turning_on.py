"""What is confirmed when a consequence is turned on, and whom it is about."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from compliance.consequences import actions, kinds, queries
from compliance.consequences.models import Withdrawal
from compliance.consequences.rules import Terms
from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records.tests.factories import (
    finish,
    make_assignment,
    make_record,
    noon,
)
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_user
from tenants import schedule
from tenants.context import TenantRef, inside
from tenants.rules import lifecycle
from tenants.tests.factories import AT

from .factories import make_consequence, make_receiver, night

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def actions_terms(days: int, *, at_once: bool = False) -> Any:
    return Terms(days, is_at_once_when_expired=at_once)


def test_turning_it_on_takes_the_very_list_that_was_seen(late: Any, bo: Any) -> None:
    user, requirement = late
    receiver, terms = make_receiver(bo), actions_terms(14)
    seen = queries.reach(requirement, receiver, terms, TODAY)
    assert [each.user_id for each in seen.people] == [user.pk]
    other = make_user()
    give(other, requirement, "overdue")
    decided = {
        "requirement": requirement,
        "receiver": receiver,
        "terms": terms,
        "by": bo,
        "at": AT,
    }
    with pytest.raises(actions.ListChanged, match="nothing was turned on"):
        actions.add_consequence(fingerprint=seen.fingerprint, **decided)
    again = queries.reach(requirement, receiver, terms, TODAY)
    elsewhere = decided | {"receiver": make_receiver(bo, name="Cluster")}
    with pytest.raises(actions.ListChanged):
        actions.add_consequence(fingerprint=again.fingerprint, **elsewhere)
    actions.add_consequence(fingerprint=again.fingerprint, **decided)
    with pytest.raises(actions.Refused, match="already"):
        actions.add_consequence(fingerprint=again.fingerprint, **decided)
    with pytest.raises(actions.Refused, match="still withdraw"):
        actions.end_receiver(receiver, by=bo, at=AT)


def test_what_is_confirmed_is_the_list_of_the_next_morning_that_is_free(bo: Any) -> None:
    """Due today and withdrawn one day after: nobody is late yet at noon, and everybody on the list of tomorrow."""
    requirement, receiver, user = make_requirement(), make_receiver(bo), make_user()
    give(user, requirement, "overdue")
    user.compliance_records.update(due_on=TODAY, grace_ends_on=TODAY)
    terms = actions_terms(1)
    before_six = noon(TODAY + DAY) - dt.timedelta(hours=6, minutes=1)
    assert [queries.begins_on(at) for at in (noon(TODAY), before_six)] == [TODAY + DAY] * 2
    seen = queries.reach(requirement, receiver, terms, queries.begins_on(noon(TODAY)))
    assert [each.user_id for each in seen.people] == [user.pk]
    actions.add_consequence(
        requirement=requirement, receiver=receiver, terms=terms, fingerprint=seen.fingerprint, by=bo,
        at=noon(TODAY),
    )  # fmt: skip
    night(TODAY + DAY)
    assert Withdrawal.objects.get().user == user
    actions.add_freeze(name="Finals", starts_on=TODAY, ends_on=TODAY + 4 * DAY, by=bo, at=AT)
    assert queries.begins_on(noon(TODAY)) == TODAY + 5 * DAY


def test_a_temporary_certification_is_no_training_that_ran_out(bo: Any) -> None:
    requirement, (trained, bridged) = make_requirement(), (make_user(given_name=name) for name in "AB")
    until = TODAY - 2 * DAY
    for user in (trained, bridged):
        assignment = make_assignment(user, requirement=requirement)
        held = {"window_opens_on": TODAY - 200 * DAY, "due_on": TODAY - 90 * DAY}
        done = make_record(assignment, is_temporary=user == bridged, **held)
        finish(done, on=TODAY - 99 * DAY, until=until)
        make_record(assignment, cycle=2, window_opens_on=until - 60 * DAY, due_on=until)
    assert [*queries.late_of(requirement.pk, actions_terms(14, at_once=True), TODAY)] == [trained.pk]


def test_where_nobody_can_change_anything_nobody_loses_access_and_whoever_had_regains_it(
    in_alpha: TenantRef, late: Any, bo: Any
) -> None:
    user, requirement = late
    make_consequence(requirement, make_receiver(bo), bo)
    assert len(queries.losses_of(user.pk, TODAY)) == 1
    with inside(replace(in_alpha, status="read_only")):
        assert queries.losses_of(user.pk, TODAY) == []
    may = {
        name: [lifecycle.may(status, schedule.deed_of(name)) for status in ("read_only", "suspended")]
        for name in (kinds.DAILY, kinds.RESTORE, kinds.DELIVER)
    }
    assert may == {kinds.DAILY: [False] * 2, kinds.RESTORE: [True] * 2, kinds.DELIVER: [True] * 2}
