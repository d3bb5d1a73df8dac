"""Proof from sending to the decision: who may, what follows, and that nothing is ever half written."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from compliance.evidence import actions, queries
from compliance.evidence.enums import EvidenceState, RejectReason
from compliance.evidence.models import Evidence, EvidenceFile
from compliance.evidence.tests.factories import DAY, PNG, TODAY, claim, files, pdf, send
from compliance.records import actions as records_actions
from compliance.records import queries as records
from compliance.records.enums import ComplianceStatus
from compliance.records.models import ComplianceRecord, Credit, TriggeringEvent, Waiver
from compliance.records.tests.factories import make_assignment, make_record
from compliance.requirements.tests.factories import make_requirement
from lms.access.permissions import Permission
from lms.audit.models import Event
from lms.mail.models import Message
from lms.people import queries as people
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import context, plans
from tenants.context import inside
from tenants.entitlements import PLANS

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _here(in_alpha: Any) -> None:
    pass


@pytest.fixture
def requirement() -> Any:
    return make_requirement(title="Phishing")


@pytest.fixture
def ana(requirement: Any) -> Any:
    return _owing("Ana", requirement, "LAW")


@pytest.fixture
def officer() -> Any:
    return make_user(given_name="Bo", roles=("compliance_officer",))


def _owing(name: str, requirement: Any, department: str) -> Any:
    user = make_user(given_name=name, family_name=department.title())
    make_affiliation(user, department=make_department(department), starts_on=dt.date(2026, 10, 1))
    make_record(make_assignment(user, requirement=requirement, assigned_on=dt.date(2026, 10, 1)))
    return user


def _accept(evidence: Evidence, by: Any, at: dt.datetime, **days: Any) -> Evidence:
    given = {"completed_on": evidence.completed_on, "valid_until": None, "note": ""} | days
    return actions.accept(evidence, **given, by=by, today=TODAY, at=at)


def test_what_is_sent_waits_and_changes_nothing(ana: Any, requirement: Any, at: dt.datetime) -> None:
    before = records.owed_by(ana.pk, TODAY)
    sent = send(ana, requirement, at, ("a.pdf", pdf()), ("b.png", PNG))
    assert sent.is_waiting
    assert [file.name for file in queries.files_of(sent)] == ["a.pdf", "b.png"]
    assert records.owed_by(ana.pk, TODAY) == before
    assert Event.objects.get(action="evidence.sent").facts["files"][0].startswith("a.pdf (")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"completed_on": TODAY + DAY}, "must not be in the future"),
        ({"completed_on": dt.date(1926, 11, 1)}, "Check the year"),
        ({"valid_until": TODAY - DAY}, "has run out already"),
    ],
)
def test_days_that_cannot_be_are_refused(
    fields: dict[str, Any], words: str, ana: Any, requirement: Any, at: dt.datetime
) -> None:
    with pytest.raises(actions.Refused, match=words):
        send(ana, requirement, at, **fields)
    assert not Evidence.objects.exists()


def test_there_must_be_something_to_look_at(ana: Any, requirement: Any, at: dt.datetime) -> None:
    asked: dict[str, Any] = {"requirement": requirement, "by": ana, "today": TODAY, "at": at}
    with pytest.raises(actions.Refused, match="Add a file"):
        actions.send(claim=claim(), files=[], **asked)
    actions.send(claim=claim(url="https://badges.example/7"), files=[], **asked)


def test_only_what_one_owes_can_be_proved(requirement: Any, at: dt.datetime) -> None:
    with pytest.raises(actions.Refused, match="does not apply to you"):
        send(make_user(), requirement, at)


def test_a_second_click_sends_nothing_twice(ana: Any, requirement: Any, at: dt.datetime) -> None:
    send(ana, requirement, at)
    with pytest.raises(actions.Refused, match="waits for a review"):
        send(ana, requirement, at, ("other.pdf", pdf("other")))
    assert (Evidence.objects.count(), EvidenceFile.objects.count()) == (1, 1)


def test_where_the_second_file_cannot_be_written_nothing_is(
    ana: Any, requirement: Any, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = files(("a.pdf", pdf()), ("b.png", PNG))
    broken = [given[0], replace(given[1], sha256="x" * 99)]
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        actions.send(requirement=requirement, claim=claim(), files=broken, by=ana, today=TODAY, at=at)
    assert not Evidence.objects.exists()
    assert not EvidenceFile.objects.exists()
    assert not Event.objects.filter(action="evidence.sent").exists()


def test_accepted_it_is_credited_and_the_person_is_told(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    found = _accept(send(ana, requirement, at), officer, at + HOUR, note="Well done.")
    assert (found.state, found.credited_on) == (EvidenceState.ACCEPTED, TODAY - 60 * DAY)
    assert Message.objects.get(kind="evidence.decided").user_id == ana.pk
    assert Event.objects.filter(action="evidence.accepted").count() == 1
    assert Credit.objects.get().evidence_id == found.public_id
    records_actions.daily_turn(at=at + HOUR, scheduled_for=at)
    (duty,) = records.owed_by(ana.pk, TODAY)
    assert (duty.status, duty.completed_on) == (ComplianceStatus.COMPLIANT, TODAY - 60 * DAY)
    assert duty.valid_until == dt.date(2027, 9, 24)


def test_what_is_valid_is_renewed_by_nothing_older_than_its_window(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    _accept(send(ana, requirement, at), officer, at)
    records_actions.daily_turn(at=at + HOUR, scheduled_for=at)
    later = send(ana, requirement, at + HOUR, ("b.pdf", pdf("b")), completed_on=TODAY - DAY)
    with pytest.raises(actions.Refused, match="on 26 Jul 2027 or later counts"):
        _accept(later, officer, at)


def test_it_never_counts_longer_than_the_requirement_gives(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    sent = send(ana, requirement, at, valid_until=dt.date(2031, 1, 1))
    with pytest.raises(actions.Refused, match="24 Sep 2027 at most"):
        _accept(sent, officer, at, valid_until=dt.date(2031, 1, 1))
    assert Evidence.objects.get().is_waiting
    assert _accept(sent, officer, at, valid_until=dt.date(2027, 9, 24)).credited_until == dt.date(2027, 9, 24)


def test_what_was_done_before_an_event_does_not_answer_it(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    event = TriggeringEvent.objects.create(
        requirement=requirement, kind="phishing", title="Spring test", happened_on=TODAY - 9 * DAY, days=14,
        reach="everybody", recorded_by=officer, recorded_at=at,
    )  # fmt: skip
    ComplianceRecord.objects.update(event=event, window_opens_on=TODAY - 9 * DAY)
    with pytest.raises(actions.Refused, match="on 14 Nov 2026 or later counts"):
        _accept(send(ana, requirement, at), officer, at)


def test_what_the_requirement_lets_run_out_by_today_is_not_accepted(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    sent = send(ana, requirement, at, completed_on=dt.date(2025, 6, 1))
    with pytest.raises(actions.Refused, match="counts until 1 Jun 2026, which is over"):
        _accept(sent, officer, at)


def test_nobody_reviews_their_own_nor_out_of_reach(ana: Any, requirement: Any, at: dt.datetime) -> None:
    sent = send(ana, requirement, at)
    head = make_user(given_name="Hedda")
    medicine = make_department("MED")
    RoleGrant.objects.create(user=head, role="evidence_reviewer", department=medicine, granted_at=at)
    for role in ("compliance_officer", "evidence_reviewer"):
        RoleGrant.objects.create(user=ana, role=role, granted_at=at)
    with pytest.raises(actions.Refused, match="Nobody reviews what they sent"):
        _accept(sent, ana, at)
    with pytest.raises(actions.Refused, match="You do not review"):
        actions.reject(sent, reason=RejectReason.NO_DATE, note="", by=head, at=at)
    with pytest.raises(IntegrityError, match="nobody_reviews_their_own"), transaction.atomic():
        Evidence.objects.update(state="rejected", reject_reason="other", decided_by=ana, decided_at=at)


def test_the_second_of_two_reviewers_is_told_who_was_first(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    sent = send(ana, requirement, at)
    actions.reject(sent, reason=RejectReason.NO_DATE, note="", by=officer, at=at)
    with pytest.raises(actions.Refused, match=r"Bo .*decided about it meanwhile"):
        _accept(sent, make_user(roles=("compliance_officer",)), at)
    assert Evidence.objects.get().state == EvidenceState.REJECTED


def test_rejected_it_is_sent_again_once_and_says_instead_of_what(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    first = actions.reject(
        send(ana, requirement, at), reason=RejectReason.UNREADABLE, note="Too dark.", by=officer, at=at
    )
    second = send(ana, requirement, at + HOUR, ("light.pdf", pdf("light")), replaces=first)
    assert second.replaces == first
    actions.withdraw(second, by=ana, at=at)
    with pytest.raises(actions.Refused, match="sent this again already"):
        send(ana, requirement, at + HOUR, replaces=first)
    with pytest.raises(actions.Refused, match="Only what was not accepted"):
        send(ana, requirement, at + HOUR, replaces=second)


def test_a_reason_of_ones_own_needs_words(ana: Any, officer: Any, requirement: Any, at: dt.datetime) -> None:
    with pytest.raises(actions.Refused, match="Say in a sentence"):
        actions.reject(send(ana, requirement, at), reason=RejectReason.OTHER, note=" ", by=officer, at=at)


def test_withdrawing_deletes_the_files_and_keeps_that_it_was_sent(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    sent = send(ana, requirement, at)
    with pytest.raises(actions.Refused, match="Only whoever sent it"):
        actions.withdraw(sent, by=officer, at=at)
    actions.withdraw(sent, by=ana, at=at)
    assert (Evidence.objects.get().state, EvidenceFile.objects.count()) == ("withdrawn", 0)
    send(ana, requirement, at + HOUR)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Evidence.objects.update(title="Other"),
        lambda: Evidence.objects.update(decision_note="Other"),
        lambda: EvidenceFile.objects.update(name="other.pdf"),
        lambda: EvidenceFile.objects.all().delete(),
    ],
)
def test_the_database_keeps_what_was_decided_with_its_files(
    change: Any, ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    actions.reject(send(ana, requirement, at), reason=RejectReason.NO_DATE, note="", by=officer, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_the_same_file_of_somebody_else_is_noticed(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    mia = _owing("Mia", requirement, "MED")
    send(ana, requirement, at)
    sent = send(mia, requirement, at + HOUR)
    (copy,) = queries.copies_of(sent, people.reach(officer, Permission.EVIDENCE_VIEW))
    assert (copy.name, copy.what, copy.is_same_person) == ("Ana Law", "Phishing", False)
    (unnamed,) = queries.copies_of(sent, people.Reach(is_everyone=False))
    assert (unnamed.name, unnamed.evidence_public_id) == ("", None)
    actions.withdraw(Evidence.objects.get(user=ana), by=ana, at=at)
    assert queries.copies_of(sent, people.Reach(is_everyone=True)) == []


def test_a_plan_without_room_or_files_takes_none(ana: Any, requirement: Any, at: dt.datetime) -> None:
    here = context.require_tenant()
    full = replace(here, entitlements=replace(PLANS["unlimited"], file_megabytes=0))
    with inside(full), pytest.raises(plans.LimitReached, match="room for 0 MB of files; it would be 1 MB"):
        send(ana, requirement, at)
    closed = replace(here, entitlements=replace(PLANS["unlimited"], uploads=False))
    with inside(closed), pytest.raises(plans.LimitReached, match="Files cannot be uploaded"):
        send(ana, requirement, at)
    assert not Evidence.objects.exists()


def test_how_long_a_review_takes_is_counted_and_never_guessed(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    for number, took in enumerate((1, 1, 2, 3, 7)):
        assert queries.waits(at).half is None, number
        sent = send(ana, requirement, at - 14 * DAY, (f"{number}.pdf", pdf(str(number))))
        actions.reject(sent, reason=RejectReason.NO_DATE, note="", by=officer, at=at + (took - 14) * DAY)
    found = queries.waits(at)
    assert (found.reviewed, found.half, found.most, found.ahead) == (5, 2, 5, 0)


def test_one_asks_for_oneself_with_files_and_takes_them_back(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    asked: dict[str, Any] = {"requirement": requirement, "by": ana, "today": TODAY, "at": at}
    actions.ask_for_waiver(
        starts_on=TODAY, ends_on=TODAY + 30 * DAY, reason="Field work", files=files(), **asked
    )
    waiver = Waiver.objects.get()
    assert (waiver.user, waiver.asked_by) == (ana, ana)
    (file,) = queries.files_of(waiver)
    assert queries.file_for(officer, file.public_id) == file
    assert queries.file_for(make_user(roles=("evidence_reviewer",)), file.public_id) is None
    with pytest.raises(actions.Refused, match="waits for a decision"):
        actions.ask_for_waiver(
            starts_on=TODAY, ends_on=TODAY + 30 * DAY, reason="Again", files=files(), **asked
        )
    actions.withdraw_request(waiver, by=ana, at=at)
    assert not EvidenceFile.objects.exists()
    actions.ask_for_extension(moved_to=dt.date(2026, 12, 20), reason="Exams", files=files(), **asked)
    extension = EvidenceFile.objects.get().extension
    assert extension is not None
    assert extension.asked_by == ana


def test_who_reviews_is_reminded_once_a_week_of_what_waits_too_long(
    ana: Any, officer: Any, requirement: Any, at: dt.datetime
) -> None:
    assert actions.chase(at=at, scheduled_for=at) is None
    send(ana, requirement, at)
    again = actions.chase(at=at + DAY, scheduled_for=at)
    assert again is not None
    assert again.date() == dt.date(2026, 12, 1)
    make_user(given_name="Gus", roles=("compliance_officer",), last_day_on=again.date() - DAY)
    for hour in range(3):
        assert actions.chase(at=again + hour * HOUR, scheduled_for=again) is not None
    letter = Message.objects.get(kind="evidence.overdue")
    assert letter.user_id == officer.pk
