"""Waivers and extensions: who may ask and decide, what follows at once, what follows when they end."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.records import actions, queries, rules
from compliance.records.enums import ComplianceStatus, RequestState
from compliance.records.models import Assignment, ComplianceRecord, Extension, Waiver
from compliance.reminders.queries.ladder import reached_steps
from compliance.requirements.tests.factories import course_of
from lms.audit.models import Event
from lms.mail import messages as mail_messages
from lms.mail.models import Message
from lms.people.models import Leave
from lms.people.tests.factories import make_affiliation, make_user

from .factories import TODAY, make_completion, noon, turn

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def ask(ana, owed, asker, first=TODAY, days=20, **more):
    return actions.ask_for_waiver(
        user=ana, requirement=owed, starts_on=first, ends_on=first + days * DAY, reason="parental leave",
        by=asker, today=TODAY, at=noon(TODAY), **more,
    )  # fmt: skip


def approve(waiver, officer, on=TODAY):
    return actions.approve_waiver(waiver, note="", by=officer, today=on, at=noon(on))


def status_of(user, on):
    (owed,) = queries.owed_by(user.pk, on)
    (row,) = queries.obligations(on).filter(user=user)
    assert row.status == owed.status, "SQL and the engine agree"
    return owed


def cycles(user):
    return list(
        ComplianceRecord.objects.filter(user=user)
        .order_by("cycle")
        .values_list("cycle", "window_opens_on", "due_on", "original_due_on", "grace_ends_on", "close_reason")
    )


def test_an_approved_waiver_excuses_at_once_and_nothing_is_reminded_of(ana, owed, asker, officer):
    assert reached_steps(today=TODAY, until=TODAY)
    waiver = ask(ana, owed, asker)
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE
    approve(waiver, officer)
    found = status_of(ana, TODAY)
    assert found.status == ComplianceStatus.EXCUSED
    assert dict(found.because) == {"waived_until": "2026-12-13", "waived_because": "parental leave"}
    assert "xcused until 13 Dec 2026, because: parental leave" in queries.because_text(found.because)
    assert not reached_steps(today=TODAY, until=TODAY)
    told = {message.user_id for message in Message.objects.filter(kind="records.request")}
    assert told == {officer.pk, asker.pk, ana.pk}
    assert set(Event.objects.values_list("action", flat=True)) >= {
        "records.waiver_asked",
        "records.waiver_approved",
    }


@pytest.mark.parametrize("turns", [(21,), (21, 22, 23), (24,), (24, 24, 24)])
def test_when_it_ends_a_fresh_cycle_opens_that_day_also_when_turns_were_missed(
    ana, owed, asker, officer, turns
):
    approve(ask(ana, owed, asker), officer)
    for days in turns:
        turn(TODAY + days * DAY)
    back = TODAY + 21 * DAY
    assert [each[0] for each in cycles(ana)] == [1, 2]
    assert cycles(ana)[0][-1] == "waived"
    due = back + 30 * DAY
    assert cycles(ana)[1] == (2, back, due, due, due + 7 * DAY, "")
    assert Assignment.objects.get(user=ana).status == "active"
    assert status_of(ana, TODAY + 24 * DAY).status == ComplianceStatus.NOT_YET_DUE


def test_one_that_begins_later_begins_with_that_day_s_turn(ana, owed, asker, officer):
    approve(ask(ana, owed, asker, first=TODAY + 2 * DAY), officer)
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE
    turn(TODAY + 2 * DAY)
    assert status_of(ana, TODAY + 2 * DAY).status == ComplianceStatus.EXCUSED


def test_what_is_passed_while_excused_counts_and_no_fresh_cycle_is_needed(ana, owed, asker, officer):
    approve(ask(ana, owed, asker), officer)
    make_completion(ana, course_of(owed), at=noon(TODAY + 5 * DAY))
    turn(TODAY + 30 * DAY)
    (record,) = ComplianceRecord.objects.filter(user=ana)
    assert (record.cycle, record.completed_on, record.late_days) == (1, TODAY + 5 * DAY, 0)
    assert status_of(ana, TODAY + 30 * DAY).status == ComplianceStatus.COMPLIANT


def test_what_is_passed_after_it_ended_finishes_the_fresh_cycle_however_late_the_turn(
    ana, owed, asker, officer
):
    approve(ask(ana, owed, asker), officer)
    make_completion(ana, course_of(owed), at=noon(TODAY + 22 * DAY))
    turn(TODAY + 40 * DAY)
    first, second = ComplianceRecord.objects.filter(user=ana).order_by("cycle")
    assert (first.completed_on, first.close_reason) == (None, "waived")
    assert (second.window_opens_on, second.completed_on) == (TODAY + 21 * DAY, TODAY + 22 * DAY)


def test_a_trained_person_gets_nothing_new_when_a_waiver_ends(ana, owed, asker, officer):
    make_completion(ana, course_of(owed), at=noon(TODAY) - 7 * HOUR)
    turn(TODAY)
    approve(ask(ana, owed, asker), officer)
    turn(TODAY + 30 * DAY)
    assert [each[0] for each in cycles(ana)] == [1]
    assert status_of(ana, TODAY + 30 * DAY).status == ComplianceStatus.COMPLIANT


def test_a_renewal_that_would_open_under_a_waiver_is_taken_over_by_the_fresh_cycle(ana, owed, asker, officer):
    make_completion(ana, course_of(owed), at=noon(TODAY) - 7 * HOUR)
    turn(TODAY)
    valid_until = ComplianceRecord.objects.get(user=ana).valid_until
    first = valid_until - 70 * DAY
    waiver = actions.ask_for_waiver(
        user=ana, requirement=owed, starts_on=first, ends_on=first + 99 * DAY, reason="sabbatical",
        by=asker, today=first, at=noon(first),
    )  # fmt: skip
    approve(waiver, officer, on=first)
    back = first + 100 * DAY
    turn(back + 3 * DAY)  # the whole waiver, and three days more, without a turn
    assert [(each[0], each[1], each[-1]) for each in cycles(ana)] == [
        (1, TODAY, ""),
        (2, valid_until - 60 * DAY, "waived"),
        (3, back, ""),
    ]
    assert cycles(ana)[2][2] == back + 30 * DAY


def test_ending_it_early_opens_the_fresh_cycle_that_day_and_keeps_the_decision(ana, owed, asker, officer):
    waiver = approve(ask(ana, owed, asker), officer)
    day = TODAY + 4 * DAY
    actions.end_waiver(waiver, reason="back sooner", by=officer, today=day, at=noon(day))
    turn(day)
    assert cycles(ana)[1][:3] == (2, day, day + 30 * DAY)
    waiver.refresh_from_db()
    assert (waiver.ends_on, waiver.ended_on, waiver.end_reason) == (TODAY + 20 * DAY, day, "back sooner")
    with pytest.raises(rules.Refused, match="not in force"):
        actions.end_waiver(waiver, reason="again", by=officer, today=day, at=noon(day))
    # The days that were given back can be waived again.
    again = actions.ask_for_waiver(
        user=ana, requirement=owed, starts_on=day, ends_on=day + DAY, reason="ill", by=asker, today=day,
        at=noon(day),
    )  # fmt: skip
    approve(again, officer, on=day)


def test_one_ended_before_it_began_never_does(ana, owed, asker, officer):
    waiver = approve(ask(ana, owed, asker, first=TODAY + 5 * DAY), officer)
    actions.end_waiver(waiver, reason="not needed", by=officer, today=TODAY, at=noon(TODAY))
    turn(TODAY + 10 * DAY)
    assert status_of(ana, TODAY + 10 * DAY).status == ComplianceStatus.NOT_YET_DUE
    assert [each[0] for each in cycles(ana)] == [1]


def test_a_waiver_that_ends_during_a_leave_leaves_the_person_paused(ana, owed, asker, officer):
    Leave.objects.create(user=ana, starts_on=TODAY + 10 * DAY, ends_on=TODAY + 60 * DAY)
    approve(ask(ana, owed, asker), officer)
    turn(TODAY + 21 * DAY)
    assert Assignment.objects.get(user=ana).status == "paused"
    assert cycles(ana)[1][2] == TODAY + 61 * DAY + 14 * DAY


def test_nobody_approves_their_own_and_the_database_says_so_too(ana, owed, asker, officer):
    waiver = ask(ana, owed, officer)
    with pytest.raises(rules.Refused, match="Somebody else"):
        approve(waiver, officer)
    with pytest.raises(rules.Refused, match="concerns themself"):
        approve(waiver, ana)
    for by in (officer, ana):
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(
                state=RequestState.APPROVED, decided_by=by, decided_at=noon(TODAY)
            )


def test_two_waivers_never_overlap_and_the_database_says_so_too(ana, owed, asker, officer):
    approve(ask(ana, owed, asker), officer)
    with pytest.raises(rules.Refused, match="covers some of these days"):
        ask(ana, owed, asker, first=TODAY + 20 * DAY)
    ask(ana, owed, asker, first=TODAY + 21 * DAY)
    with pytest.raises(IntegrityError, match="waiver_no_two_at_once"), transaction.atomic():
        Waiver.objects.create(
            user=ana, requirement=owed, starts_on=TODAY + 20 * DAY, ends_on=TODAY + 40 * DAY, reason="x",
            asked_by=asker, asked_at=noon(TODAY), state=RequestState.APPROVED, decided_by=officer,
            decided_at=noon(TODAY),
        )  # fmt: skip


def test_what_was_asked_and_decided_cannot_be_changed_or_deleted(ana, owed, asker, officer):
    waiver = ask(ana, owed, asker)
    changes = [{"reason": "other"}, {"ends_on": TODAY + 90 * DAY}]
    for change in changes:
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(**change)
    approve(waiver, officer)
    for change in [*changes, {"state": "refused"}, {"decision_note": "no"}, {"decided_by": asker}]:
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            Waiver.objects.filter(pk=waiver.pk).update(**change)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).delete()


def test_a_refused_or_withdrawn_request_changes_nothing_and_may_be_asked_again(ana, owed, asker, officer):
    with pytest.raises(rules.Refused, match="waits for a decision"):
        ask(ana, owed, asker), ask(ana, owed, asker)
    actions.refuse(Waiver.objects.get(), note="no reason given", by=officer, at=noon(TODAY))
    with pytest.raises(rules.Refused, match="decided meanwhile"):
        approve(Waiver.objects.get(), officer)
    second = ask(ana, owed, asker)
    with pytest.raises(rules.Refused, match="whoever asked"):
        actions.withdraw(second, by=officer, at=noon(TODAY))
    actions.withdraw(second, by=asker, at=noon(TODAY))
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE
    assert not Message.objects.filter(user=ana, kind="records.request").exists()
    third, told = ask(ana, owed, asker), Message.objects.filter(user=asker, kind="records.request")
    before = told.count()
    type(asker).objects.update(last_day_on=TODAY - DAY)
    third.refresh_from_db()
    approve(third, officer)
    assert (before, told.count()) == (1, 1), "whoever asked has left"
    assert Message.objects.filter(user=ana, kind="records.request").exists(), "it is about their own record"


def extend(owed, people, to, by, on=TODAY, fingerprint=None):
    seen = queries.moves(
        requirement_id=owed.pk, user_ids=[one.pk for one in people], moved_to=to, by_id=by.pk, today=on
    )
    batch = actions.extend(
        requirement=owed, user_ids=[one.pk for one in people], moved_to=to, reason="exam weeks",
        fingerprint=fingerprint or seen.fingerprint, by=by, today=on, at=noon(on),
    )  # fmt: skip
    return Extension.objects.filter(batch=batch).count()


def test_extensions_move_the_due_date_and_grace_and_keep_the_original(ana, owed, officer):
    original = TODAY + 30 * DAY
    for to in (TODAY + 45 * DAY, TODAY + 60 * DAY):
        assert extend(owed, [ana], to, officer) == 1
        turn(TODAY + DAY)
        assert cycles(ana) == [(1, TODAY, to, original, to + 7 * DAY, "")]
    assert Extension.objects.count() == 2
    with pytest.raises(rules.Refused, match="no due date"):
        extend(owed, [ana], TODAY + 50 * DAY, officer)
    found = status_of(ana, TODAY)
    assert (found.due_on, found.original_due_on) == (TODAY + 60 * DAY, original)
    assert found.extended_from == original


def test_an_overdue_person_who_gets_an_extension_is_not_overdue_and_is_reminded_by_the_new_date(
    ana, owed, officer
):
    on = TODAY + 50 * DAY
    turn(on)
    assert status_of(ana, on).status == ComplianceStatus.OVERDUE
    extend(owed, [ana], on + 10 * DAY, officer, on=on)
    assert status_of(ana, on).status == ComplianceStatus.NOT_YET_DUE
    steps = reached_steps(today=on, until=on + 10 * DAY)
    assert ("due", on + 10 * DAY) in {(kind, day) for _pk, kind, _step, day, _new in steps}


def test_an_extension_into_a_leave_moves_on_behind_it(ana, owed, officer):
    Leave.objects.create(user=ana, starts_on=TODAY + 40 * DAY, ends_on=TODAY + 60 * DAY)
    extend(owed, [ana], TODAY + 45 * DAY, officer)
    assert cycles(ana)[0][2] == TODAY + 61 * DAY + 14 * DAY


def test_many_are_moved_together_or_not_at_all(ana, owed, asker, officer):
    ben, cara = make_user(given_name="Ben"), make_user(given_name="Cara")
    for one in (ben, cara, officer):
        make_affiliation(one)
    turn(TODAY)
    approve(ask(cara, owed, asker), make_user(roles=("compliance_officer",)))
    people, to = [ana, ben, cara, officer], TODAY + 60 * DAY
    seen = queries.moves(
        requirement_id=owed.pk,
        user_ids=[one.pk for one in people],
        moved_to=to,
        by_id=officer.pk,
        today=TODAY,
    )
    assert {move.user_id for move in seen.moves} == {ana.pk, ben.pk}
    assert {one.name for one in seen.left_out} == {cara.display_name, officer.display_name}
    before = cycles(ana)
    make_completion(ben, course_of(owed), at=noon(TODAY) - 7 * HOUR)
    turn(TODAY)
    with pytest.raises(rules.NumbersChanged, match="no due date was moved"):
        extend(owed, people, to, officer, fingerprint=seen.fingerprint)
    assert cycles(ana) == before
    assert not Extension.objects.exists()
    assert extend(owed, people, to, officer) == 1
    assert Message.objects.filter(kind="records.request", user=ana).count() == 1


def test_an_extension_that_was_asked_for_takes_a_second_person(ana, owed, asker, officer):
    asked = actions.ask_for_extension(
        user=ana, requirement=owed, moved_to=TODAY + 60 * DAY, reason="field work", by=asker, today=TODAY,
        at=noon(TODAY),
    )  # fmt: skip
    for by, words in ((asker, "Somebody else"), (ana, "concerns themself")):
        with pytest.raises(rules.Refused, match=words):
            actions.approve_extension(asked, note="", by=by, today=TODAY, at=noon(TODAY))
    assert cycles(ana)[0][2] == TODAY + 30 * DAY
    actions.approve_extension(asked, note="fine", by=officer, today=TODAY, at=noon(TODAY))
    assert cycles(ana)[0][2:4] == (TODAY + 60 * DAY, TODAY + 30 * DAY)


def test_a_request_whose_date_moved_meanwhile_is_not_carried_out(ana, owed, asker, officer):
    asked = actions.ask_for_extension(
        user=ana, requirement=owed, moved_to=TODAY + 60 * DAY, reason="field work", by=asker, today=TODAY,
        at=noon(TODAY),
    )  # fmt: skip
    Leave.objects.create(user=ana, starts_on=TODAY + 20 * DAY, ends_on=TODAY + 40 * DAY)
    turn(TODAY)
    with pytest.raises(rules.Refused, match="has moved since"):
        actions.approve_extension(asked, note="", by=officer, today=TODAY, at=noon(TODAY))


def test_letters_say_what_is_true_when_they_leave(ana, owed, asker, officer):
    waiver = ask(ana, owed, asker)
    (question,) = Message.objects.filter(kind="records.request")
    assert "waits for your decision" in mail_messages.write(question).subject
    approve(waiver, officer)
    assert mail_messages.write(question) is None
    granted = Message.objects.get(kind="records.request", user=ana)
    letter = mail_messages.write(granted)
    assert "excused until 13 Dec 2026" in letter.subject
    assert "parental leave" in letter.text
