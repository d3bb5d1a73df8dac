"""Changes end to end: what is shown is what happens; two where many are affected; undone exactly."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance.changes import actions, queries
from compliance.changes.enums import Effect, Kind, Reach, State
from compliance.changes.models import Change
from compliance.changes.views.looking import HEADER, _csv_rows
from compliance.records.models import ComplianceRecord, Shift
from compliance.records.tests.factories import make_completion
from compliance.requirements import queries as requirements
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.audit.models import Event
from lms.catalog import actions as catalog
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import edit, in_force, make, prepare, turn, undo

D = dt.date
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def today(at):
    return clock.today(at)


@pytest.fixture
def eve(in_alpha):
    return make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))


@pytest.fixture
def staff():
    """Two staff since January, one faculty since 10 November, one student."""
    law = make_department("LAW", name="School of Law")
    kinds = (("Ana", "staff", D(2026, 1, 1)), ("Ben", "staff", D(2026, 1, 1)),
             ("Cleo", "faculty", D(2026, 11, 10)), ("Dan", "student", D(2026, 9, 1)))  # fmt: skip
    people = {}
    for name, kind, since in kinds:
        people[name] = make_user(given_name=name, family_name="Weber")
        make_affiliation(people[name], department=law, kind=kind, starts_on=since)
    return people


@pytest.fixture
def live(staff, at):
    requirement = make_requirement(starts_on=D(2026, 11, 1), first_due_days=40, grace_days=5)
    turn(at)
    return requirement


def by_name(change, staff):
    names = {user.pk: name for name, user in staff.items()}
    return {names[row.user_id]: row for row in queries.lines_of(change)}


def test_an_edit_says_who_gets_it_and_who_loses_it_and_that_is_what_happens(live, staff, bo, at):
    change = edit(live, bo, at, audience={"kinds": ["staff", "student"]})
    lines = by_name(change, staff)
    assert {name: row.effect for name, row in lines.items()} == {"Cleo": Effect.DROP, "Dan": Effect.ADD}
    assert change.affected_count == 2
    make(change, at)
    turn(at)
    rows = in_force(live)
    assert set(rows) == {staff[name].pk for name in ("Ana", "Ben", "Dan")}
    assert rows[staff["Dan"].pk][2][0][1] == lines["Dan"].due_to
    live.refresh_from_db()
    assert (live.number, change.version_number) == (2, None)
    assert Event.objects.filter(action="changes.made").exists()


def test_future_only_leaves_open_dates_and_open_cycles_too_moves_them_as_a_fact(live, staff, bo, at, today):
    before = in_force(live)
    change = edit(live, bo, at, first_due_days=60, grace_days=10)
    assert queries.effects_of(change) == []
    change = actions.rework(found=change, reach=Reach.OPEN, by=bo, today=today, at=at)
    lines = by_name(change, staff)
    assert (lines["Ana"].due_from, lines["Ana"].due_to) == (D(2026, 12, 11), D(2026, 12, 31))
    make(change, at)
    turn(at)
    record = ComplianceRecord.objects.get(user=staff["Ana"])
    assert (record.due_on, record.original_due_on) == (D(2026, 12, 31), D(2026, 12, 11))
    assert record.grace_ends_on == D(2027, 1, 10)
    shift = Shift.objects.get(record=record)
    assert (shift.number, shift.reason, shift.by) == (1, "The law changed", bo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.update(moved_to=D(2027, 5, 1))
    undo(change, bo, at)
    turn(at)
    assert in_force(live) == before


def test_nobody_becomes_late_by_a_change(live, staff, bo, at, today):
    change = edit(live, bo, at, first_due_days=5)
    change = actions.rework(found=change, reach=Reach.OPEN, by=bo, today=today, at=at)
    assert {row.due_to for row in queries.lines_of(change)} == {today + 5 * DAY}
    make(change, at)
    turn(at)
    assert {row[2][0][1] for row in in_force(live).values()} == {today + 5 * DAY}


def test_it_is_made_only_with_the_difference_that_was_seen(live, staff, bo, at):
    change = edit(live, bo, at, audience={"kinds": ["staff", "student"]})
    seen = change.fingerprint
    newcomer = make_user(given_name="Fay", family_name="Weber")
    make_affiliation(newcomer, kind="student", starts_on=D(2026, 10, 1))
    with pytest.raises(actions.DifferenceChanged):
        make(change, at)
    change.refresh_from_db()
    assert (change.state, change.fingerprint != seen, change.affected_count) == (State.PREPARED, True, 3)
    assert [row.user for row in queries.lines_of(change, difference="any")] == [newcomer]
    make(change, at)
    assert Change.objects.get().state == State.MADE


def test_what_is_no_longer_in_the_difference_is_said_too(live, staff, bo, at):
    change = edit(live, bo, at, audience={"kinds": ["staff", "student"]})
    staff["Dan"].is_active = False
    staff["Dan"].save()
    with pytest.raises(actions.DifferenceChanged):
        make(change, at)
    gone = queries.lines_of(change, difference="any").get()
    assert (gone.user, gone.difference) == (staff["Dan"], "gone")
    assert staff["Dan"].pk not in {row.user_id for row in queries.lines_of(change)}


def test_made_twice_is_made_once(live, staff, bo, at):
    change = edit(live, bo, at, audience={"kinds": ["staff"]})
    make(change, at)
    with pytest.raises(actions.Refused, match="made already"):
        make(change, at)
    live.refresh_from_db()
    assert live.number == 2


def test_two_officers_at_once_the_second_prepares_it_again(live, staff, bo, eve, at):
    first = edit(live, bo, at, audience={"kinds": ["staff"]})
    second = edit(live, eve, at, title="Renamed")
    make(first, at)
    with pytest.raises(actions.Refused, match="changed meanwhile"):
        make(second, at)
    live.refresh_from_db()
    assert (live.title, live.audience) == ("Phishing, yearly", {"kinds": ["staff"]})


def test_above_the_threshold_a_second_person_agrees_and_never_the_first(live, staff, bo, eve, at, today):
    actions.set_threshold(is_on=True, percent=1, at_least=1, by=bo, at=at)
    change = edit(live, bo, at, audience={"kinds": ["staff", "student"]})
    assert change.needs_second
    with pytest.raises(actions.Refused, match="second person"):
        make(change, at)
    given = {"fingerprint": change.fingerprint, "today": today, "at": at}
    actions.ask(found=change, reason="New law", by=bo, **given)
    assert Message.objects.filter(kind="changes.change", user_id=eve.pk).exists()
    with pytest.raises(actions.Refused, match="themself"):
        actions.approve(found=change, remark="", by=bo, **given)
    with pytest.raises(actions.DifferenceChanged):
        actions.approve(found=change, remark="", by=eve, **given | {"fingerprint": "0" * 64})
    change.refresh_from_db()
    actions.approve(found=change, remark="Yes", by=eve, **given | {"fingerprint": change.fingerprint})
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.version_number) == (State.MADE, eve, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(reason="another")
    with pytest.raises(IntegrityError), transaction.atomic():
        change.lines.update(due_to=today)


def test_rejected_and_withdrawn_changes_change_nothing(live, staff, bo, eve, at, today):
    actions.set_threshold(is_on=True, percent=0, at_least=0, by=bo, at=at)
    for deed, left_on in (("reject", None), ("withdraw", None), ("reject", today - DAY)):
        change = edit(live, bo, at, audience={"kinds": ["staff"]})
        actions.ask(found=change, fingerprint=change.fingerprint, reason="x", by=bo, today=today, at=at)
        if deed == "reject":
            change.proposed_by.last_day_on = left_on
            change.proposed_by.save()
            actions.reject(found=change, remark="No", by=eve, at=at)
            told = Message.objects.filter(user=bo, kind="changes.change", facts__id=change.pk)
            assert told.exists() is (left_on is None), "who has left is not written to"
        else:
            actions.withdraw(found=change, by=bo, at=at)
    live.refresh_from_db()
    assert live.number == 1
    assert set(Change.objects.values_list("state", flat=True)) == {State.REJECTED, State.WITHDRAWN}


@pytest.mark.parametrize("kind", [Kind.PAUSE, Kind.RETIRE])
def test_resting_and_retiring_are_seen_first_and_undone_exactly(live, staff, bo, at, kind):
    before = in_force(live)
    change = prepare(live, kind, bo, at)
    effect = Effect.REST if kind == Kind.PAUSE else Effect.DROP
    assert [(one.effect, one.count) for one in queries.effects_of(change)] == [(effect, 3)]
    make(change, at)
    turn(at)
    live.refresh_from_db()
    assert live.state == ("paused" if kind == Kind.PAUSE else "retired")
    later = at + dt.timedelta(hours=20)
    undo(change, bo, later)
    turn(later)
    live.refresh_from_db()
    assert (live.state, in_force(live)) == ("active", before)


def test_resuming_says_which_dates_move(live, staff, bo, at):
    make(prepare(live, Kind.PAUSE, bo, at), at)
    later = at + dt.timedelta(days=30)
    change = prepare(live, Kind.RESUME, bo, later)
    lines = by_name(change, staff)
    make(change, later)
    turn(later)
    rows = in_force(live)
    assert {name: row.due_to for name, row in lines.items()} == {
        name: rows[staff[name].pk][2][0][1] for name in ("Ana", "Ben", "Cleo")
    }
    assert lines["Ana"].due_to > lines["Ana"].due_from


def test_turning_on_is_undone_to_a_draft_and_can_be_turned_on_again(staff, bo, at):
    draft = make_requirement(is_on=False, starts_on=D(2026, 11, 1))
    change = prepare(draft, Kind.TURN_ON, bo, at)
    assert [(one.effect, one.count) for one in queries.effects_of(change)] == [(Effect.ADD, 3)]
    make(change, at)
    turn(at)
    undo(change, bo, at)
    turn(at)
    draft.refresh_from_db()
    assert (draft.state, in_force(draft)) == ("draft", {})
    assert [version.last for version in requirements.versions_of(draft)] == [clock.today(at)]
    assert set(ComplianceRecord.objects.values_list("close_reason", flat=True)) == {"undone"}
    make(prepare(draft, Kind.TURN_ON, bo, at), at)
    turn(at)
    draft.refresh_from_db()
    assert (draft.state, draft.number, len(in_force(draft))) == ("active", 2, 3)


def test_undone_exactly_but_for_what_people_did(live, staff, bo, at):
    make_completion(staff["Ben"], course_of(live), at=at)
    turn(at)
    before = in_force(live)
    change = edit(live, bo, at, audience={"kinds": ["student"]})
    make(change, at)
    turn(at)
    assert set(in_force(live)) == {staff["Dan"].pk}
    make_completion(staff["Dan"], course_of(live), at=at + dt.timedelta(hours=1))
    turn(at + dt.timedelta(hours=2))
    later = at + dt.timedelta(hours=3)
    undo(change, bo, later)
    turn(later)
    assert in_force(live) == before
    assert ComplianceRecord.objects.get(user=staff["Dan"]).completed_on is not None


def test_a_renewal_that_a_wider_window_opened_closes_again_and_opens_in_its_time(live, staff, bo, at):
    make_completion(staff["Ana"], course_of(live), at=at)
    at += DAY
    turn(at)
    before = in_force(live)
    change = edit(live, bo, at, window_days=364)
    assert by_name(change, staff)["Ana"].opens_to == clock.today(at)
    make(change, at)
    turn(at)
    assert len(in_force(live)[staff["Ana"].pk][2]) == 2
    undo(change, bo, at)
    turn(at)
    assert in_force(live) == before
    late = at + dt.timedelta(days=330)
    turn(late)
    assert len(in_force(live)[staff["Ana"].pk][2]) == 2


def test_after_a_day_and_after_a_later_change_it_is_not_undone(live, staff, bo, at, today):
    first = make(edit(live, bo, at, audience={"kinds": ["staff"]}), at)
    with pytest.raises(actions.Refused, match="24 hours"):
        undo(first, bo, at + dt.timedelta(hours=25))
    second = make(edit(live, bo, at, title="Renamed"), at + dt.timedelta(hours=1))
    with pytest.raises(actions.Refused, match="first"):
        undo(first, bo, at + dt.timedelta(hours=2))
    undone = undo(second, bo, at + dt.timedelta(hours=2))
    with pytest.raises(actions.Refused, match="not undone itself"):
        undo(undone, bo, at + dt.timedelta(hours=2))
    with pytest.raises(actions.Refused, match="undone already"):
        undo(second, bo, at + dt.timedelta(hours=3))
    undo(first, bo, at + dt.timedelta(hours=3))
    with pytest.raises(actions.Refused, match="undone already"):
        undo(first, bo, at + dt.timedelta(hours=3))
    live.refresh_from_db()
    assert live.audience == {"all": [{"kinds": ["staff", "faculty"]}]}


def test_a_draft_that_was_rewritten_is_not_turned_on_by_what_was_agreed_before(staff, bo, eve, at, today):
    actions.set_threshold(is_on=True, percent=0, at_least=1, by=bo, at=at)
    draft = make_requirement(is_on=False, starts_on=D(2026, 11, 1))
    change = prepare(draft, Kind.TURN_ON, bo, at)
    given = {"fingerprint": change.fingerprint, "today": today, "at": at}
    actions.ask(found=change, reason="New law", by=bo, **given)
    draft.audience = {"everyone": True}
    draft.save()
    with pytest.raises(actions.Refused, match="Prepare the change again"):
        actions.approve(found=change, remark="", by=eve, **given)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_course_that_went_meanwhile_refuses_with_a_sentence(live, bo, at):
    make(prepare(live, Kind.PAUSE, bo, at), at)
    change = prepare(live, Kind.RESUME, bo, at)
    catalog.retire(version=course_of(live).versions.get(), by=bo, at=at)
    with pytest.raises(actions.Refused):
        make(change, at)
    live.refresh_from_db()
    assert live.state == "paused"


def test_retiring_what_rests_is_undone_to_the_same_rest(live, staff, bo, at):
    make(prepare(live, Kind.PAUSE, bo, at), at)
    turn(at)
    rests = list(live.pauses.values_list("starts_on", "resumes_on"))
    later = at + dt.timedelta(days=3)
    retired = make(prepare(live, Kind.RETIRE, bo, later), later)
    turn(later)
    undo(retired, bo, later)
    turn(later)
    live.refresh_from_db()
    assert (live.state, list(live.pauses.values_list("starts_on", "resumes_on"))) == ("paused", rests)


def test_who_is_done_by_longer_validity_is_shown_is_done_and_stays_so_when_it_is_undone(staff, bo, at):
    live = make_requirement(starts_on=D(2026, 11, 1), recurs_months=12)
    make_completion(staff["Ana"], course_of(live), at=at - 600 * DAY)
    turn(at)
    change = edit(live, bo, at, recurs_months=24)
    line = by_name(change, staff)["Ana"]
    assert (line.effect, line.due_to, line.until_to) == (Effect.SETTLE, None, (at + 130 * DAY).date())
    make(change, at)
    turn(at)
    record = ComplianceRecord.objects.get(user=staff["Ana"])
    assert (record.due_on, record.valid_until) == (line.due_from, line.until_to)
    undo(change, bo, at)
    turn(at)
    record.refresh_from_db()
    assert record.completed_on == (at - 600 * DAY).date()


def test_who_gets_it_for_a_while_and_who_loses_it_for_a_while(live, staff, bo, at):
    staff["Dan"].affiliations.update(ends_on=D(2026, 12, 4))
    make_affiliation(staff["Cleo"], kind="staff", starts_on=D(2026, 12, 14))
    change = edit(live, bo, at, audience={"kinds": ["staff", "student"]})
    lines = by_name(change, staff)
    assert (lines["Dan"].effect, lines["Dan"].loses_again_on) == (Effect.ADD, D(2026, 12, 5))
    assert (lines["Cleo"].effect, lines["Cleo"].gets_again_on) == (Effect.DROP, D(2026, 12, 14))
    (dan,) = [row for row in _csv_rows(change, queries.lines_of(change)) if row[0] == "Dan Weber"]
    assert dict(zip(HEADER, dan, strict=True))["loses_again_on"] == D(2026, 12, 5)
    assert dict(zip(HEADER, dan, strict=True))["happens_on"] is None


def test_looking_takes_the_same_statements_for_one_and_for_many(staff, bo, at, today):
    live = make_requirement(starts_on=D(2026, 11, 1), roll="later", audience={"departments": ["LAW"]})
    turn(at)
    change = edit(live, bo, at, recurs_months=24)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            queries.difference(Change.objects.get(pk=change.pk), today)
        return len(seen)

    few = statements()
    for number in range(4):
        more = make_user(given_name=f"More {number}")
        make_affiliation(more, department=staff["Ana"].affiliations.get().department)
        make_completion(more, course_of(live), at=at - 600 * DAY)
    turn(at)
    assert len(in_force(live)) == 8
    assert statements() == few
