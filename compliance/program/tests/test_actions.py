"""A duty from draft to its end: rounds on their calendar, each once; what is recorded stays."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from compliance.program import actions, handlers
from compliance.program.models import Duty, DutyRound, RoundCorrection
from compliance.program.tests.factories import AT, DAY, TODAY, make_duty, morning, plan, said
from lms.audit.models import Event
from lms.people.tests.factories import make_user


@pytest.fixture(autouse=True)
def _here(in_alpha: Any) -> None:
    pass


@pytest.fixture
def ana() -> Any:
    return make_user(given_name="Ana", family_name="Owner")


def _rounds(duty: Duty) -> list[tuple[str, str]]:
    return [(f"{row.due_on}", row.outcome) for row in duty.rounds.order_by("number")]


def _night(on: dt.date) -> None:
    actions.run_daily(at=morning(on), scheduled_for=morning(on))


def test_a_draft_asks_nobody_and_is_turned_on_only_whole(ana: Any, bo: Any) -> None:
    duty = actions.draft(plan(None, first_due_on=None), by=bo, at=AT)
    _night(TODAY)
    assert not DutyRound.objects.exists()
    for lacking, words in (
        (plan(None), "Name an owner"),
        (plan(ana, first_due_on=None), "first due date"),
        (plan(ana, first_due_on=TODAY - DAY), "past"),
    ):
        actions.change(duty, lacking, by=bo, today=TODAY, at=AT)
        with pytest.raises(actions.Refused, match=words):
            actions.turn_on(duty, by=bo, today=TODAY, at=AT)
    for wrong, words in (
        (plan(ana, deputy=ana), "somebody else"),
        (plan(make_user(is_active=False)), "not active"),
    ):
        with pytest.raises(actions.Refused, match=words):
            actions.draft(wrong, by=bo, at=AT)
    actions.change(duty, plan(ana), by=bo, today=TODAY, at=AT)
    actions.turn_on(duty, by=bo, today=TODAY, at=AT)
    assert _rounds(duty) == [("2027-01-31", "open")]
    with pytest.raises(actions.Refused):
        actions.discard(duty, by=bo, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).delete()
    other = actions.draft(plan(None), by=bo, at=AT)
    actions.discard(other, by=bo, at=AT)
    assert not Duty.objects.filter(pk=other.pk).exists()
    assert handlers.answer_standing(None, [ana.pk, bo.pk]) == {ana.pk: "undo_decided"}


def test_the_next_round_is_there_when_one_is_done_and_what_was_recorded_stays(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo)
    first = duty.rounds.get()
    for wrong, words in (
        ({"done_on": TODAY + DAY}, "future"),
        ({"statement": " "}, "found or decided"),
        ({"evidence_note": ""}, "evidence"),
    ):
        with pytest.raises(actions.Refused, match=words):
            actions.complete(first, **said() | wrong, by=ana)
    with pytest.raises(actions.Refused, match="Only its owner"):
        actions.complete(first, **said(), by=make_user())
    actions.complete(first, **said(), by=ana)
    assert _rounds(duty) == [("2027-01-31", "done"), ("2028-01-31", "open")]
    with pytest.raises(actions.Refused, match="Ana Owner recorded this round meanwhile"):
        actions.complete(first, **said(), by=bo)
    second = duty.rounds.get(number=2)
    with pytest.raises(actions.Refused, match="after 31 Jan 2027"):
        actions.complete(second, **said(), by=ana)
    late = dt.date(2028, 2, 10)
    actions.complete(second, **said(late), by=bo)
    second.refresh_from_db()
    assert (second.late_days, second.done_on) == (10, late)
    for change in ({"statement": "Other"}, {"late_days": 0}, {"outcome": "open"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyRound.objects.filter(pk=second.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyRound.objects.filter(pk=second.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyRound.objects.filter(duty=duty, outcome="open").update(due_on=late)
    assert Event.objects.filter(action="program.done").count() == 2


def test_after_an_outage_each_missed_round_is_there_once_and_open(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo)
    _night(dt.date(2027, 12, 31))
    assert len(_rounds(duty)) == 1, "the second opens with its first reminder, thirty days before"
    for _turn in range(2):
        _night(dt.date(2029, 1, 10))
    assert _rounds(duty) == [("2027-01-31", "open"), ("2028-01-31", "open"), ("2029-01-31", "open")]
    assert duty.rounds.get(number=2).opened_on == dt.date(2028, 1, 1)
    first = duty.rounds.get(number=1)
    with pytest.raises(actions.Refused, match="Only a compliance officer"):
        actions.give_up(first, reason="Nobody was there.", by=ana, today=dt.date(2029, 1, 10), at=AT)
    actions.give_up(first, reason="Nobody was there.", by=bo, today=dt.date(2029, 1, 10), at=AT)
    with pytest.raises(actions.Refused, match="not overdue"):
        actions.give_up(duty.rounds.get(number=3), reason="No.", by=bo, today=dt.date(2029, 1, 10), at=AT)
    assert [outcome for _due, outcome in _rounds(duty)] == ["missed", "open", "open"]


def test_a_correction_is_a_row_and_what_was_not_done_is_asked_again(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo)
    first = duty.rounds.get()
    actions.complete(first, **said(), by=ana)
    with pytest.raises(actions.Refused, match="Only a compliance officer"):
        actions.correct(first, statement="x", evidence_note="", reason="y", by=ana, at=AT)
    actions.correct(first, statement="Three lessons.", evidence_note="", reason="Miscounted.", by=bo, at=AT)
    again = actions.reopen(first, reason="Another program was meant.", by=bo, today=TODAY, at=AT)
    assert (again.due_on, again.replaces_id) == (first.due_on, first.pk)
    with pytest.raises(actions.Refused, match="put right"):
        actions.reopen(first, reason="Again.", by=bo, today=TODAY, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundCorrection.objects.update(reason="Other")
    actions.complete(again, **said(), by=ana)
    assert _rounds(duty) == [("2027-01-31", "done"), ("2028-01-31", "open"), ("2027-01-31", "done")]


def test_another_calendar_moves_what_is_not_due_yet(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo)
    moved = plan(ana, first_due_on=dt.date(2026, 12, 15), repeats_months=6)
    actions.change(duty, moved, by=bo, today=TODAY, at=AT)
    assert _rounds(duty) == [("2027-01-31", "dropped"), ("2026-12-15", "open")]
    with pytest.raises(actions.Refused, match="past"):
        actions.change(duty, plan(ana, first_due_on=TODAY - DAY), by=bo, today=TODAY, at=AT)
    # Once overdue it keeps its date, and the new calendar begins behind it.
    later = dt.date(2026, 12, 20)
    actions.change(duty, plan(ana, first_due_on=dt.date(2027, 3, 1)), by=bo, today=later, at=morning(later))
    _night(later)
    assert _rounds(duty)[1] == ("2026-12-15", "open")
    actions.complete(duty.rounds.get(number=2), **said(later), by=ana)
    assert _rounds(duty)[1:] == [("2026-12-15", "done"), ("2027-03-01", "open")]
    facts = Event.objects.filter(action="program.changed").latest("pk").facts
    assert facts == {"first_due_on": ["2026-12-15", "2027-03-01"], "repeats_months": [6, 12]}


def test_retired_its_open_rounds_end_and_nothing_follows(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, repeats_months=1)
    later = dt.date(2027, 2, 10)
    _night(later)
    with pytest.raises(actions.Refused, match="Say why"):
        actions.retire(duty, reason=" ", by=bo, today=later, at=morning(later))
    actions.retire(duty, reason="The contract ended.", by=bo, today=later, at=morning(later))
    _night(later + 400 * DAY)
    assert _rounds(duty) == [("2027-01-31", "missed"), ("2027-02-28", "dropped")]
    with pytest.raises(actions.Refused, match="was retired"):
        actions.change(duty, plan(ana), by=bo, today=later, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.update(title="Other")


def test_once_only_is_done_once(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, repeats_months=None, needs_evidence=False)
    actions.complete(duty.rounds.get(), **said(evidence_note=""), by=ana)
    _night(TODAY + 4000 * DAY)
    assert _rounds(duty) == [("2027-01-31", "done")]
