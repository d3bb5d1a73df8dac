"""A worker killed with SIGKILL at any point loses no message; a second copy has the first one's Message-ID."""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from lms.mail import actions
from lms.mail.models import Message
from tenants import clock, context
from tenants.outbox import OutboxState
from tenants.outbox.delivery import LEASE
from tenants.tests.factories import AT
from tenants.tests.smtp import UnreliableServer

MESSAGES = 40


def start_worker(tenant, server, at):
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    environment["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    return subprocess.Popen(
        [sys.executable, "-m", "lms.mail.tests.worker", tenant.host, at.isoformat()], env=environment
    )


@pytest.mark.slow
def test_kill_nine_during_delivery_loses_nothing_and_repeats_only_what_was_in_flight(campus, settings):
    server = UnreliableServer()
    with context.inside(campus):
        for number in range(MESSAGES):
            actions.queue_letter(
                kind="account.code",
                to_address=f"person{number}@example.org",
                key=f"k{number}",
                subject="s",
                text="t",
                at=AT,
            )
    at, kills = AT, (1, 9, 25, 31)
    for kill_at in kills:
        worker = start_worker(campus, server, at)

        def strike(count, worker=worker, kill_at=kill_at):
            if count == kill_at:
                worker.send_signal(signal.SIGKILL)
                worker.wait()

        server.when_accepted = strike
        assert worker.wait(60) == -signal.SIGKILL
        at += LEASE
    server.when_accepted = lambda count: None
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    with clock.frozen(at + dt.timedelta(seconds=1)), context.inside(campus):
        assert actions.deliver_pending(at=at, scheduled_for=at) is None
        states = Counter(Message.objects.values_list("state", flat=True))
    server.stop()
    assert states == {OutboxState.SENT: MESSAGES}
    ids = defaultdict(set)
    for message in server.accepted:
        ids[message["X-Envelope-To"]].add(message["Message-ID"])
    assert len(ids) == MESSAGES, "nothing is lost"
    assert len(server.accepted) - MESSAGES <= len(kills), "at most one repeat a kill"
    assert all(len(each) == 1 for each in ids.values()), "a repeat is recognisable"
