"""Exemptions: who decides, what follows at once, that nothing happens by itself, and what follows when they end."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.core import foresight
from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.records import actions, queries, rules
from compliance.records.enums import ComplianceStatus
from compliance.records.models import Assignment, Exemption
from compliance.reminders.queries.ladder import reached_steps
from compliance.requirements import queries as requirements
from compliance.requirements.tests.factories import course_of
from lms.audit.models import Event
from lms.mail import messages as mail_messages
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user

from .factories import TODAY, make_completion, noon, turn
from .test_requests import cycles, status_of

DAY = dt.timedelta(days=1)
REVIEW = TODAY + 365 * DAY


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def ask(ana, owed, asker, first=TODAY, on=TODAY, **more):
    return actions.ask_for_exemption(
        user=ana, requirement=owed, starts_on=first, reason="no access to the data", by=asker, today=on, at=noon(on),
        **({"review_on": first + 365 * DAY} | more),
    )  # fmt: skip


def approve(exemption, officer, on=TODAY):
    return actions.approve_exemption(exemption, note="", by=officer, today=on, at=noon(on))


def end(exemption, officer, on, reason="has access now"):
    return actions.end_exemption(exemption, reason=reason, by=officer, today=on, at=noon(on))


def test_from_the_decision_on_the_person_is_exempt_until_further_notice(ana, owed, asker, officer):
    exemption = ask(ana, owed, asker)
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE
    for by in (ana, asker):
        with pytest.raises(rules.Refused):
            approve(exemption, by)
    approve(exemption, officer)
    assert Assignment.objects.get(user=ana).status == "exempt"
    assert not reached_steps(today=TODAY, until=TODAY + 40 * DAY)
    for years in (0, 1, 9):
        on = TODAY + years * 365 * DAY
        turn(on)
        found = status_of(ana, on)
        assert found.status == ComplianceStatus.EXCUSED
    assert [each[0] for each in cycles(ana)] == [1]
    text = queries.because_text(found.because)
    assert (
        text == f"exempt since 23 Nov 2026, because: no access to the data, decided by {officer.display_name}"
    )
    assert (found.exempt_since, found.excused_until) == (TODAY, None)
    assert not queries.may(ana.pk, owed.pk, TODAY).is_allowed
    shown = dict(queries.answer(ana.pk, owed.pk, TODAY).because)
    assert shown == {"exempt_since": TODAY.isoformat()}, "why, and who decided, is no door's business"
    letter = mail_messages.write(Message.objects.get(kind="records.request", user=ana))
    assert "You are exempt" in letter.subject
    assert "until further notice" in letter.text


@pytest.mark.parametrize("turns", [(100,), (100, 101, 101), (130,)])
def test_when_it_is_ended_a_fresh_cycle_opens_that_day_and_the_old_one_stays(
    ana, owed, asker, officer, turns
):
    exemption = approve(ask(ana, owed, asker), officer)
    turn(TODAY + 50 * DAY)
    back = TODAY + 100 * DAY
    end(exemption, officer, back)
    for days in turns:
        turn(TODAY + days * DAY)
    due = back + 30 * DAY
    assert cycles(ana)[0][-1] == "waived"
    assert cycles(ana)[1:] == [(2, back, due, due, due + 7 * DAY, "")]
    assert status_of(ana, back).status == ComplianceStatus.NOT_YET_DUE
    exemption.refresh_from_db()
    assert (exemption.ended_on, exemption.end_reason) == (back, "has access now")
    with pytest.raises(rules.Refused, match="not in force"):
        end(exemption, officer, back)
    actions_done = set(Event.objects.values_list("action", flat=True))
    assert {f"records.exemption_{deed}" for deed in ("asked", "approved", "ended")} <= actions_done


def test_with_a_known_end_it_ends_by_itself_in_the_night_that_looks_only_at_who_turns(
    ana, owed, asker, officer
):
    approve(ask(ana, owed, asker, ends_on=TODAY + 9 * DAY), officer)
    back = TODAY + 10 * DAY
    for days in range(1, 12):
        at = noon(TODAY + days * DAY)
        actions.nightly_turn(at=at, scheduled_for=at)
    assert Assignment.objects.get(user=ana).status == "active"
    assert cycles(ana)[1][:3] == (2, back, back + 30 * DAY)


def test_the_foresight_sees_the_end_and_the_fresh_cycle_as_the_turns_make_them(ana, owed, asker, officer):
    approve(ask(ana, owed, asker, ends_on=TODAY + 9 * DAY), officer)
    person = requirements.people_of(owed, [ana.pk])[0]
    held = queries.positions(owed.pk, [ana.pk])[ana.pk].held
    from compliance.oversight.queries.foresight import _duties

    (duty,) = [each for each in _duties(owed, requirements.roster()) if each.person.id == ana.pk]
    assert (duty.person, duty.held.cycles) == (person, held.cycles)
    habits = foresight.Habits(lambda _on: True, frozenset())
    events = foresight.foresee([duty], TODAY + DAY, TODAY + 60 * DAY, habits)
    back = TODAY + 10 * DAY
    assert foresight.Event(back, foresight.OPENED, owed.pk) in events
    assert foresight.Event(back + 30 * DAY, foresight.FELL_DUE, owed.pk) in events
    assert not [each for each in events if each.what == foresight.MAIL and each.on < back]


def test_who_is_trained_has_nothing_to_do_when_it_ends_and_a_pass_meanwhile_counts(ana, owed, asker, officer):
    exemption = approve(ask(ana, owed, asker), officer)
    make_completion(ana, course_of(owed), at=noon(TODAY + 5 * DAY))
    turn(TODAY + 6 * DAY)
    end(exemption, officer, TODAY + 8 * DAY)
    turn(TODAY + 8 * DAY)
    assert [each[0] for each in cycles(ana)] == [1]
    assert status_of(ana, TODAY + 8 * DAY).status == ComplianceStatus.COMPLIANT


def test_whoever_gets_the_requirement_anew_while_exempt_is_exempt(ana, owed, asker, officer):
    approve(ask(ana, owed, asker), officer)
    affiliation = ana.affiliations.get()
    affiliation.ends_on = TODAY + 5 * DAY
    affiliation.save()
    turn(TODAY + 6 * DAY)
    make_affiliation(ana, starts_on=TODAY + 10 * DAY)
    turn(TODAY + 10 * DAY)
    assert Assignment.objects.get(user=ana, withdrawn_on__isnull=True).status == "exempt"


def test_a_waiver_and_an_exemption_never_share_a_day_nor_do_two_exemptions(ana, owed, asker, officer):
    days = {"user": ana, "requirement": owed, "by": asker, "today": TODAY, "at": noon(TODAY)}
    waiver = actions.ask_for_waiver(starts_on=TODAY, ends_on=TODAY + 9 * DAY, reason="ill", **days)
    exemption = ask(ana, owed, asker)
    actions.approve_waiver(waiver, note="", by=officer, today=TODAY, at=noon(TODAY))
    with pytest.raises(rules.Refused, match="A waiver from 23 Nov 2026 to 2 Dec 2026 covers"):
        approve(exemption, officer)
    actions.withdraw(exemption, by=asker, at=noon(TODAY))
    later = approve(ask(ana, owed, asker, first=TODAY + 10 * DAY), officer)
    with pytest.raises(rules.Refused, match="exempt since 3 Dec 2026 until further notice"):
        actions.ask_for_waiver(starts_on=TODAY + 200 * DAY, ends_on=TODAY + 201 * DAY, reason="ill", **days)
    with pytest.raises(IntegrityError, match="exemption_no_two_at_once"), transaction.atomic():
        Exemption.objects.create(
            user=ana, requirement=owed, starts_on=TODAY + 400 * DAY, review_on=TODAY + 500 * DAY, reason="x",
            asked_by=asker, asked_at=noon(TODAY), state="approved", decided_by=officer, decided_at=noon(TODAY),
        )  # fmt: skip
    end(later, officer, TODAY)
    turn(TODAY + 10 * DAY)
    assert status_of(ana, TODAY + 10 * DAY).status != ComplianceStatus.EXCUSED, "ended before it began"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"review_on": TODAY}, "next look must lie after"),
        ({"review_on": TODAY + 1097 * DAY}, "within three years"),
        ({"review_on": dt.date.max}, "within three years"),
        ({"ends_on": TODAY - DAY}, "last day must not be before the first"),
        ({"first": TODAY - DAY}, "begins today or later"),
    ],
)
def test_what_cannot_be_asked_for(ana, owed, asker, said, why):
    with pytest.raises(rules.Refused, match=why):
        ask(ana, owed, asker, **said)
    assert not Exemption.objects.exists()


def test_somebody_looks_by_the_day_and_says_that_it_still_holds(ana, owed, asker, officer):
    exemption = approve(ask(ana, owed, asker), officer)
    assert not queries.up_for_review(REVIEW - DAY)
    assert list(queries.up_for_review(REVIEW)) == [exemption]
    looked = {"by": officer, "today": REVIEW, "at": noon(REVIEW)}
    with pytest.raises(rules.Refused, match="within three years"):
        actions.review_exemption(exemption, review_on=REVIEW + 1097 * DAY, note="", **looked)
    actions.review_exemption(exemption, review_on=REVIEW + 300 * DAY, note="asked the head", **looked)
    assert not queries.up_for_review(REVIEW)
    for change in ({"reason": "other"}, {"starts_on": TODAY + DAY}, {"decided_by": asker}):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            Exemption.objects.filter(pk=exemption.pk).update(**change)
    end(exemption, officer, REVIEW + DAY)
    assert not queries.up_for_review(REVIEW + 300 * DAY)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Exemption.objects.filter(pk=exemption.pk).update(review_on=TODAY + 9 * DAY)


def test_the_time_machine_knows_the_days_of_an_exemption(ana, owed, asker, officer):
    exemption = approve(ask(ana, owed, asker), officer)
    back = TODAY + 20 * DAY
    end(exemption, officer, back)
    turn(back + 5 * DAY)
    known = back + 400 * DAY
    for on, status in ((TODAY + 3 * DAY, "excused"), (back + DAY, "not_yet_due")):
        past = history.look(Moment(on, known))
        (found,) = history.stood(ana.pk, past)
        assert found.status == status
        with history.seen(past):
            assert list(history.people(past).values_list("excused_count", flat=True)) == [status == "excused"]


def test_nobody_can_be_exempt_from_what_they_do_not_have(owed, asker):
    with pytest.raises(rules.Refused, match="does not apply to the person"):
        ask(make_user(), owed, asker)
