"""Certifying, revoking and taking back by two people: only the approval writes, of the days that hold by then."""

import datetime as dt
import uuid

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, transaction

from compliance.records import actions, queries, rules
from compliance.records.actions.patience import in_words
from compliance.records.enums import ComplianceStatus, CreditSource, RequestState
from compliance.records.models import (
    CertificationRequest,
    ComplianceRecord,
    Credit,
    Reinstatement,
    Revocation,
)
from lms.audit.models import Event
from lms.mail import messages as mail_messages
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user

from .factories import TODAY, noon, turn
from .test_requests import status_of

DAY = dt.timedelta(days=1)
SOON = TODAY + 3 * DAY


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def asking():
    return make_user(given_name="Cy", roles=("compliance_officer",))


def ask(user, owed, asking, **more):
    said = {
        "on": TODAY,
        "source": CreditSource.MANUAL,
        "reason": "Seen in class",
        "evidence_note": "Sheet 12",
    }
    return actions.ask_to_certify(user=user, requirement=owed, by=asking, at=noon(TODAY), **(said | more))


def approve(found, by, on=SOON):
    way = {
        "certifications": actions.approve_certification,
        "revocations": actions.approve_revocation,
        "reinstatements": actions.approve_reinstatement,
    }[found.word]
    return way(found, note="Seen", by=by, today=on, at=noon(on))


@pytest.fixture
def done(ana, owed, asking, officer):
    """Ana was certified as of today; the cycle is finished."""
    approve(ask(ana, owed, asking), officer, on=TODAY)
    turn(TODAY + DAY)
    return ComplianceRecord.objects.select_related("user", "requirement").get(completed_at__isnull=False)


def ask_to_revoke(done, asking, days=9, **more):
    return actions.ask_to_revoke(
        done, due_on=TODAY + days * DAY, reason="cheated", by=asking, today=TODAY, at=noon(TODAY), **more
    )


def test_only_the_approval_writes_the_credit_and_it_is_of_the_day_that_was_asked_for(
    ana, owed, asking, officer
):
    found = ask(ana, owed, asking, valid_until=TODAY + 60 * DAY)
    turn(TODAY)
    assert not Credit.objects.exists()
    assert status_of(ana, TODAY).status == ComplianceStatus.NOT_YET_DUE
    (question,) = Message.objects.filter(kind="records.request")
    assert question.user == officer, "neither who asked nor whom it concerns"
    assert "be certified for" in mail_messages.write(question).text
    for who, why in ((asking, "what you asked for"), (ana, "concerns themself")):
        with pytest.raises(rules.Refused, match=why):
            approve(found, who)
    with pytest.raises(rules.Refused, match="waits for a decision"):
        ask(ana, owed, asking)
    with pytest.raises(rules.Refused, match="certifies themself"):
        ask(asking, owed, asking)

    found = approve(found, officer)
    credit = Credit.objects.get()
    assert (credit.on, credit.valid_until, credit.reference) == (TODAY, TODAY + 60 * DAY, "Sheet 12")
    assert (credit.by, credit.at, found.outcome, found.state) == (officer, noon(SOON), credit, "approved")
    turn(SOON)
    assert status_of(ana, SOON).valid_until == TODAY + 60 * DAY
    told = {one.user: mail_messages.write(one).text for one in Message.objects.exclude(pk=question.pk)}
    assert set(told) == {ana, asking}
    assert "Cy had asked for it." in told[ana].replace(asking.display_name, "Cy")
    assert "approved what you asked for" in told[asking]
    with pytest.raises(rules.Refused, match="decided meanwhile"):
        approve(found, officer)
    deeds = set(Event.objects.values_list("action", flat=True))
    assert {"records.certification_asked", "records.certification_approved", "records.credit_given"} <= deeds


@pytest.mark.parametrize("what", ["retired", "paused", "gone", "passed", "over"])
def test_what_changed_in_between_is_said_and_nothing_is_written(ana, owed, asking, officer, what):
    found = ask(ana, owed, asking, valid_until=TODAY + 2 * DAY if what == "over" else None)
    if what in {"retired", "paused"}:
        type(owed).objects.filter(pk=owed.pk).update(state=what)
    elif what == "gone":
        type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    elif what == "passed":
        actions.give_credit(
            user_id=ana.pk, requirement_id=owed.pk, on=TODAY, source=CreditSource.EVIDENCE, by=officer,
            reason="proof", at=noon(TODAY),
        )  # fmt: skip
        turn(SOON)
    before = Credit.objects.count()
    says = {
        "retired": "was retired", "paused": "rests at the moment", "gone": "is deactivated",
        "passed": "On record is a completion", "over": "lasts until today",
    }  # fmt: skip
    with pytest.raises(rules.Refused, match=says[what]):
        approve(found, officer)
    found.refresh_from_db()
    assert (Credit.objects.count(), found.state) == (before, RequestState.WAITING)
    actions.refuse(found, note="Not possible", by=officer, at=noon(SOON))
    assert "nothing changes" in mail_messages.write(Message.objects.latest("pk")).text.lower()


def test_a_revocation_takes_effect_on_the_day_of_the_approval(done, ana, owed, asking, officer):
    found = ask_to_revoke(done, asking, evidence_note="Log of the quiz")
    assert status_of(ana, TODAY + DAY).status == ComplianceStatus.COMPLIANT
    with pytest.raises(rules.Refused, match="waits for a decision"):
        ask_to_revoke(done, asking)
    found = approve(found, officer)
    assert (found.outcome.on, found.outcome.due_on, found.outcome.by) == (SOON, TODAY + 9 * DAY, officer)
    assert status_of(ana, SOON).due_on == TODAY + 9 * DAY
    again = actions.ask_to_restore(found.outcome, reason="It was them", by=asking, at=noon(SOON))
    assert status_of(ana, SOON).status == ComplianceStatus.NOT_YET_DUE
    with pytest.raises(rules.Refused, match="what you asked for"):
        approve(again, asking)
    again = approve(again, officer, on=SOON + DAY)
    assert Reinstatement.objects.get().on == SOON + DAY
    assert status_of(ana, SOON + DAY).status == ComplianceStatus.COMPLIANT
    with pytest.raises(rules.Refused, match="taken back already"):
        actions.ask_to_restore(found.outcome, reason="x", by=asking, at=noon(SOON))


def test_a_due_date_that_passed_or_a_cycle_revoked_meanwhile_is_said(done, asking, officer):
    found = ask_to_revoke(done, asking, days=1)
    with pytest.raises(rules.Refused, match="has passed"):
        approve(found, officer)
    actions.revoke(done, due_on=SOON, reason="x", by=officer, today=SOON, at=noon(SOON))
    with pytest.raises(rules.Refused, match="revoked already"):
        approve(found, officer, on=TODAY)
    assert Revocation.objects.count() == 1
    actions.withdraw(found, by=asking, at=noon(SOON))
    assert queries.waiting_count("revocations") == 0


def test_several_are_certified_at_once_each_by_name(ana, owed, asking, officer):
    ben, zoe = make_user(given_name="Ben"), make_user(given_name="Zoe")
    for one in (ben, asking):
        make_affiliation(one)
    turn(TODAY)
    people, days = [ana, ben, asking, zoe], queries.Days(on=TODAY, source="manual")
    said = {"user_ids": [one.pk for one in people], "today": TODAY}
    seen = queries.together("certifications", owed, days, by_id=asking.pk, **said)
    assert {one.user_id for one in seen.given} == {ana.pk, ben.pk}
    left = {one.name: one.why for one in seen.left_out}
    assert "themself" in left[asking.display_name]
    assert "does not apply" in left[zoe.display_name]
    batch = uuid.uuid4()
    asked = {
        "reason": "classroom", "evidence_note": "Sheet", "batch": batch, "fingerprint": seen.fingerprint,
        "by": asking, "at": noon(TODAY),
    }  # fmt: skip
    for _again in range(2):
        assert actions.ask_together("certifications", owed, days, **said, **asked) == 2
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    done = actions.approve_together("certifications", batch, note="", by=officer, today=SOON, at=noon(SOON))
    assert (done.count, ["deactivated" in one.why for one in done.left_out]) == (1, [True])
    credit = Credit.objects.get()
    assert (credit.user, credit.on, credit.request.batch) == (ana, TODAY, batch)
    turn(SOON)
    assert status_of(ana, SOON).status == ComplianceStatus.COMPLIANT


def test_a_requirement_that_is_held_for_too_long_is_said_in_words():
    held, other = OperationalError("x"), OperationalError("y")
    held.__cause__ = psycopg.errors.LockNotAvailable()
    for error, told in ((held, rules.Refused), (other, OperationalError)):
        with pytest.raises(told), in_words():
            raise error


def test_the_database_keeps_it_so(ana, owed, asking, officer):
    found = ask(ana, owed, asking)
    wrong = (
        {"state": "approved", "decided_by": officer, "decided_at": noon(TODAY)},
        {"on": TODAY - DAY},
        {"asked_by": ana},
    )
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CertificationRequest.objects.filter(pk=found.pk).update(**change)
    credit = Credit.objects.create(
        user=ana, requirement=owed, on=TODAY, source="manual", reason="x", by=asking, at=noon(TODAY)
    )
    alone = {"state": "approved", "decided_by": asking, "decided_at": noon(TODAY), "outcome": credit}
    with pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        CertificationRequest.objects.filter(pk=found.pk).update(**alone)
    approve(found, officer)
    for change in (lambda: CertificationRequest.objects.update(reason="y"), found.delete):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            change()
