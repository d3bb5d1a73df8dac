"""Who sees which message, and how."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.mail import actions
from lms.mail.models import Message
from lms.mail.tests import probe
from lms.people.tests.factories import make_user
from tenants.context import inside, public_schema
from tenants.models import Tenant
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _probe(settings):
    probe.register()
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [probe.TEMPLATES, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates


@pytest.fixture
def sent(alpha, dee, deliver):
    with inside(alpha):
        actions.queue(kind="probe.hello", to=dee, key="k", at=AT)
    deliver()
    with inside(alpha):
        return Message.objects.get()


def url(message, ending=""):
    return f"/messages/{message.public_id}/{ending}"


def test_the_log_is_for_those_who_may_read_it(client_for, alpha, bo, dee, sent):
    assert client_for(alpha, bo).get("/messages/").status_code == 200
    assert client_for(alpha, dee).get("/messages/").status_code == 403
    assert client_for(alpha).get("/messages/").status_code == 302


def test_a_person_reads_their_own_messages_and_nobody_elses(client_for, alpha, dee, sent):
    own = client_for(alpha, dee)
    assert "Due: Recognising phishing" in own.get("/messages/mine/").content.decode()
    page = own.get(url(sent)).content.decode()
    assert "Recognising phishing" in page
    assert sent.message_id not in page
    with inside(alpha):
        other = make_user(given_name="Eve")
    other_client = client_for(alpha, other)
    assert "Recognising" not in other_client.get("/messages/mine/").content.decode()
    for ending in ("", "page/"):
        assert other_client.get(url(sent, ending)).status_code == 404


def test_another_tenant_has_no_such_message(client_for, beta, cy, sent):
    client = client_for(beta, cy)
    assert client.get(url(sent)).status_code == 404
    assert client.get(url(sent, "page/")).status_code == 404
    assert client.post(url(sent, "resend/")).status_code == 404
    assert "Recognising" not in client.get("/messages/").content.decode()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("?q=dubois", True), ("?q=phishing", True), ("?q=nobody", False), ("?state=sent", True), ("?state=failed", False),
     ("?category=required", True), ("?category=account", False), ("?state=nonsense", True), ("?q=%25", False)],
)  # fmt: skip
def test_the_log_is_filtered_by_person_words_state_and_kind(client_for, alpha, bo, sent, query, is_found):
    page = client_for(alpha, bo).get(f"/messages/{query}").content.decode()
    assert ("Due: Recognising phishing" in page) is is_found


def test_the_log_costs_the_same_for_one_message_and_for_many(client_for, alpha, bo, sent):
    client = client_for(alpha, bo)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/messages/").status_code == 200
        return len(captured)

    statements()
    one = statements()
    with inside(alpha):
        for number in range(5):
            actions.queue(kind="probe.hello", to=make_user(given_name=f"P{number}"), key=f"p{number}", at=AT)
    assert statements() == one


def test_the_words_as_sent_are_framed_under_a_policy_of_their_own(client_for, alpha, bo, sent):
    response = client_for(alpha, bo).get(url(sent, "page/"))
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.content.decode().replace('<base target="_blank">', "") == sent.html


def test_a_failed_message_says_why_and_can_be_sent_again(client_for, alpha, bo, dee, deliver):
    with inside(alpha):
        actions.queue(kind="probe.hello", to=dee, key="k", at=AT)
        Message.objects.update(to_address="dee")
    deliver()
    with inside(alpha):
        failed = Message.objects.get()
    client = client_for(alpha, bo)
    page = client.get(url(failed)).content.decode()
    assert failed.last_error in page.replace("&#x27;", "'")
    assert "Send this message again" in page
    assert "Send this message again" not in client_for(alpha, dee).get(url(failed)).content.decode()
    assert client_for(alpha, dee).post(url(failed, "resend/")).status_code == 403
    assert client.post(url(failed, "resend/")).status_code == 303
    with inside(alpha):
        failed.refresh_from_db()
        assert (failed.state, failed.to_address) == ("pending", dee.email)
    assert client.post(url(failed, "resend/")).status_code == 303


def test_who_could_not_send_it_is_not_offered_to(client_for, alpha, bo, dee, deliver):
    """On a site that is read-only the button would only lead to a refusal."""
    with inside(alpha):
        actions.queue(kind="probe.hello", to=dee, key="k", at=AT)
        Message.objects.update(state="failed")
        failed = Message.objects.get()
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(status="suspended")
        suspended = Tenant.objects.get(pk=alpha.id).ref()
    page = client_for(suspended, bo).get(url(failed)).content.decode()
    assert dee.email in page
    assert "Send this message again" not in page


def test_an_empty_log_says_what_will_be_in_it(client_for, alpha, bo, dee):
    assert "Nothing was sent yet" in client_for(alpha, bo).get("/messages/").content.decode()
    assert "No messages yet" in client_for(alpha, dee).get("/messages/mine/").content.decode()


def test_a_forwarded_name_is_text_and_never_markup(client_for, alpha, bo, deliver):
    with inside(alpha):
        person = make_user(given_name="<b>Bobby</b>", email="bobby@example.org")
        actions.queue(kind="probe.hello", to=person, key="k", at=AT, facts={"course": "<script>x</script>"})
    deliver()
    page = client_for(alpha, bo).get("/messages/").content.decode()
    assert "<b>Bobby" not in page
    assert "<script>x" not in page
