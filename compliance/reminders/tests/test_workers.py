"""Two workers at once, and one that dies half-way: each person hears once."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from compliance.reminders import actions
from compliance.reminders.actions import digests
from compliance.reminders.models import Digest, Notice
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.tests.factories import make_requirement
from lms.mail.models import Message
from lms.people.tests.factories import make_user
from tenants.context import TenantRef, inside

PEOPLE = 30
EIGHT = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)  # 08:00 in Berlin.


@pytest.fixture
def crowded(campus: TenantRef, monkeypatch: pytest.MonkeyPatch) -> TenantRef:
    """Thirty people with something due in a week; three to a chunk, so that chunks interleave."""
    monkeypatch.setattr(digests, "CHUNK", 3)
    with inside(campus):
        requirement = make_requirement()
        for number in range(PEOPLE):
            user = make_user(given_name=f"P{number}", family_name="Person")
            make_open_cycle(user, requirement, due_on=TODAY + 7 * DAY)
    return campus


def in_threads(count: int, work: Callable[[], Any]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def everyone_hears_once(tenant: TenantRef) -> None:
    with inside(tenant):
        assert Digest.objects.count() == PEOPLE
        assert Message.objects.filter(kind="reminders.digest").count() == PEOPLE
        assert Notice.objects.filter(state="planned", digest__isnull=False).count() == PEOPLE
        assert not Notice.objects.filter(state="planned", digest__isnull=True).exists()


def test_four_turns_at_once_send_each_message_once(crowded: TenantRef) -> None:
    barrier = threading.Barrier(4)

    def work() -> None:
        with inside(crowded):
            barrier.wait()
            actions.run_daily(at=EIGHT, scheduled_for=EIGHT)

    in_threads(4, work)
    everyone_hears_once(crowded)


def test_a_worker_that_loses_its_database_half_way_leaves_the_rest_to_the_next(crowded: TenantRef) -> None:
    """The connection is cut inside the fourth chunk: three chunks stay, the fourth is as if it had never begun."""
    cut: list[int] = []

    def cut_it(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql is digests.FILL_DIGESTS:
            cut.append(1)
            if len(cut) == 4:
                connection.connection.close()
        return execute(sql, params, many, context)

    with inside(crowded):
        with connection.execute_wrapper(cut_it), pytest.raises(Exception, match="clos"):
            actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
        connection.close()
        assert Digest.objects.count() == 9
        assert Message.objects.filter(kind="reminders.digest").count() == 9
        actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
    everyone_hears_once(crowded)
