"""Agreed today for a coming day: what is seen, what the night makes of it, and what it hands back."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.changes import actions
from compliance.changes.enums import Effect, Kind, State
from compliance.changes.models import Change
from compliance.records import actions as records
from compliance.records.models import Assignment, ComplianceRecord, Shift
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries
from compliance.requirements.models import RequirementPause, RequirementVersion
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people.models import Affiliation
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock

from .factories import edit, in_force, prepare, turn, undo

D = dt.date
DAY = dt.timedelta(days=1)
# The tests' day is 23 November 2026.
NEW_YEAR = D(2027, 1, 1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def eve(in_alpha):
    return make_user(given_name="Eve", family_name="Second", roles=("compliance_officer",))


@pytest.fixture
def staff():
    law = make_department("LAW", name="School of Law")
    people = {}
    for name, kind in (("Ana", "staff"), ("Ben", "staff"), ("Cleo", "faculty"), ("Dan", "student")):
        people[name] = make_user(given_name=name, family_name="Weber")
        make_affiliation(people[name], department=law, kind=kind, starts_on=D(2026, 1, 1))
    return people


@pytest.fixture
def live(staff, at):
    requirement = make_requirement(starts_on=D(2026, 11, 1), first_due_days=40, grace_days=5)
    turn(at)
    return requirement


def night_of(day, time=dt.time(1, 0)):
    return dt.datetime.combine(day, time, clock.zone())


def night(day):
    """The turns of one night, in the order of the clockwork."""
    at = night_of(day)
    actions.take_effect(at=at, scheduled_for=at)
    later = night_of(day, dt.time(5, 30))
    records.nightly_turn(at=later, scheduled_for=later)
    # What the change woke.
    records.daily_turn(at=later, scheduled_for=later)


def agreed(change, at, on=NEW_YEAR, reason="The law changes then"):
    today, by = clock.today(at), change.proposed_by
    named = actions.name_day(found=change, on=on, by=by, today=today, at=at)
    return actions.make(found=named, fingerprint=named.fingerprint, reason=reason, by=by, today=today, at=at)


def students(live, bo, at):
    return edit(live, bo, at, audience={"kinds": ["staff", "student"]}, first_due_days=20)


def rows():
    """Everything that the records and the requirement are, without moments and ids."""
    held = Assignment.objects.order_by("user_id", "pk").values_list(
        "user_id", "status", "assigned_on", "withdrawn_on", "requirement_number"
    )
    cycles = ComplianceRecord.objects.order_by("user_id", "cycle").values_list(
        "user_id", "cycle", "window_opens_on", "due_on", "grace_ends_on", "close_reason"
    )
    versions = RequirementVersion.objects.order_by("number").values_list(
        "number", "effective_on", "approved_by"
    )
    rests = RequirementPause.objects.values_list("starts_on", "resumes_on")
    return [
        list(each)
        for each in (held, cycles, versions, rests, Shift.objects.values_list("moved_to", "reason"))
    ]


def test_nothing_happens_before_its_day_and_then_what_was_agreed(live, staff, bo, at):
    before = in_force(live)
    change = agreed(students(live, bo, at), at)
    assert (change.state, change.agreed_count, change.made_at) == (State.AGREED, 2, None)
    # As of its day, with the people of today.
    assert change.worked_out_on == NEW_YEAR
    assert {row.effect: row.due_to for row in change.lines.all()}[Effect.ADD] == NEW_YEAR + 20 * DAY
    turn(at)
    night(NEW_YEAR - DAY)
    live.refresh_from_db()
    assert (live.number, in_force(live)) == (1, before)
    night(NEW_YEAR)
    live.refresh_from_db()
    change.refresh_from_db()
    version = live.versions.get(number=2)
    assert (change.state, change.version_number, version.effective_on) == (State.MADE, 2, NEW_YEAR)
    # Nobody else had to agree: whoever made it approved it.
    assert (version.by, version.approved_by) == (bo, bo)
    held = in_force(live)
    assert set(held) == {staff[name].pk for name in ("Ana", "Ben", "Dan")}
    assert held[staff["Dan"].pk][1] == NEW_YEAR
    assert held[staff["Dan"].pk][2][0][1] == NEW_YEAR + 20 * DAY
    assert Event.objects.filter(action="changes.took_effect").get().actor_id == ""


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.TURN_ON, Kind.PAUSE, Kind.RETIRE])
@pytest.mark.parametrize("times", [1, 5])
def test_once_five_times_or_after_three_days_of_outage_the_same(staff, bo, at, kind, times):
    outcomes = []
    for nights in ([NEW_YEAR] * times, [NEW_YEAR + 3 * DAY] * times):
        with transaction.atomic():
            requirement = make_requirement(
                is_on=kind != Kind.TURN_ON, starts_on=D(2026, 11, 1), first_due_days=60
            )
            turn(at)
            change = (
                students(requirement, bo, at) if kind == Kind.EDIT else prepare(requirement, kind, bo, at)
            )
            agreed(change, at)
            # Somebody's own day falls into the outage, so that it is turned as of itself, after the change.
            Affiliation.objects.filter(user=staff["Ben"]).update(ends_on=NEW_YEAR)
            night(NEW_YEAR - DAY)
            for day in (*nights, NEW_YEAR + 3 * DAY):
                night(day)
            outcomes.append(rows())
            assert Change.objects.get(requirement=requirement).state == State.MADE
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


def test_a_turn_that_somebody_woke_after_an_outage_begins_with_it_too(live, staff, bo, at):
    agreed(students(live, bo, at), at)
    night(NEW_YEAR - DAY)
    late = night_of(NEW_YEAR + 3 * DAY, dt.time(0, 5))
    records.daily_turn(at=late, scheduled_for=late)
    assert in_force(live)[staff["Dan"].pk][1] == NEW_YEAR
    assert live.versions.get(number=2).effective_on == NEW_YEAR


def test_many_more_than_were_agreed_on_are_not_surprised_by_a_machine(live, staff, bo, eve, at):
    actions.set_threshold(is_on=True, percent=0, at_least=3, by=bo, at=at)
    change = agreed(students(live, bo, at), at)
    for number in range(3):
        newcomer = make_user(given_name=f"New {number}", family_name="Weber")
        make_affiliation(newcomer, kind="student", starts_on=D(2026, 12, 1))
    night(NEW_YEAR)
    change.refresh_from_db()
    live.refresh_from_db()
    assert (change.state, live.number, change.agreed_at) == (State.PREPARED, 1, None)
    assert "second one has to" in change.problem or "not agreed" in change.problem
    assert set(change.lines.filter(difference="new").values_list("user__given_name", flat=True)) == {
        "New 0", "New 1", "New 2",
    }  # fmt: skip
    assert Message.objects.filter(kind="changes.change", facts__what="returned", user_id=bo.pk).count() == 1
    assert Event.objects.filter(action="changes.returned").count() == 1
    # Decided anew, with what it does now: by two, as so many are concerned.
    assert change.needs_second
    night(NEW_YEAR + DAY)
    change.refresh_from_db()
    assert change.state == State.PREPARED


def test_a_few_who_came_and_went_are_what_was_agreed(live, staff, bo, eve, at):
    change = agreed(students(live, bo, at), at)
    newcomer = make_user(given_name="Fay", family_name="Weber")
    make_affiliation(newcomer, kind="student", starts_on=D(2026, 12, 1))
    Affiliation.objects.filter(user=staff["Dan"]).update(ends_on=D(2026, 12, 15))
    night(NEW_YEAR)
    change.refresh_from_db()
    assert change.state == State.MADE
    assert newcomer.pk in in_force(live)
    assert staff["Dan"].pk not in in_force(live)


def test_two_agree_and_the_second_names_the_day(live, staff, bo, eve, at):
    today = clock.today(at)
    actions.set_threshold(is_on=True, percent=0, at_least=1, by=bo, at=at)
    change = students(live, bo, at)
    actions.ask(found=change, fingerprint=change.fingerprint, reason="New law", by=bo, today=today, at=at)
    with pytest.raises(actions.Refused, match="whoever agrees"):
        actions.name_day(found=change, on=NEW_YEAR, by=bo, today=today, at=at)
    seen = change.fingerprint
    change = actions.name_day(found=change, on=NEW_YEAR, by=eve, today=today, at=at)
    with pytest.raises(actions.DifferenceChanged):
        actions.approve(found=change, fingerprint=seen, remark="", by=eve, today=today, at=at)
    actions.approve(found=change, fingerprint=change.fingerprint, remark="Yes", by=eve, today=today, at=at)
    night(NEW_YEAR)
    version = live.versions.get(number=2)
    assert (version.by, version.approved_by, version.effective_on) == (bo, eve, NEW_YEAR)
    told = Message.objects.filter(kind="changes.change", facts__what="took_effect")
    assert set(told.values_list("user_id", flat=True)) == {bo.pk, eve.pk}


def test_what_was_agreed_stays_and_nothing_else_is_changed_meanwhile(live, staff, bo, eve, at):
    change = agreed(students(live, bo, at), at)
    for kind in (Kind.PAUSE, Kind.RETIRE):
        with pytest.raises(actions.Refused, match="Change 1 of it was agreed and takes effect on 1 Jan 2027"):
            prepare(live, kind, bo, at)
    # Who answers for it may change: that moves nobody's dates.
    live.refresh_from_db()
    requirements.set_basis(requirement=live, basis=requirements.Basis(owner=eve), by=bo, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(content={})
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(state=State.PREPARED, reach="open")
    night(NEW_YEAR)
    live.refresh_from_db()
    change.refresh_from_db()
    assert (live.number, live.owner, change.state) == (3, eve, State.MADE)
    newest, older = requirement_queries.versions_of(live)
    assert (newest.first, newest.last, newest.change.number) == (NEW_YEAR, None, 1)
    assert (older.first, older.last, older.change) == (clock.today(at), NEW_YEAR - DAY, None)


def test_a_draft_that_is_to_be_turned_on_waits_too(staff, bo, at):
    draft = make_requirement(is_on=False, starts_on=D(2026, 11, 1))
    agreed(prepare(draft, Kind.TURN_ON, bo, at), at)
    for deed in (
        lambda: requirements.discard_draft(requirement=draft, by=bo, at=at),
        lambda: requirements.edit(
            requirement=draft, definition=None, fingerprint="", by=bo, at=at, today=clock.today(at)
        ),
    ):
        with pytest.raises(requirements.NotAllowedNow, match="takes effect on"):
            deed()


def test_until_its_day_it_is_withdrawn_by_anybody_who_may_with_a_reason(live, bo, eve, at):
    change = agreed(students(live, bo, at), at)
    with pytest.raises(actions.Refused, match="Say why"):
        actions.withdraw(found=change, by=eve, at=at)
    actions.withdraw(found=change, by=eve, at=at, reason="The law was put off")
    change.refresh_from_db()
    assert (change.state, change.withdrawn_by) == (State.WITHDRAWN, eve)
    assert Message.objects.filter(kind="changes.change", facts__what="withdrawn", user_id=bo.pk).exists()
    night(NEW_YEAR)
    live.refresh_from_db()
    assert live.number == 1


@pytest.mark.parametrize(
    ("on", "is_refused"),
    [(D(2026, 11, 22), True), (D(2028, 11, 24), True), (D(9999, 12, 31), True), (D(2028, 11, 23), False)],
)
def test_the_day_is_today_or_a_coming_one_and_not_centuries_away(live, bo, at, on, is_refused):
    change = students(live, bo, at)
    given = {"found": change, "by": bo, "today": clock.today(at), "at": at}
    if is_refused:
        with pytest.raises(actions.Refused, match="Name today or a coming day, until 23 Nov 2028"):
            actions.name_day(on=on, **given)
    else:
        assert actions.name_day(on=on, **given).takes_effect_on == on


def test_agreed_after_the_day_it_was_named_for_it_is_made_at_once(live, bo, eve, at):
    actions.set_threshold(is_on=True, percent=0, at_least=1, by=bo, at=at)
    today = clock.today(at)
    change = actions.name_day(found=students(live, bo, at), on=today + DAY, by=bo, today=today, at=at)
    actions.ask(found=change, fingerprint=change.fingerprint, reason="x", by=bo, today=today, at=at)
    late = at + 3 * DAY
    given = {"remark": "", "by": eve, "today": clock.today(late), "at": late}
    with pytest.raises(actions.DifferenceChanged):
        actions.approve(found=change, fingerprint=change.fingerprint, **given)
    change.refresh_from_db()
    actions.approve(found=change, fingerprint=change.fingerprint, **given)
    change.refresh_from_db()
    assert (change.state, change.takes_effect_on) == (State.MADE, None)
    assert live.versions.get(number=2).effective_on == clock.today(late)


def test_what_took_effect_by_itself_is_undone_like_any_other(live, staff, bo, at):
    before = in_force(live)
    change = agreed(students(live, bo, at), at)
    night(NEW_YEAR)
    assert in_force(live) != before
    later = night_of(NEW_YEAR, dt.time(12, 0))
    undo(change, bo, later)
    turn(later)
    assert in_force(live) == before


def test_what_it_asks_for_was_put_away_meanwhile(live, bo, at):
    change = agreed(prepare(live, Kind.PAUSE, bo, at), at)
    # Past the product: whatever the reason, a change that cannot be made is handed back and nothing is half done.
    type(live).objects.filter(pk=live.pk).update(state="retired")
    night(NEW_YEAR)
    change.refresh_from_db()
    assert (change.state, change.problem[:40]) == (State.PREPARED, "The requirement was changed meanwhile. P")


def test_a_site_that_is_read_only_makes_it_once_it_may_be_changed_again(live, staff, bo, at, monkeypatch):
    agreed(students(live, bo, at), at)
    with monkeypatch.context() as patched:
        patched.setattr("tenants.lifecycle.refusals.allowed", lambda _deed: False)
        night(NEW_YEAR)
        live.refresh_from_db()
        assert live.number == 1
    night(NEW_YEAR + DAY)
    # The records had gone on without it: it holds from then on, and says so.
    assert live.versions.get(number=2).effective_on == NEW_YEAR + DAY
