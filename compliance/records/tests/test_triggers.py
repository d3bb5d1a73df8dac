"""Events after which training is asked for again: seen, recorded, answered, ended; and what the turns make of them."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from compliance.oversight.queries.foresight import ahead
from compliance.records import actions, queries
from compliance.records.enums import CloseReason, EventKind, EventOutcome, EventReach
from compliance.records.models import ComplianceRecord, Concern, TriggeringEvent
from compliance.records.rules import NumbersChanged
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people.models import Leave, User
from lms.people.tests.factories import make_affiliation, make_department, make_user

from .factories import make_completion

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
DONE = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _here(in_alpha: Any) -> None:
    pass


def turn(on: dt.date) -> None:
    at = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    actions.daily_turn(at=at, scheduled_for=at)


@pytest.fixture
def requirement() -> Any:
    return make_requirement(
        course=make_course(), starts_on=dt.date(2026, 11, 1), recurs_months=12, window_days=60, grace_days=3
    )


@pytest.fixture
def officer() -> User:
    return make_user(given_name="Olga", roles=("compliance_officer",))


def person(name: str, requirement: Any, *, done: dt.datetime | None = DONE, department: Any = None) -> User:
    user = make_user(given_name=name)
    make_affiliation(user, **({"department": department} if department else {}))
    if done:
        make_completion(user, course_of(requirement), at=done)
    return user


def draft(**fields: Any) -> queries.Draft:
    given: dict[str, Any] = {
        "kind": EventKind.PHISHING, "title": "Spring test", "account": "", "happened_on": dt.date(2026, 11, 20),
        "days": 14, "reach": EventReach.EVERYBODY,
    }  # fmt: skip
    return queries.Draft(**(given | fields))


def record(requirement: Any, by: User, on: dt.date = TODAY, **fields: Any) -> Any:
    what, at = draft(**fields), NOW + (on - TODAY)
    seen = queries.preview(requirement, what, on)
    return actions.record_event(requirement, what, fingerprint=seen.fingerprint, by=by, today=on, at=at)


def standing(user: User, on: dt.date, of: Any = None) -> tuple[str, dt.date | None]:
    """Of one requirement where the person has several."""
    (owed,) = [each for each in queries.owed_by(user.pk, on) if of is None or each.requirement_id == of.pk]
    row = queries.obligations(on).get(user_id=user.pk, requirement_id=owed.requirement_id)
    assert row.status == owed.status
    return owed.status.value, owed.due_on


SAID = {
    EventKind.POLICY: "because of a policy change on 20 Nov 2026: Spring test",
    EventKind.PHISHING: "because of a failed phishing test on 20 Nov 2026: Spring test",
    EventKind.INCIDENT: "because of a security incident on 20 Nov 2026: Spring test",
    EventKind.CONTENT: "because of a change of the content on 20 Nov 2026: Spring test",
    EventKind.OTHER: "because of an event on 20 Nov 2026: Spring test",
}


@pytest.mark.parametrize("kind", EventKind)
def test_everybody_gets_one_cycle_and_stays_compliant_until_its_due_date(requirement, officer, kind):
    ada = person("Ada", requirement)
    turn(TODAY)
    event = record(requirement, officer, kind=kind)
    row = ComplianceRecord.objects.get(user=ada, completed_at=None)
    assert (row.cycle, row.window_opens_on, row.due_on, row.event) == (2, TODAY, TODAY + 14 * DAY, event)
    assert standing(ada, TODAY) == ("expiring", row.due_on)
    assert queries.may(ada.pk, requirement.pk, row.due_on).is_allowed
    assert standing(ada, row.due_on + DAY)[0] == "in_grace"
    assert standing(ada, row.due_on + 4 * DAY)[0] == "expired"
    assert not queries.may(ada.pk, requirement.pk, row.due_on + DAY).is_allowed
    assert SAID[kind] in queries.because_text(queries.owed_by(ada.pk, TODAY)[0].because)
    assert Message.objects.filter(kind="records.event", user=ada).count() == 1
    assert Event.objects.filter(action="records.event_recorded").exists()


def test_the_turns_change_nothing_and_a_completion_answers_it_and_renews(requirement, officer):
    ada = person("Ada", requirement)
    turn(TODAY)
    record(requirement, officer)
    for days in (0, 1, 1, 2):
        turn(TODAY + days * DAY)
    assert ComplianceRecord.objects.filter(user=ada).count() == 2
    make_completion(ada, course_of(requirement), at=NOW + 5 * DAY)
    turn(TODAY + 5 * DAY)
    row = ComplianceRecord.objects.get(user=ada, cycle=2)
    assert (row.completed_on, row.valid_until) == (TODAY + 5 * DAY, dt.date(2027, 11, 28))
    assert row.late_days == 0
    assert standing(ada, TODAY + 60 * DAY)[0] == "compliant"


def test_the_same_people_are_seen_and_asked_and_not_twice(requirement, officer):
    ada, ben = person("Ada", requirement), person("Ben", requirement)
    turn(TODAY)
    make_completion(ben, course_of(requirement), at=NOW - 2 * DAY)
    seen = queries.preview(requirement, draft(), TODAY)
    assert {one.asked.person_id: one.asked.outcome.value for one in seen.people} == {
        ada.pk: "opened", ben.pk: "done",
    }  # fmt: skip
    event = record(requirement, officer)
    concerned = {one.user_id: one.outcome for one in queries.concerns(event)}
    assert concerned == {ada.pk: EventOutcome.OPENED, ben.pk: EventOutcome.DONE}
    with pytest.raises(actions.Refused, match="changed since you looked"):
        actions.record_event(
            requirement, draft(), fingerprint=seen.fingerprint, by=officer, today=TODAY, at=NOW
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.create(event=event, user=ben, outcome=EventOutcome.EXEMPT)


def test_an_open_cycle_carries_it_with_the_earlier_date_and_gets_its_own_back(requirement, officer):
    new = person("New", requirement, done=None)
    turn(TODAY)
    before = ComplianceRecord.objects.get(user=new)
    event = record(requirement, officer, days=3)
    row = ComplianceRecord.objects.get(user=new)
    assert (row.pk, row.due_on, row.original_due_on) == (before.pk, TODAY + 3 * DAY, before.original_due_on)
    turn(TODAY + DAY)
    row.refresh_from_db()
    assert row.due_on == TODAY + 3 * DAY
    later = record(requirement, officer, days=60, on=TODAY + DAY, title="Second")
    row.refresh_from_db()
    assert (row.due_on, row.event) == (TODAY + 3 * DAY, event)
    actions.end_event(event, reason="Wrong list.", by=officer, today=TODAY + DAY, at=NOW + DAY)
    row.refresh_from_db()
    assert (row.due_on, row.event) == (before.due_on, later)
    actions.end_event(later, reason="Wrong too.", by=officer, today=TODAY + DAY, at=NOW + DAY)
    row.refresh_from_db()
    assert (row.due_on, row.grace_ends_on, row.event) == (before.due_on, before.grace_ends_on, None)


def test_ended_as_a_mistake_its_cycles_close_and_the_renewal_opens_in_its_time(requirement, officer):
    ada = person("Ada", requirement)
    turn(TODAY)
    event = record(requirement, officer)
    assert actions.end_event(event, reason="Wrong list.", by=officer, today=TODAY, at=NOW) == 1
    row = ComplianceRecord.objects.get(user=ada, cycle=2)
    assert (row.close_reason, row.event) == (CloseReason.MISTAKE, event)
    assert standing(ada, TODAY + 30 * DAY)[0] == "compliant"
    assert Message.objects.filter(kind="records.event", user=ada).count() == 2
    with pytest.raises(actions.Refused):
        actions.end_event(event, reason="Again.", by=officer, today=TODAY, at=NOW)
    opens = dt.date(2027, 11, 2) - 60 * DAY
    turn(opens)
    assert ComplianceRecord.objects.get(user=ada, completed_at=None, closed_at=None).cycle == 3


def test_who_waited_for_another_requirement_waits_again_when_it_was_a_mistake(requirement, officer):
    other = make_requirement(title="Other", course=make_course("other"), starts_on=dt.date(2026, 11, 1))
    requirement.due_from, requirement.due_after = "completion", other
    requirement.save()
    ada = person("Ada", requirement, done=None)
    turn(TODAY)
    assert standing(ada, TODAY, requirement) == ("not_yet_due", None)
    event = record(requirement, officer)
    actions.end_event(event, reason="Wrong list.", by=officer, today=TODAY, at=NOW)
    turn(TODAY)
    assert standing(ada, TODAY, requirement) == ("not_yet_due", None)
    make_completion(ada, course_of(other), at=NOW + 2 * DAY)
    turn(TODAY + 2 * DAY)
    assert standing(ada, TODAY + 2 * DAY, requirement) == ("not_yet_due", TODAY + 32 * DAY)


def test_who_is_on_leave_is_asked_with_a_date_after_it_and_hears_nothing_now(requirement, officer):
    ada = person("Ada", requirement)
    Leave.objects.create(user=ada, starts_on=TODAY - DAY, ends_on=TODAY + 20 * DAY)
    turn(TODAY)
    record(requirement, officer)
    row = ComplianceRecord.objects.get(user=ada, completed_at=None)
    assert row.due_on == TODAY + (21 + requirement.return_days) * DAY
    assert not Message.objects.filter(kind="records.event").exists()
    turn(TODAY + DAY)
    row.refresh_from_db()
    assert row.due_on == TODAY + (21 + requirement.return_days) * DAY


def test_a_waiver_that_ends_leaves_the_event_on_the_fresh_cycle(requirement, officer):
    ada = person("Ada", requirement)
    turn(TODAY)
    waiver = actions.ask_for_waiver(
        user=ada, requirement=requirement, starts_on=TODAY, ends_on=TODAY + 5 * DAY, reason="Field work.",
        by=officer, today=TODAY, at=NOW,
    )  # fmt: skip
    actions.approve_waiver(waiver, note="", by=make_user(), today=TODAY, at=NOW)
    event = record(requirement, officer, days=30)
    turn(TODAY + 6 * DAY)
    row = ComplianceRecord.objects.get(user=ada, completed_at=None, closed_at=None)
    assert (row.window_opens_on, row.event, row.cycle) == (TODAY + 6 * DAY, event, 3)
    assert standing(ada, row.due_on + 9 * DAY)[0] == "expired"


def test_an_extension_after_the_event_moves_its_date_and_the_turn_keeps_it(requirement, officer):
    ada = person("Ada", requirement)
    turn(TODAY)
    record(requirement, officer)
    moved_to = TODAY + 40 * DAY
    seen = queries.moves(
        requirement_id=requirement.pk, user_ids=[ada.pk], moved_to=moved_to, by_id=officer.pk, today=TODAY
    )
    actions.extend(
        requirement=requirement, user_ids=[ada.pk], moved_to=moved_to, reason="Ill.", by=officer, today=TODAY,
        fingerprint=seen.fingerprint, at=NOW + dt.timedelta(hours=1),
    )  # fmt: skip
    turn(TODAY + DAY)
    assert standing(ada, TODAY + DAY) == ("expiring", moved_to)


def test_a_department_and_a_list_concern_only_theirs(requirement, officer):
    law, med = make_department("LAW"), make_department("MED")
    ada = person("Ada", requirement, department=law)
    person("Ben", requirement, department=med)
    stranger = make_user(given_name="Sue")
    turn(TODAY)
    seen = queries.preview(requirement, draft(reach=EventReach.DEPARTMENT, department_code="LAW"), TODAY)
    assert [one.asked.person_id for one in seen.people] == [ada.pk]
    listed = draft(reach=EventReach.LISTED, user_ids=(ada.pk, stranger.pk))
    outcomes = {
        one.asked.person_id: one.asked.outcome.value
        for one in queries.preview(requirement, listed, TODAY).people
    }
    assert outcomes == {ada.pk: "opened", stranger.pk: "not_held"}


@pytest.mark.parametrize("lag", [0, 2])
def test_the_foresight_sees_what_the_turns_bring(requirement, officer, lag):
    person("Ada", requirement), person("Ben", requirement, done=None)
    turn(TODAY)
    record(requirement, officer, days=10)
    seen = ahead(
        [requirement],
        today=TODAY + lag * DAY,
        first=TODAY + lag * DAY,
        last=TODAY + 30 * DAY,
        done_before=None,
    )
    words = {"in_grace", "overdue", "expired", "not_yet_due"}
    expected = {
        (on, what): count
        for on, happened in seen.days.items()
        for what, count in happened.items()
        if what in words
    }
    lived: dict[tuple[dt.date, str], int] = {}
    before = dict(queries.obligations(TODAY + (lag - 1) * DAY).values_list("user_id", "status"))
    for ahead_by in range(lag, 31):
        on = TODAY + ahead_by * DAY
        turn(on)
        now = dict(queries.obligations(on).values_list("user_id", "status"))
        for user_id, status in now.items():
            if status in words and before.get(user_id) != status:
                lived[on, status] = lived.get((on, status), 0) + 1
        before = now
    assert lived
    assert lived == expected


def test_what_was_recorded_cannot_be_rewritten(requirement, officer):
    person("Ada", requirement)
    turn(TODAY)
    event = record(requirement, officer)
    event.title = "Other"
    for change in (event.save, Concern.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_number_of_statements_does_not_grow_with_the_people(
    requirement, officer, django_assert_max_num_queries
):
    for name in ("Ada", "Ben", "Cleo", "Dora", "Eli"):
        person(name, requirement)
    turn(TODAY)
    with django_assert_max_num_queries(18):
        queries.preview(requirement, draft(), TODAY)


def test_what_proof_would_be_worth_is_what_the_turn_then_writes(requirement, officer):
    """Somebody trained whose cycle an event opened long before the renewal window."""
    ada = person("Ada", requirement)
    turn(TODAY)
    record(requirement, officer)
    on = TODAY + dt.timedelta(days=3)
    found = queries.granted(ada.pk, requirement, on)
    assert found.counts_from == TODAY
    make_completion(ada, course_of(requirement), at=dt.datetime.combine(on, dt.time(9), tzinfo=dt.UTC))
    turn(on)
    done = ComplianceRecord.objects.get(user=ada, completed_on=on)
    assert done.valid_until == found.until


def test_a_cycle_that_is_finished_between_looking_and_asking_changes_the_numbers(
    requirement, officer, monkeypatch
):
    ada = person("Ada", requirement, done=None)
    turn(TODAY)
    monkeypatch.setattr(
        "compliance.records.actions.triggering._open",
        lambda *args: pytest.fail("asked although somebody has done it meanwhile"),
    )
    seen = queries.preview(requirement, draft(), TODAY)
    real = queries.preview

    def then_done(*args, **kwargs):
        found = real(*args, **kwargs)
        make_completion(ada, course_of(requirement), at=NOW)
        actions.record_completions(at=NOW)
        return found

    monkeypatch.setattr("compliance.records.queries.triggers.preview", then_done)
    with pytest.raises(NumbersChanged):
        actions.record_event(
            requirement, draft(), fingerprint=seen.fingerprint, by=officer, today=TODAY, at=NOW
        )
    assert not TriggeringEvent.objects.exists()
