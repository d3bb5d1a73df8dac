"""Calls to a real server on this machine: signed, tried again, in order, and never where they must not go."""

import datetime as dt
import json
import socket
import threading
from contextlib import suppress
from typing import Any

import pytest

from compliance.consequences import actions, gateway
from compliance.consequences.enums import DeliveryState, ReceiverState
from compliance.consequences.models import Delivery, Receiver, Withdrawal
from compliance.oversight.tests.factories import give
from compliance.records import actions as records
from compliance.records import queries
from compliance.records.tests.factories import make_completion
from compliance.requirements import actions as requirements
from compliance.requirements.tests.factories import course_of, make_requirement
from lms.learning import events as learning
from lms.people import actions as people
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT

from .factories import Listener, is_signed, make_consequence, make_receiver

pytestmark = [pytest.mark.django_db]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def place(in_alpha: TenantRef, bo: Any, listener: Listener) -> Any:
    """Lee, who is overdue by 20 days, a requirement, and a system that listens."""
    requirement = make_requirement()
    user = make_user(given_name="Lee", email="lee@example.org")
    make_affiliation(user)
    give(user, requirement, "overdue")
    receiver = make_receiver(bo, listener.url)
    make_consequence(requirement, receiver, bo)
    return user, requirement, receiver


def night() -> None:
    actions.nightly_turn(at=AT, scheduled_for=AT)


def send(at: dt.datetime = AT) -> dt.datetime | None:
    with clock.frozen(at):
        return actions.deliver_pending(at=at, scheduled_for=at)


def the_call() -> Delivery:
    return Delivery.objects.order_by("pk")[0]


def test_finishing_gives_access_back_from_end_to_end(
    alpha: TenantRef, place: Any, listener: Listener, deliver: Any
) -> None:
    user, requirement, receiver = place
    night()
    deliver(AT)
    passed_at = AT + MINUTE
    make_completion(user, course_of(requirement), at=passed_at)
    learning.completed.send(
        sender=None, at=passed_at, user_id=user.pk, course_id=course_of(requirement).pk, enrollment_id=1
    )
    deliver(passed_at + dt.timedelta(seconds=5))
    assert listener.types() == ["access.withdrawn", "access.restored"]
    with inside(alpha):
        restored_at = Withdrawal.objects.get().restored_at
        assert restored_at is not None
        assert restored_at <= passed_at + MINUTE
        assert {each.state for each in Delivery.objects.all()} == {DeliveryState.SENT}
        secret = gateway.secret_of(receiver, rotation=1)
    assert all(is_signed(each, secret) for each in listener.heard)
    assert listener.heard[1]["data"]["settled"][0]["because"] == "completed"
    assert listener.heard[0]["path"] == "/duly?x=1"


def test_more_time_gives_access_back_at_once_too(
    alpha: TenantRef, place: Any, listener: Listener, bo: Any, deliver: Any
) -> None:
    user, requirement, _receiver = place
    night()
    to, today = dt.date(2026, 12, 31), AT.date()
    who: dict[str, Any] = {"user_ids": [user.pk], "moved_to": to, "today": today}
    seen = queries.moves(requirement_id=requirement.pk, by_id=bo.pk, **who)
    records.extend(
        requirement=requirement, reason="ill", fingerprint=seen.fingerprint, by=bo, at=AT + MINUTE, **who
    )
    deliver(AT + MINUTE)
    assert listener.types() == ["access.withdrawn", "access.restored"]
    assert listener.heard[1]["data"]["settled"][0]["because"] == "no_longer_due"


def test_whoever_is_let_in_again_and_owes_nothing_any_more_regains_access_at_once(
    alpha: TenantRef, place: Any, listener: Listener, bo: Any, deliver: Any
) -> None:
    user, _requirement, _receiver = place
    night()
    people.deactivate(person=user, by=bo, at=AT)
    user.assignments.update(status="waived")
    deliver(AT + MINUTE)
    assert listener.types() == ["access.withdrawn"]
    with inside(alpha):
        people.reactivate(person=user, by=bo, at=AT + 2 * MINUTE)
    deliver(AT + 2 * MINUTE)
    assert listener.types() == ["access.withdrawn", "access.restored"]


def test_a_pause_of_the_requirement_gives_access_back_at_once_too(
    alpha: TenantRef, place: Any, listener: Listener, bo: Any, deliver: Any
) -> None:
    _user, requirement, _receiver = place
    night()
    requirements.pause(requirement=requirement, by=bo, at=AT + MINUTE, today=AT.date())
    deliver(AT + MINUTE)
    assert listener.types() == ["access.withdrawn", "access.restored"]


def test_a_failed_call_is_tried_again_with_the_same_id_and_body_and_a_new_time(
    place: Any, listener: Listener
) -> None:
    night()
    listener.answers, listener.text = [500], "out\tof\x00 order" + "x" * 5000
    again_at = send()
    assert again_at == AT + dt.timedelta(seconds=5)
    call = the_call()
    assert (call.state, call.last_status, call.attempts) == ("waiting", 500, 1)
    assert call.last_answer.startswith("out of order")
    assert len(call.last_answer) == 300
    assert send(AT + MINUTE) is None
    first, second = listener.heard
    assert (first["raw"], first["headers"]["webhook-id"]) == (second["raw"], second["headers"]["webhook-id"])
    assert int(second["headers"]["webhook-timestamp"]) - int(first["headers"]["webhook-timestamp"]) == 60
    assert first["id"] == first["headers"]["webhook-id"] == str(call.public_id)
    assert the_call().state == "sent"


def test_it_is_given_up_after_three_days_and_can_be_sent_again_unless_something_newer_was_said(
    place: Any, listener: Listener, bo: Any
) -> None:
    user, _requirement, _receiver = place
    night()
    at, tries = AT, 0
    while the_call().state == "waiting":
        listener.answers, tries = [400], tries + 1
        at = send(at) or at
    assert (tries, the_call().last_status) == (10, 400)
    assert at - AT > dt.timedelta(days=3)
    actions.send_again(the_call(), by=bo, at=at)
    assert the_call().attempts == 0
    send(at)
    assert the_call().state == "sent"
    with pytest.raises(actions.Refused, match="did not fail"):
        actions.send_again(the_call(), by=bo, at=at)
    Delivery.objects.filter(pk=the_call().pk).update(state="failed")
    user.assignments.update(status="waived")
    actions.restore(at=at, scheduled_for=at)
    with pytest.raises(actions.Refused, match="no longer true"):
        actions.send_again(the_call(), by=bo, at=at)


def test_a_restoration_never_overtakes_the_withdrawal(place: Any, listener: Listener) -> None:
    user, _requirement, _receiver = place
    night()
    listener.answers = [500]
    send()
    user.assignments.update(status="waived")
    actions.restore(at=AT, scheduled_for=AT)
    assert send() == AT + dt.timedelta(seconds=5)  # the second one is due, and waits for the first
    send(AT + MINUTE)
    assert listener.types() == ["access.withdrawn", "access.withdrawn", "access.restored"]


def test_410_pauses_the_system_and_a_redirect_is_not_followed(place: Any, listener: Listener) -> None:
    *_both, receiver = place
    night()
    listener.answers = [302]
    send()
    assert "redirect" in the_call().last_answer
    listener.answers = [410]
    send(AT + MINUTE)
    receiver.refresh_from_db()
    assert (the_call().state, receiver.state) == ("waiting", ReceiverState.PAUSED)
    assert "410" in receiver.note
    assert [each["path"] for each in listener.heard] == ["/duly?x=1"] * 2


def test_after_410_or_a_pause_the_rest_of_a_batch_waits_and_leaves_when_it_is_on_again(
    place: Any, listener: Listener, bo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _user, requirement, receiver = place
    for number in range(2):
        give(make_user(given_name=f"P{number}"), requirement, "overdue")
    night()
    listener.answers = [410]
    send()
    assert len(listener.heard) == 1
    call, paused = gateway.call, []

    def and_pause(*given: Any, **named: Any) -> Any:
        paused.append(Receiver.objects.update(state=ReceiverState.PAUSED))
        return call(*given, **named)

    receiver.refresh_from_db()
    actions.resume_receiver(receiver, by=bo, at=AT)
    monkeypatch.setattr(gateway, "call", and_pause)
    send()
    assert (len(listener.heard), len(paused)) == (2, 1)
    monkeypatch.undo()
    receiver.refresh_from_db()
    actions.resume_receiver(receiver, by=bo, at=AT)
    send()
    assert {each.state for each in Delivery.objects.all()} == {DeliveryState.SENT}


def test_a_system_that_does_not_answer_holds_up_nobody_elses(
    place: Any, listener: Listener, bo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _user, requirement, receiver = place
    for number in range(3):
        give(make_user(given_name=f"P{number}"), requirement, "overdue")
    hung = socket.create_server(("127.0.0.1", 0))  # accepts and says nothing
    silent = make_receiver(bo, f"http://127.0.0.1:{hung.getsockname()[1]}/", name="Silent")
    make_consequence(requirement, silent, bo)
    monkeypatch.setattr(gateway, "TIMEOUT_SECONDS", 0.2)
    night()
    assert send() == AT + MINUTE
    hung.close()
    assert len(listener.heard) == 4
    tried = Delivery.objects.filter(receiver=silent, attempts=1).get()  # one of four, not each in turn
    assert (tried.last_status, "in time" in tried.last_answer) == (None, True)
    assert Delivery.objects.filter(receiver=receiver, state="sent").count() == 4


@pytest.mark.parametrize(
    ("said", "status", "is_down"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Drip: ", None, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", 200, False),
    ],
)
def test_a_slow_drip_is_cut_off_and_once_the_status_is_there_that_counts(
    monkeypatch: pytest.MonkeyPatch, in_alpha: TenantRef, said: bytes, status: int | None, is_down: bool
) -> None:
    """Each byte comes in time, the whole never does."""
    monkeypatch.setattr(gateway, "DEADLINE_SECONDS", 0.3)
    server, is_over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        with suppress(OSError), server.accept()[0] as other:
            other.sendall(said)
            while not is_over.wait(0.02):
                other.sendall(b"x")

    threading.Thread(target=drip, daemon=True).start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    answer = gateway.call(url, message_id="x", body=b"{}", secrets=["whsec_eA=="], at=AT)
    is_over.set()
    server.close()
    assert (answer.status, answer.is_down) == (status, is_down)


def test_the_next_address_of_a_name_is_tried_and_a_long_name_is_told_in_one_line(
    in_alpha: TenantRef, listener: Listener, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard: dict[str, Any] = {"message_id": "x", "body": b"{}", "secrets": ["whsec_eA=="], "at": AT}
    found = [(0, 0, 0, "", ("::1", 0)), (0, 0, 0, "", ("127.0.0.1", 0))]  # it listens at the second only
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_given: found)
    monkeypatch.setattr(socket, "create_connection", _connected_by_number)
    assert gateway.call(f"http://iam.example.edu:{listener.port}/", **unheard).status == 204
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    answer = gateway.call(f"https://{'long.' * 90}example.edu/", **unheard)
    assert (answer.status, len(answer.text)) == (None, gateway.ANSWER_LENGTH)


def _connected_by_number(address: tuple[str, int], timeout: float) -> socket.socket:
    """As socket.create_connection, which asks for names again even where it is given a number."""
    sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    sock.settimeout(timeout)
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://[::1]:{port}/"]
)
def test_addresses_inside_are_not_called(place: Any, listener: Listener, settings: Any, url: str) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    Receiver.objects.update(url=url.format(port=listener.port))
    night()
    send()
    assert "private network" in the_call().last_answer
    Receiver.objects.update(url=listener.url)
    send(AT + MINUTE)
    assert "https://" in the_call().last_answer
    assert listener.heard == []


def test_a_new_secret_is_signed_with_beside_the_old_one_for_a_day(
    place: Any, listener: Listener, bo: Any
) -> None:
    *_both, receiver = place
    first = gateway.secret_of(receiver, rotation=1)
    second = actions.rotate_secret(receiver, is_at_once=False, by=bo, at=AT)
    with pytest.raises(actions.Refused, match="meanwhile"):  # two clicks
        actions.rotate_secret(receiver, is_at_once=False, by=bo, at=AT)
    assert first != second
    night()
    send()
    assert is_signed(listener.heard[0], first)
    assert is_signed(listener.heard[0], second)
    receiver.refresh_from_db()
    third = actions.rotate_secret(receiver, is_at_once=True, by=bo, at=AT)
    receiver.refresh_from_db()
    with clock.frozen(AT):
        actions.send_test(receiver, at=AT)
    assert not is_signed(listener.heard[1], second)
    assert is_signed(listener.heard[1], third)
    receiver.refresh_from_db()
    actions.rotate_secret(receiver, is_at_once=False, by=bo, at=AT)
    receiver.refresh_from_db()
    assert len(gateway.secrets_in_force(receiver, AT)) == 2
    assert len(gateway.secrets_in_force(receiver, AT + dt.timedelta(hours=24))) == 1


def test_the_secret_is_another_one_at_a_neighbour_with_the_same_ids(
    alpha: TenantRef, beta: TenantRef, in_alpha: TenantRef, bo: Any
) -> None:
    receiver = make_receiver(bo)
    here = gateway.secret_of(receiver, rotation=1)
    with inside(beta):
        assert gateway.secret_of(receiver, rotation=1) != here
    assert here not in json.dumps(list(Receiver.objects.values()), default=str)


def test_after_a_restore_nothing_leaves_before_somebody_has_looked_and_then_how_things_stand(
    place: Any, listener: Listener, bo: Any
) -> None:
    *_both, receiver = place
    night()
    assert actions.hold_all(at=AT, reason="Restored from the backup of 20 November.") == 1
    assert send() is None
    receiver.refresh_from_db()
    assert (the_call().state, receiver.state) == ("dropped", "paused")
    assert listener.heard == []
    actions.send_again(the_call(), by=bo, at=AT)  # waits: the system is paused still
    actions.hold_all(at=AT, reason="Once more.")
    actions.resume_receiver(receiver, by=bo, at=AT)
    send()
    assert (listener.types(), the_call().state) == (["access.withdrawn"], "sent")
