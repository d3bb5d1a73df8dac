"""Waivers, exemptions and extensions for many at once: each by name, one decision, once however often it is sent."""

import datetime as dt
import uuid

import pytest

from compliance.records import actions, queries, rules
from compliance.records.enums import ComplianceStatus
from compliance.records.models import ComplianceRecord, Extension, Waiver
from compliance.requirements.tests.factories import course_of
from lms.audit.models import Event
from lms.mail import messages as mail_messages
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user

from .factories import TODAY, make_completion, noon, turn
from .test_requests import status_of

DAY = dt.timedelta(days=1)
UNTIL = TODAY + 9 * DAY
DAYS = {
    "waivers": queries.Days(starts_on=TODAY, ends_on=UNTIL),
    "exemptions": queries.Days(starts_on=TODAY, review_on=TODAY + 300 * DAY),
    "extensions": queries.Days(moved_to=TODAY + 60 * DAY),
}


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def people(ana, owed, officer):
    """Ana, Ben and the officer owe it; Zoe does not."""
    ben, zoe = make_user(given_name="Ben"), make_user(given_name="Zoe")
    for one in (ben, officer):
        make_affiliation(one)
    turn(TODAY)
    return [ana, ben, officer, zoe]


def ask(kind, owed, people, by, batch=None, fingerprint=None):
    ids = [one.pk for one in people]
    seen = queries.together(kind, owed, DAYS[kind], user_ids=ids, today=TODAY)
    batch = batch or uuid.uuid4()
    actions.ask_together(
        kind, owed, DAYS[kind], user_ids=ids, reason="field work", evidence_note="", batch=batch,
        fingerprint=fingerprint or seen.fingerprint, by=by, today=TODAY, at=noon(TODAY),
    )  # fmt: skip
    return batch


def approve(kind, batch, by, on=TODAY):
    return actions.approve_together(kind, batch, note="", by=by, today=on, at=noon(on))


@pytest.mark.parametrize("kind", ["waivers", "exemptions", "extensions"])
def test_one_asks_for_many_and_another_decides_the_whole(kind, people, owed, asker, officer):
    ana, ben, _officer, zoe = people
    seen = queries.together(kind, owed, DAYS[kind], user_ids=[one.pk for one in people], today=TODAY)
    assert {one.user_id for one in seen.given} == {ana.pk, ben.pk, officer.pk}
    assert [(one.name, "does not apply" in one.why) for one in seen.left_out] == [(zoe.display_name, True)]
    batch = ask(kind, owed, people, asker)
    assert ask(kind, owed, people, asker, batch=batch) == batch, "a second click does nothing"
    with pytest.raises(rules.Refused, match="answered by somebody else"):
        ask(kind, owed, people, officer, batch=batch)
    rows = queries.batch_of(kind, batch)
    assert rows.count() == 3
    (question,) = Message.objects.filter(kind="records.request")
    assert "for 3 people at once" in mail_messages.write(question).text
    with pytest.raises(rules.Refused, match="what you asked for"):
        approve(kind, batch, asker)
    single = {
        "waivers": actions.approve_waiver,
        "exemptions": actions.approve_exemption,
        "extensions": actions.approve_extension,
    }
    with pytest.raises(rules.Refused, match="decided together"):
        single[kind](rows[0], note="", by=officer, today=TODAY, at=noon(TODAY))

    done = approve(kind, batch, officer)
    assert (done.count, [one.name for one in done.left_out]) == (2, [officer.display_name])
    if kind == "extensions":
        assert status_of(ana, TODAY).due_on == DAYS[kind].moved_to
    else:
        assert status_of(ana, TODAY).status == status_of(ben, TODAY).status == ComplianceStatus.EXCUSED
    assert status_of(officer, TODAY).status == ComplianceStatus.NOT_YET_DUE, "nobody decides their own"
    told = {one.user_id: mail_messages.write(one) for one in Message.objects.filter(kind="records.request")}
    assert set(told) == {ana.pk, ben.pk, asker.pk, officer.pk}
    assert "approved 2, refused 0, waiting 1" in told[asker.pk].text
    other = make_user(roles=("compliance_officer",))
    assert approve(kind, batch, other).count == 1
    with pytest.raises(rules.Refused, match="decided meanwhile"):
        approve(kind, batch, other)
    noun = kind.removesuffix("s")
    assert Event.objects.filter(action=f"records.{noun}_approved").count() == 3


def test_for_whom_it_became_impossible_it_is_refused_by_name_and_the_others_get_it(
    people, owed, asker, officer
):
    ana, ben, *_ = people
    batch = ask("waivers", owed, [ana, ben], asker)
    ben.affiliations.update(ends_on=TODAY - DAY)
    turn(TODAY)
    done = approve("waivers", batch, officer)
    assert (done.count, done.left_out[0].name) == (1, ben.display_name)
    refused = Waiver.objects.get(user=ben)
    assert (refused.state, "does not apply" in refused.decision_note) == ("refused", True)

    batch = ask("extensions", owed, [officer], asker)
    make_completion(officer, course_of(owed), at=noon(TODAY))
    turn(TODAY + DAY)
    other = make_user(roles=("compliance_officer",))
    done = approve("extensions", batch, other, on=TODAY + DAY)
    assert (done.count, "has finished it" in done.left_out[0].why) == (0, True)


def test_what_changed_since_it_was_shown_asks_for_nobody(people, owed, asker):
    ana, ben, *_ = people
    ids = [ana.pk, ben.pk]
    seen = queries.together("waivers", owed, DAYS["waivers"], user_ids=ids, today=TODAY)
    actions.ask_for_waiver(
        user=ben, requirement=owed, starts_on=TODAY, ends_on=UNTIL, reason="ill", by=asker, today=TODAY,
        at=noon(TODAY),
    )  # fmt: skip
    with pytest.raises(rules.NumbersChanged, match="nothing was asked for"):
        ask("waivers", owed, [ana, ben], asker, fingerprint=seen.fingerprint)
    assert Waiver.objects.count() == 1
    assert "waits for a decision" in (
        queries.together("waivers", owed, DAYS["waivers"], user_ids=ids, today=TODAY).left_out[0].why
    )


def test_refused_and_withdrawn_together_nothing_changes(people, owed, asker, officer):
    ana, ben, *_ = people
    batch = ask("exemptions", owed, [ana, ben], asker)
    with pytest.raises(rules.Refused, match="whoever asked"):
        actions.withdraw_together("exemptions", batch, by=officer, at=noon(TODAY))
    assert actions.withdraw_together("exemptions", batch, by=asker, at=noon(TODAY)).count == 2
    batch = ask("exemptions", owed, [ana, ben], asker)
    done = actions.refuse_together("exemptions", batch, note="no proof", by=officer, at=noon(TODAY))
    assert done.count == 2
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE


def test_within_a_day_an_extension_of_many_is_undone_and_earlier_ones_stay(people, owed, asker, officer):
    ana, ben, *_ = people
    first = due_of(ana)
    before = ask("extensions", owed, [ana], asker)
    approve("extensions", before, officer)
    ids = [ana.pk, ben.pk]
    seen = queries.moves(
        requirement_id=owed.pk, user_ids=ids, moved_to=TODAY + 90 * DAY, by_id=officer.pk, today=TODAY
    )
    batch = actions.extend(
        requirement=owed, user_ids=ids, moved_to=TODAY + 90 * DAY, reason="mistaken", by=officer, today=TODAY,
        fingerprint=seen.fingerprint, at=noon(TODAY),
    )  # fmt: skip
    assert due_of(ana) == due_of(ben) == TODAY + 90 * DAY
    make_completion(ben, course_of(owed), at=noon(TODAY))
    turn(TODAY + DAY)
    undo = {"reason": "wrong list", "by": asker}
    with pytest.raises(rules.Refused, match="nobody’s due date would change"):
        actions.undo_extensions(before, today=TODAY, at=noon(TODAY), **undo)
    with pytest.raises(rules.Refused, match="more than 24 hours"):
        actions.undo_extensions(
            batch, today=TODAY + DAY, at=noon(TODAY + DAY) + dt.timedelta(minutes=1), **undo
        )
    at = noon(TODAY + DAY)
    done = actions.undo_extensions(batch, today=TODAY + DAY, at=at, **undo)
    assert (done.count, [one.name for one in done.left_out]) == (1, [ben.display_name])
    assert due_of(ana) == TODAY + 60 * DAY > first
    turn(TODAY + DAY)
    assert due_of(ana) == TODAY + 60 * DAY, "the turn keeps what the undoing gave back"
    assert status_of(ana, TODAY + DAY).extended_from == first
    with pytest.raises(rules.Refused, match="nothing left to undo"):
        actions.undo_extensions(batch, today=TODAY + DAY, at=at, **undo)
    assert Extension.objects.filter(undone_at__isnull=False).count() == 1
    letter = mail_messages.write(Message.objects.filter(kind="records.request", user=ana).latest("pk"))
    assert "the earlier one again" in letter.subject
    assert "wrong list" in letter.text


def due_of(user):
    return ComplianceRecord.objects.get(user=user).due_on


def test_the_queue_shows_one_line_for_those_asked_for_together(people, owed, asker):
    ana, ben, *_ = people
    batch = ask("waivers", owed, [ana, ben], asker)
    (line,) = queries.one_a_batch(queries.asked("waivers"))
    assert (line.batch, line.also) == (batch, 1)
    (line,) = queries.one_a_batch(queries.asked("waivers", user_ids=frozenset([ben.pk])))
    assert (line.user_id, line.also) == (ben.pk, 0)
