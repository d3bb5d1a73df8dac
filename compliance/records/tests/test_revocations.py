"""What is revoked counts no longer, in SQL and in the pure engine; what is finished stays as it was."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.core.standing import standing_of
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.models import ComplianceRecord, Reinstatement, Revocation
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.learning.models import Certificate
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user

from .factories import finish, make_assignment, make_completion, make_record
from .test_queries import transactional_examples  # noqa: F401

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def turn(on):
    moment = datetime.combine(on, time(17), tzinfo=UTC)
    records.daily_turn(at=moment, scheduled_for=moment)


@pytest.fixture
def passed(dee):
    """Dee passed what is asked every year, in October; the next window opens in September."""
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    requirement = make_requirement(starts_on=date(2026, 9, 1), window_days=30)
    turn(date(2026, 9, 1))
    enrollment = make_completion(dee, course_of(requirement), at=datetime(2026, 10, 5, 12, tzinfo=UTC))
    Certificate.objects.create(
        enrollment=enrollment, code="x" * 26, holder_name="Dee", issued_at=enrollment.completed_at
    )
    turn(date(2026, 10, 6))
    return ComplianceRecord.objects.get()


@pytest.fixture
def revoked(passed, ada, at):
    return records.revoke(
        passed, due_on=date(2026, 12, 15), reason="Somebody else sat the test.", by=ada, today=TODAY, at=at
    )


def _status(user, on=TODAY):
    return queries.obligations(on).filter(user=user).values_list("status", flat=True).first()


def test_from_that_day_on_it_is_as_if_it_had_not_been(revoked, passed, dee, at):
    before = ComplianceRecord.objects.filter(pk=passed.pk).values().get()
    assert _status(dee) == "not_yet_due"
    assert not queries.may(dee.pk, passed.requirement_id, TODAY).is_allowed
    (owed,) = queries.owed_by(dee.pk, TODAY)
    assert (owed.status, owed.due_on, owed.cycle) == ("not_yet_due", date(2026, 12, 15), 2)
    turn(TODAY)
    turn(date(2026, 12, 20))
    assert _status(dee, date(2026, 12, 20)) == "overdue"
    assert ComplianceRecord.objects.filter(pk=passed.pk).values().get() == before
    assert Certificate.objects.get().revoked_on == TODAY
    message = Message.objects.get(kind="records.credit")
    assert (message.user, message.facts["what"]) == (dee, "revoked")


def test_the_same_pass_never_counts_for_the_fresh_cycle_even_on_the_same_day(dee, ada, at):
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    requirement = make_requirement(starts_on=date(2026, 9, 1))
    turn(date(2026, 9, 1))
    make_completion(dee, course_of(requirement), at=datetime(2026, 11, 23, 8, tzinfo=UTC))
    turn(TODAY)
    record = ComplianceRecord.objects.get()
    records.revoke(record, due_on=TODAY + 9 * DAY, reason="Not theirs.", by=ada, today=TODAY, at=at)
    turn(TODAY)
    assert _status(dee) == "not_yet_due"


def test_taken_back_it_counts_again_and_the_fresh_cycle_is_over(revoked, passed, dee, ada, at):
    records.restore(revoked, reason="It was them after all.", by=ada, today=TODAY, at=at)
    assert _status(dee) == "compliant"
    assert Certificate.objects.get().revoked_on is None
    fresh = ComplianceRecord.objects.get(cycle=2)
    assert fresh.close_reason == "restored"
    turn(date(2027, 9, 10))
    assert ComplianceRecord.objects.get(cycle=3).due_on == date(2027, 10, 5)
    with pytest.raises(records.Refused, match="already"):
        records.restore(revoked, reason="Again.", by=ada, today=TODAY, at=at)


def test_nobody_revokes_their_own_and_nothing_is_revoked_twice(revoked, passed, dee, ada, at):
    for by, says in ((dee, "their own"), (ada, "already")):
        with pytest.raises(records.Refused, match=says):
            records.revoke(passed, due_on=TODAY, reason="x", by=by, today=TODAY, at=at)


def test_who_gets_it_anew_is_not_credited_with_what_was_revoked(revoked, passed, dee, at):
    dee.affiliations.update(ends_on=TODAY + DAY)
    turn(TODAY + 3 * DAY)
    make_affiliation(dee, starts_on=TODAY + 5 * DAY)
    turn(TODAY + 5 * DAY)
    assert _status(dee, TODAY + 5 * DAY) == "not_yet_due"


def test_a_revocation_stays(revoked, passed, ada, at):
    row = Reinstatement.objects.create(revocation=revoked, on=TODAY, reason="x", by=ada, at=at)
    for change in (
        lambda: Revocation.objects.update(reason="Other."),
        row.delete,
    ):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            change()


day_offsets = st.integers(-500, 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.integers(1, 500), st.sampled_from(["no", "revoked", "restored"])),
        min_size=1,
        max_size=3,
    ),
    st.none() | st.tuples(st.integers(-60, 60), st.integers(0, 90)),
)
def test_sql_and_the_pure_engine_agree_on_what_was_revoked(transactional_examples, ada, at, done, current):  # noqa: F811
    with transactional_examples():
        assignment = make_assignment(
            make_user(email="one@example.edu", password="!"), requirement=make_requirement()
        )
        day = TODAY - timedelta(days=900)
        for number, (later, valid, what) in enumerate(done, start=1):
            day = min(TODAY, day + timedelta(days=later))
            row = make_record(assignment, cycle=number, window_opens_on=day, due_on=day)
            finish(row, on=day, until=day + timedelta(days=valid))
            if what != "no":
                taken = Revocation.objects.create(record=row, on=TODAY - DAY, reason="x", by=ada, at=at)
                if what == "restored":
                    Reinstatement.objects.create(revocation=taken, on=TODAY, reason="x", by=ada, at=at)
        if current:
            opens = TODAY + timedelta(days=current[0])
            make_record(
                assignment,
                cycle=len(done) + 1,
                window_opens_on=opens,
                due_on=opens + timedelta(days=current[1]),
            )
        rows = list(queries.obligations(TODAY).filter(assignment=assignment))
        pure = queries.standings_of(rows, TODAY)[assignment.pk]
        assert rows[0].status == pure.status.value
        held = queries.positions(assignment.requirement_id, [assignment.user_id])[assignment.user_id].held
        assert standing_of(held.cycles, TODAY).status == pure.status


def test_what_is_done_after_a_revocation_can_be_proved(revoked):
    record = revoked.record
    found = queries.granted(record.user_id, record.requirement, TODAY)
    assert found.counts_from is None or found.counts_from <= TODAY
    assert found.until is not None
    assert found.until > TODAY


def test_nothing_is_revoked_or_taken_back_while_the_requirement_rests(passed, revoked, ada, at):
    passed.requirement.state = "paused"
    passed.requirement.save(update_fields=["state"])
    with pytest.raises(records.Refused, match="rests at the moment"):
        records.restore(revoked, reason="A mistake", by=ada, today=TODAY, at=at)
    assert not Reinstatement.objects.exists()


def test_what_counts_again_does_not_finish_a_second_cycle(dee, ada, bo, at):
    """A prior credit had stood in for it meanwhile, and the renewal of that opened before the pass."""
    make_affiliation(dee, starts_on=date(2025, 3, 1))
    requirement = make_requirement(starts_on=date(2026, 9, 1), window_days=60)
    turn(date(2026, 9, 1))
    make_completion(dee, course_of(requirement), at=datetime(2026, 10, 5, 12, tzinfo=UTC))
    turn(date(2026, 10, 6))
    taken = records.revoke(
        ComplianceRecord.objects.get(), due_on=date(2026, 12, 15), reason="x", by=ada, today=TODAY, at=at
    )
    asked = records.ask_to_certify(
        user=dee, requirement=requirement, on=date(2025, 11, 25), source="prior", by=ada, reason="x", at=at
    )
    records.approve_certification(asked, note="", by=bo, today=TODAY, at=at)
    turn(TODAY)
    assert ComplianceRecord.objects.get(cycle=3).window_opens_on < date(2026, 10, 5)
    records.restore(taken, reason="It was them after all.", by=ada, today=TODAY, at=at)
    turn(TODAY + DAY)
    counted = ComplianceRecord.objects.filter(enrollment__isnull=False)
    assert [row.cycle for row in counted] == [1]
    assert queries.may(dee.pk, requirement.pk, TODAY + DAY).is_allowed
