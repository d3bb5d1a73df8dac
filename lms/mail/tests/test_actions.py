"""A message is queued with its fact, written when it leaves, and kept as evidence."""

import copy
import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.audit.models import Event
from lms.mail import actions, kinds, queries
from lms.mail.enums import Category
from lms.mail.models import Message
from lms.mail.tests import probe
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import inside
from tenants.outbox import OutboxState
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _probe(settings):
    probe.register()
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [probe.TEMPLATES, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates


def queue(user, key="k", **fields):
    return actions.queue(kind="probe.hello", to=user, key=key, at=AT, **fields)


def test_the_same_occasion_is_queued_once(alpha, dee, deliver):
    with inside(alpha):
        assert queue(dee)
        assert not queue(dee)
    assert [mail["Subject"] for mail in deliver()] == ["Due: Recognising phishing"]
    assert deliver(AT + HOUR) == []


def test_a_message_vanishes_with_the_transaction_it_was_queued_in(alpha, dee, deliver):
    def finish_and_fail():
        with transaction.atomic():
            queue(dee)
            raise RuntimeError

    with inside(alpha), pytest.raises(RuntimeError):
        finish_and_fail()
    assert deliver() == []


def test_a_message_is_written_from_the_facts_and_kept_as_it_was_read(alpha, dee, deliver):
    with inside(alpha):
        queue(dee, facts={"course": "Fire\n<safety> & more"})
    (mail,) = deliver(AT)
    assert mail["To"] == dee.email
    assert mail["From"] == "Alpha University <training@duly.localhost>"
    assert mail["List-Id"] == "<notices.alpha.duly.localhost>"
    assert mail["Subject"] == "Due: Fire <safety> & more"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text.startswith(
        "Hello Dee,\n\nFire\n<safety> & more 10:00 en\nhttp://alpha.duly.localhost:8000/\n"
    )
    assert "<title>Due: Fire &lt;safety&gt; &amp; more</title>" in mail.get_body(("html",)).get_content()
    with inside(alpha):
        message = Message.objects.get()
        assert (message.text, message.state, message.sent_at, message.locale) == (
            text,
            OutboxState.SENT,
            AT,
            "en",
        )


@pytest.mark.parametrize(
    ("locale", "language"), [("de", "de"), ("de-AT", "de"), ("", "en"), ("tlh", "en"), ("../etc", "en")]
)
def test_a_message_is_written_in_its_readers_language_and_zone(alpha, deliver, locale, language):
    with inside(alpha):
        queue(make_user(locale=locale, time_zone="Asia/Kathmandu"))
    (mail,) = deliver()
    assert f"14:45 {language}" in mail.get_body(("plain",)).get_content()


def test_a_message_whose_reason_has_gone_is_not_sent(alpha, dee, deliver):
    with inside(alpha):
        queue(dee, send_after=AT + HOUR)
    assert deliver(AT) == []
    with inside(alpha):
        Message.objects.update(facts={"is_settled": True})
    assert deliver(AT + HOUR) == []
    with inside(alpha):
        assert queries.states(["k", "unknown"]) == {"k": queries.Delivery(OutboxState.SUPPRESSED, None)}


def test_a_letter_about_the_account_leaves_first_and_its_words_are_not_kept(alpha, dee, deliver):
    with inside(alpha):
        queue(dee)
        actions.queue_letter(
            kind="account.login_code",
            to_address="stranger@example.org",
            key="c",
            subject="Code",
            text="123456",
            at=AT,
        )
    first, _ = deliver()
    assert (first["To"], first.get_content().strip()) == ("stranger@example.org", "123456")
    with inside(alpha):
        letter = Message.objects.get(key="c")
        assert (letter.subject, letter.text, letter.facts, letter.user) == ("Code", "", {}, None)
        assert "Recognising" in Message.objects.get(key="k").text


def test_many_messages_cost_a_fixed_number_of_statements_and_known_keys_are_left_out(alpha):
    with inside(alpha):
        people = [make_user(given_name=f"P{n}") for n in range(40)]

        def statements(number):
            drafts = [actions.Draft(person.pk, person.email, f"d{person.pk}") for person in people[:number]]
            with CaptureQueriesContext(
                connection,
            ) as captured:
                new = actions.queue_many(kind="probe.hello", drafts=drafts, at=AT)
            return len(captured), len(new)

        (few, new_few), (many, new_many) = statements(2), statements(40)
    assert (new_few, new_many) == (2, 38)
    assert few == many


def test_one_tenant_never_sees_or_sends_anothers_messages(alpha, beta, dee, cy, deliver):
    with inside(alpha):
        queue(dee)
    with inside(beta):
        assert queue(cy), "the same key is free in another tenant"
        assert [message.to_address for message in queries.log()] == [cy.email]
    first, second = deliver()
    assert first["Message-ID"] != second["Message-ID"]
    assert {mail["To"]: mail["From"].addresses[0].display_name for mail in (first, second)} == {
        dee.email: "Alpha University",
        cy.email: "Beta University",
    }


def test_a_failed_message_can_be_sent_again_to_the_corrected_address(alpha, ada, dee, deliver):
    with inside(alpha):
        queue(dee)
        Message.objects.update(to_address="dee@")
    assert deliver() == []
    with inside(alpha), clock.frozen(AT + HOUR):
        failed = Message.objects.get()
        assert queries.failed_count() == 1
        assert actions.resend(message=failed, by=ada, at=AT + HOUR)
        assert not actions.resend(message=failed, by=ada, at=AT + HOUR), "it is waiting already"
        assert Event.objects.get(action="mail.resent").actor_label == "Ada Alvarez"
    assert [mail["To"] for mail in deliver(AT + HOUR)] == [dee.email]


def test_an_unknown_kind_is_refused_at_once(alpha, dee):
    with inside(alpha), pytest.raises(kinds.UnknownKind):
        actions.queue(kind="probe.unheard", to=dee, key="k", at=AT)


def test_two_kinds_under_one_key_are_refused():
    with pytest.raises(ValueError, match=r"probe\.hello"):
        kinds.register(kinds.MessageKind("probe.hello", Category.ACTIVITY, "Another"))
