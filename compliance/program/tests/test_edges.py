"""Owners who have left, calendars that change, one review for one round: what a duty must not get wrong."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.program import actions, messages, queries
from compliance.program.models import Duty
from compliance.program.tests.factories import AT, DAY, TODAY, make_duty, morning, plan, said
from lms.mail.models import Message
from lms.people.tests.factories import make_user

JANUARY = dt.date(2026, 1, 15)
LATER = dt.date(2026, 11, 27)  # A Friday.


@pytest.fixture(autouse=True)
def _here(in_alpha: Any) -> None:
    pass


@pytest.fixture
def ana() -> Any:
    return make_user(given_name="Ana", email="ana@example.org")


def _leave(person: Any, last_day_on: dt.date) -> None:
    person.last_day_on = last_day_on
    person.save(update_fields=["last_day_on"])


def _rounds(duty: Duty) -> list[tuple[str, str]]:
    return [(f"{row.due_on}", row.outcome) for row in duty.rounds.order_by("number")]


def _listed(today: dt.date, show: str | None = None) -> list[Any]:
    """The lines of the list with what they add to a duty."""
    return list(queries.listed(today=today, show=show))


def _begun(ana: Any, bo: Any, **fields: Any) -> Duty:
    """On since November 2025, first due on 15 January 2026."""
    before = dt.date(2025, 11, 3)
    duty = actions.draft(plan(ana, first_due_on=JANUARY, **fields), by=bo, at=morning(before))
    return actions.turn_on(duty, by=bo, today=before, at=morning(before))


def _change(duty: Duty, by: Any, today: dt.date, **fields: Any) -> None:
    actions.change(duty, plan(duty.owner, **fields), by=by, today=today, at=morning(today))
    actions.run_daily(at=morning(today), scheduled_for=morning(today))


def _letters(on: dt.date) -> list[tuple[str, str]]:
    known = set(Message.objects.values_list("pk", flat=True))
    actions.remind_daily(at=morning(on), scheduled_for=morning(on))
    rows = Message.objects.exclude(pk__in=known).order_by("pk")
    return [(row.to_address.partition("@")[0], row.kind.partition(".")[2]) for row in rows]


def test_an_owner_whose_last_day_is_over_is_nobody(ana: Any, bo: Any) -> None:
    deputy = make_user(given_name="Del", email="del@example.org")
    duty = make_duty(ana, bo, deputy=deputy, first_due_on=LATER + 7 * DAY)
    gone_officer = make_user(given_name="Gus", email="gus@example.org", roles=("compliance_officer",))
    _leave(gone_officer, TODAY - DAY)
    officer = bo.email.partition("@")[0]
    assert _letters(TODAY) == [("ana", "reminder")]
    waiting = Message.objects.latest("pk")
    assert queries.counts(TODAY)["unowned"] == 0
    _leave(ana, TODAY)
    assert queries.counts(TODAY)["unowned"] == 0, "the last day counts"
    assert _letters(LATER) == [("del", "reminder"), (officer, "attention")]
    assert queries.counts(LATER)["unowned"] == 1
    assert [row.is_unowned for row in _listed(LATER, "unowned")] == [True]
    # Whatever still waits in the outbox is looked at again when it leaves.
    ana.last_day_on = dt.date(2000, 1, 1)
    ana.save(update_fields=["last_day_on"])
    assert messages.reminder(Message.objects.get(pk=waiting.pk)) is None
    for letter in Message.objects.filter(kind=messages.ATTENTION):
        assert messages.attention(letter) is not None
        letter.user = gone_officer
        assert messages.attention(letter) is None
    for wrong in (plan(ana), plan(bo, deputy=ana)):
        with pytest.raises(actions.Refused, match="Ana Dubois has left"):
            actions.draft(wrong, by=bo, at=AT)
        with pytest.raises(actions.Refused, match="Ana Dubois has left"):
            actions.change(duty, wrong, by=bo, today=LATER, at=morning(LATER))


def test_another_interval_asks_for_nothing_that_is_past(ana: Any, bo: Any) -> None:
    duty = _begun(ana, bo)
    actions.complete(duty.rounds.get(), **said(JANUARY), by=ana)
    _change(duty, bo, LATER, first_due_on=JANUARY, repeats_months=1, remind_before=(1,))
    assert _rounds(duty) == [("2026-01-15", "done"), ("2027-01-15", "dropped"), ("2026-12-15", "open")]
    once = _begun(ana, bo, repeats_months=None)
    actions.complete(once.rounds.get(), **said(JANUARY), by=ana)
    _change(once, bo, LATER, first_due_on=JANUARY, repeats_months=1)
    assert _rounds(once) == [("2026-01-15", "done"), ("2026-12-15", "open")]
    # What is overdue keeps its date; no night makes up for the months that nobody asked about.
    late = _begun(ana, bo)
    _change(late, bo, LATER, first_due_on=JANUARY, repeats_months=1, remind_before=(1,))
    assert _rounds(late) == [("2026-01-15", "open"), ("2026-12-15", "open")]


def test_a_round_whose_date_stays_is_kept_with_its_letters(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, first_due_on=LATER, repeats_months=12, remind_before=(30,))
    assert _letters(LATER) == [("ana", "reminder")]
    _change(duty, bo, LATER, first_due_on=LATER, repeats_months=6, remind_before=(30,))
    assert _rounds(duty) == [("2026-11-27", "open")]
    assert _letters(LATER) == []
    # Both calendars have the day, but the new one asks sooner: reminders of it had not begun.
    _change(duty, bo, LATER + DAY, first_due_on=LATER, repeats_months=1)
    assert _rounds(duty) == [("2026-11-27", "open"), ("2026-12-27", "open")]


def test_a_new_first_date_lies_behind_what_was_recorded(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, first_due_on=dt.date(2027, 3, 1))
    actions.complete(duty.rounds.get(), **said(), by=ana)
    with pytest.raises(actions.Refused, match="due on 1 Mar 2027 is recorded already"):
        _change(duty, bo, LATER, first_due_on=dt.date(2027, 1, 15))
    _change(duty, bo, LATER, first_due_on=dt.date(2027, 3, 2))
    assert _rounds(duty)[-1] == ("2027-03-02", "open")


def test_one_review_counts_for_one_round(ana: Any, bo: Any) -> None:
    duty = _begun(ana, bo, repeats_months=1)
    first = duty.rounds.get()
    with pytest.raises(actions.Refused, match="after 15 Dec 2025"):
        actions.complete(first, **said(dt.date(2025, 12, 15)), by=ana)
    late = dt.date(2026, 2, 20)
    actions.run_daily(at=morning(late), scheduled_for=morning(late))
    second = duty.rounds.get(number=2)
    actions.complete(first, **said(late), by=ana)
    with pytest.raises(actions.Refused, match="after 20 Feb 2026"):
        actions.complete(second, **said(late), by=ana)
    actions.complete(second, **said(late + DAY), by=ana)
    # Nor the other way round: the later one was done, then the earlier one was taken back.
    again = actions.reopen(first, reason="Wrong shop.", by=bo, today=late, at=morning(late))
    with pytest.raises(actions.Refused, match="21 Feb 2026 or later counts"):
        actions.complete(again, **said(late + DAY), by=ana)
    actions.complete(again, **said(late), by=ana)


def test_what_was_taken_back_is_not_the_last_time_it_was_done(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo)
    row = actions.complete(duty.rounds.get(), **said(), by=ana)
    actions.correct(row, statement="Three.", evidence_note="", reason="Miscounted.", by=bo, at=AT)
    assert [row.last_done_on for row in _listed(TODAY)] == [TODAY]
    actions.reopen(row, reason="Another program.", by=bo, today=TODAY, at=AT)
    assert [row.last_done_on for row in _listed(TODAY)] == [None]


@pytest.mark.parametrize("chosen", [{"remind_every": 0}, {"remind_max": 0}])
def test_without_reminders_after_the_due_date_the_others_hear_of_it_once(
    ana: Any, bo: Any, chosen: dict[str, int]
) -> None:
    deputy = make_user(given_name="Del", email="del@example.org")
    make_duty(ana, bo, deputy=deputy, first_due_on=LATER, **chosen)
    officer = bo.email.partition("@")[0]
    assert _letters(LATER) == [("ana", "reminder")]
    assert _letters(LATER + DAY) == [], "a Saturday"
    assert _letters(LATER + 3 * DAY) == [("del", "reminder"), (officer, "attention")]
    assert _letters(LATER + 30 * DAY) == []


def test_each_round_that_opens_without_an_owner_is_told(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, first_due_on=LATER + 90 * DAY)
    _leave(ana, TODAY - DAY)
    officer = bo.email.partition("@")[0]
    assert _letters(TODAY) == [(officer, "attention")]
    assert _letters(TODAY + DAY) == []
    actions.complete(duty.rounds.get(), **said(TODAY + DAY), by=bo)
    assert _letters(TODAY + 2 * DAY) == [(officer, "attention")]


def test_days_that_no_calendar_has_stop_no_night(ana: Any, bo: Any) -> None:
    duty = make_duty(ana, bo, first_due_on=LATER)
    Duty.objects.filter(pk=duty.pk).update(remind_before=[1_999_999_999, 3])
    actions.run_daily(at=morning(LATER + DAY), scheduled_for=AT)
    assert _letters(LATER) == [("ana", "reminder")]


def test_who_drafts_a_law_waits_for_whoever_drafts_it_already(bo: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert len(actions.draft_pack("nist-800-53-r5", by=bo, at=AT)) == 2
    said_to_it = [each["sql"] for each in asked]
    locks = [place for place, sql in enumerate(said_to_it) if "pg_advisory_xact_lock" in sql]
    reads = [place for place, sql in enumerate(said_to_it) if 'FROM "program_duty"' in sql]
    assert locks[0] < reads[0]
