"""What the database itself refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from compliance.records.models import ComplianceRecord, Obligation

from .factories import finish, make_assignment, make_record


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def test_a_finished_cycle_cannot_be_changed_or_deleted(dee, at):
    record = finish(make_record(make_assignment(dee)), on=date(2026, 11, 20))
    for change in (
        lambda: ComplianceRecord.objects.filter(pk=record.pk).update(completed_on=date(2026, 11, 1)),
        lambda: ComplianceRecord.objects.filter(pk=record.pk).update(due_on=date(2027, 1, 1)),
        record.delete,
    ):
        with pytest.raises(IntegrityError, match="finished cycle cannot be changed"), transaction.atomic():
            change()


def test_an_open_cycle_can_still_move(dee):
    record = make_record(make_assignment(dee))
    assert (
        ComplianceRecord.objects.filter(pk=record.pk).update(
            due_on=date(2027, 1, 1), grace_ends_on=date(2027, 1, 1)
        )
        == 1
    )


def test_one_cycle_is_open_at_a_time(dee):
    assignment = make_assignment(dee)
    make_record(assignment, cycle=1)
    with pytest.raises(IntegrityError, match="record_one_open_cycle"), transaction.atomic():
        make_record(assignment, cycle=2)


def test_a_person_has_a_requirement_once_at_a_time(dee):
    first = make_assignment(dee)
    with pytest.raises(IntegrityError, match="assignment_once_at_a_time"), transaction.atomic():
        make_assignment(dee, requirement=first.requirement)


def test_half_a_completion_is_refused(dee):
    record = make_record(make_assignment(dee))
    with pytest.raises(IntegrityError, match="record_completed_is_whole"), transaction.atomic():
        ComplianceRecord.objects.filter(pk=record.pk).update(completed_on=date(2026, 11, 1))


def test_an_obligation_shows_the_open_and_the_last_finished_cycle(dee):
    assignment = make_assignment(dee)
    finish(make_record(assignment, cycle=1), on=date(2025, 11, 1), until=date(2026, 11, 1))
    last = finish(make_record(assignment, cycle=2), on=date(2026, 10, 1), until=date(2027, 11, 1))
    current = make_record(assignment, cycle=3, due_on=date(2027, 11, 1))
    (found,) = Obligation.objects.all()
    assert (found.open_record_id, found.done_record_id, found.valid_until) == (
        current.pk,
        last.pk,
        date(2027, 11, 1),
    )


def test_what_is_paused_retired_or_withdrawn_is_no_obligation(dee):
    assignment = make_assignment(dee)
    for state in ("draft", "paused", "retired"):
        type(assignment.requirement).objects.update(
            state=state, turned_on_at=None if state == "draft" else assignment.requirement.created_at
        )
        assert not Obligation.objects.exists()
