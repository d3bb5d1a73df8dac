"""The statement at the end of a course: shown, signed once, kept word for word; and nothing completed without it."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.audit.models import Event
from lms.catalog.tests.factories import make_version, quiz, text
from lms.learning import actions, queries, rules
from lms.learning.models import Attestation, Certificate, Enrollment
from lms.learning.tests.browsing import go, page, url
from lms.learning.tests.factories import complete, lesson_of, make_enrollment, read_all, sit
from tenants.context import inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SAID = "I have read the policy & will follow it.\n\nEvery day."


@pytest.fixture
def begun(alpha, dee):
    """Dee has begun a course of one text and a quiz that ends with a statement."""
    with inside(alpha):
        return make_enrollment(dee, make_version(text("links"), quiz(), statement=SAID))


def test_a_learner_signs_at_the_end_and_only_then_has_completed(alpha, dee, at, begun, client_for):
    browser = client_for(alpha, dee)
    signing, own = url("sign", begun.public_id), url("enrollment", begun.public_id)
    assert go(browser.get(signing)) == url("resume", begun.public_id)
    assert go(browser.post(signing, {"agreed": "on"})) == url("resume", begun.public_id)
    with inside(alpha):
        read_all(begun, by=dee)
        attempt = sit(begun, by=dee)
        assert not Certificate.objects.exists()
    assert signing in page(browser.get(url("result", attempt.public_id)))
    assert "One step is left" in page(browser.get(own))
    assert go(browser.get(url("resume", begun.public_id))) == signing
    html = page(browser.get(signing))
    for said in ("policy &amp; will follow it.", "Acceptable use", "2026-03", "https://alpha.example/policy"):
        assert said in html
    assert "Nothing is signed yet" in page(browser.post(signing, {}), 422)
    sent = {"agreed": "on"}
    for __ in range(2):
        agent = "Browser/1 \x07" + "x" * 400
        assert go(browser.post(signing, sent, REMOTE_ADDR="192.0.2.9", headers={"user-agent": agent})) == own
    with inside(alpha):
        kept = Attestation.objects.get()
        assert (kept.enrollment, kept.statement, kept.signer_name) == (begun, SAID, "Dee Dubois")
        assert kept.digest == hashlib.sha256(SAID.encode()).hexdigest()
        assert (kept.policy, kept.policy_url) == ("Acceptable use 2026-03", "https://alpha.example/policy")
        assert (kept.signed_at, kept.ip_address) == (at, "192.0.2.9")
        assert kept.user_agent == ("Browser/1 " + "x" * 400)[:300]
        certificate = Certificate.objects.get(enrollment=begun)
        facts = Event.objects.get(action="course.completed").facts
        assert (facts["signed"], facts["statement"]) == (str(kept.public_id), kept.digest)
        assert queries.faults() == []
    html = page(browser.get(own))
    assert kept.digest in html
    assert "192.0.2.9" not in html
    assert "Statement signed" in page(browser.get(url("certificate", certificate.public_id)))


def test_the_last_lesson_leads_to_the_statement_of_the_version_taken(alpha, dee, client_for):
    with inside(alpha):
        begun = make_enrollment(dee, make_version(text("links"), statement=SAID))
        make_version(text("links"), statement="I promise something else.")
    browser = client_for(alpha, dee)
    assert go(browser.post(url("lesson-done", begun.public_id, "links"))) == url("sign", begun.public_id)
    assert "something else" not in page(browser.get(url("sign", begun.public_id)))
    with inside(alpha):
        standing = queries.standings(user_id=dee.pk, course_ids=[begun.course_id])[begun.course_id]
        assert (standing.state, standing.next_lesson_title) == ("in_progress", "Sign the statement")
        done = actions.sign(enrollment=begun, by=dee, at=begun.started_at, address="not an address")
        assert done.is_completed
        assert (Attestation.objects.get().statement, Attestation.objects.get().ip_address) == (SAID, None)


def test_nobody_signs_for_another_or_early_or_what_is_not_asked(alpha, dee, ada, at, begun, client_for):
    with inside(alpha):
        plain = make_enrollment(dee, make_version(text("links"), key="plain"))
        with pytest.raises(rules.NotYetToSign):
            actions.sign(enrollment=begun, by=dee, at=at)
        with pytest.raises(rules.NotYours):
            actions.sign(enrollment=begun, by=ada, at=at)
        with pytest.raises(rules.NothingToSign):
            actions.sign(enrollment=plain, by=dee, at=at)
        assert actions.complete_lesson(
            enrollment=plain, lesson=lesson_of(plain, "links"), by=dee, at=at
        ).is_completed
        assert not Attestation.objects.exists()
    assert client_for(alpha, dee).get(url("sign", plain.public_id)).status_code == 404
    assert client_for(alpha, ada).post(url("sign", begun.public_id), {"agreed": "on"}).status_code == 404


def test_the_database_keeps_what_was_signed_and_refuses_what_was_not(alpha, dee, at, begun):
    def refused(work):
        with pytest.raises(IntegrityError), transaction.atomic():
            work()

    with inside(alpha):
        refused(lambda: Enrollment.objects.filter(pk=begun.pk).update(state="completed", completed_at=at))
        refused(
            lambda: Attestation.objects.create(
                enrollment=begun, signer_name="Dee", statement=SAID, digest="0" * 64, signed_at=at
            )
        )
        complete(dee, begun.course_version)
        refused(lambda: Attestation.objects.update(statement="Nothing."))
        refused(lambda: Attestation.objects.all().delete())


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_for_a_short_and_a_long_course(alpha, dee, client_for, size):
    with inside(alpha):
        begun = make_enrollment(dee, make_version(*(text(f"t{n}") for n in range(size)), statement=SAID))
        read_all(begun, by=dee)
    browser = client_for(alpha, dee)
    page(browser.get(url("sign", begun.public_id)))
    with CaptureQueriesContext(connection) as seen:
        page(browser.get(url("sign", begun.public_id)))
    asked = [q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET search_path"))]
    assert len(asked) == 7
