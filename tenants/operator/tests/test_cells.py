"""What the console says of tenants in another database, and of a database that does not answer."""

import datetime as dt
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.local import database
from config.tests import console, servers
from tenants import cells, clock, context
from tenants.context import TenantRef, public_schema
from tenants.lifecycle.refusals import Refused
from tenants.models import Tenant, TenantEvent, WakeUp
from tenants.operator import work
from tenants.operator.queries import service, tenants, wakes
from tenants.tests.factories import AT

LATER = AT + dt.timedelta(hours=1)
SAME_NUMBER = 1_000_000_000  # of a wake-up at home and of another one in the north
WHY: dict[str, Any] = {"by": "olga@operator.example", "reason": "A reason that is long enough", "at": LATER}


@pytest.fixture
def northern(campus: TenantRef, north: str, settings: Any, django_db_blocker: Any) -> Iterator[Tenant]:
    """A tenant in the north whose mail waits, and of which one job keeps failing."""
    known = settings.DATABASE_CELLS
    with django_db_blocker.unblock():
        call_command("move_tenant", tenant=campus.host, to=north, stdout=StringIO())
        wakes._away.clear()
        with public_schema(north):
            WakeUp.objects.create(tenant_id=campus.id, job=wakes.MAIL_JOB, due_at=AT)
            WakeUp.objects.create(
                tenant_id=campus.id, job="some.job", due_at=AT, attempts=9, last_error="No", lease_until=LATER
            )
        with public_schema():
            yield Tenant.objects.get(pk=campus.id)
        settings.DATABASE_CELLS = known
        wakes._away.clear()
        connection.close()
        with cells.connect_as_owner(north) as there:
            there.execute("DELETE FROM public.tenants_wakeup WHERE tenant_id = %s", [campus.id])
            there.execute(f"DROP SCHEMA {campus.schema_name} CASCADE".encode())


@pytest.fixture
def away(northern: Tenant, settings: Any) -> None:
    """Their database answers no more."""
    connection.close()
    there = settings.DATABASE_CELLS[northern.cell]
    settings.DATABASE_CELLS = {northern.cell: {**there, "HOST": "127.0.0.1", "PORT": "1"}}


@pytest.fixture
def not_told(northern: Tenant, settings: Any) -> None:
    """This process does not know their database at all."""
    connection.close()
    settings.DATABASE_CELLS = {}


@pytest.fixture
def client(operator_process: None, northern: Tenant) -> Iterator[Client]:
    """The browser of an operator who is really there."""
    with public_schema():
        operators = Tenant.objects.get(kind="operator").ref()
    user = console.make_operator(operators, "Nora")
    yield console.browser_of(operators, user)
    with console.inside_console(operators):
        user.delete()


def test_their_mail_and_their_work_are_in_every_figure(northern: Tenant) -> None:
    figures = service.figures(at=LATER)
    assert (figures.unknown, figures.oldest_mail_since) == ((), AT)
    assert figures.clockwork_since is not None
    assert figures.clockwork_since <= AT
    with public_schema(northern.cell):
        WakeUp.objects.filter(job="some.job").update(attempts=0)
    assert service.figures(at=LATER).parked == figures.parked - 1
    with public_schema(northern.cell):
        WakeUp.objects.filter(job="some.job").update(attempts=9)
    (facts,) = tenants.with_facts([northern], at=LATER)
    assert (facts.mail_waiting_since, facts.parked, facts.is_away) == (AT, 1, False)
    assert [wake.job for wake in tenants.portrait(northern, at=LATER).failing or []] == ["some.job"]
    for health in ("parked", "late_mail"):
        assert northern in tenants.search(health=health, at=LATER), health
    stuck, unknown = wakes.stuck()
    mine = [wake for wake in stuck if wake.tenant == northern]
    assert [(wake.cell, wake.job, wake.last_error) for wake in mine] == [("north", "some.job", "No")]
    assert unknown == ()


def test_the_operators_login_is_enough_there(northern: Tenant, settings: Any) -> None:
    connection.close()
    url = urlsplit(database.urls(servers.postgres(), "duly_north").operator_url)
    assert url.username == "duly_operator"
    there = {**settings.DATABASE_CELLS[northern.cell], "USER": url.username, "PASSWORD": url.password or ""}
    settings.DATABASE_CELLS = {northern.cell: there}
    (wake,) = wakes.failing(northern) or []
    work.discard_wake_up(wake, **WHY)
    assert wakes.failing(northern) == []


def test_what_fails_there_is_tried_again_or_let_go_there(northern: Tenant) -> None:
    with public_schema(northern.cell):
        WakeUp.objects.filter(tenant=northern, job="some.job").update(id=SAME_NUMBER)
    same_number = WakeUp.objects.create(pk=SAME_NUMBER, job="another.job", due_at=AT, attempts=9)
    (wake,) = wakes.failing(northern) or []
    try:
        work.retry_wake_up(wake, **WHY)
        found = wakes.find("north", wake.pk)
        assert found is not None
        assert (found.attempts, found.due_at) == (0, LATER)
        work.discard_wake_up(wake, **WHY)
        with pytest.raises(Refused, match="Somebody was faster"):
            work.discard_wake_up(wake, **WHY)
        same_number.refresh_from_db()
        assert (same_number.attempts, same_number.due_at) == (9, AT)
    finally:
        same_number.delete()
    kinds = TenantEvent.objects.filter(tenant=northern, kind__startswith="work.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["work.retried", "work.discarded"]
    assert wakes.find("north", wake.pk) is None


@pytest.mark.parametrize("trouble", ["away", "not_told"])
def test_what_cannot_be_read_is_unknown_and_not_nothing(
    northern: Tenant, trouble: str, request: pytest.FixtureRequest
) -> None:
    (wake,) = wakes.failing(northern) or []
    request.getfixturevalue(trouble)
    assert service.figures(at=LATER).unknown == ("north",)
    (facts,) = tenants.with_facts([northern], at=LATER)
    assert (facts.mail_waiting_since, facts.is_away) == (None, True)
    assert tenants.portrait(northern, at=LATER).failing is None
    for health in ("parked", "late_mail"):
        assert northern in tenants.search(health=health, at=LATER), health
    assert wakes.stuck()[1] == ("north",)
    with pytest.raises(wakes.Unreachable):
        wakes.find("north", wake.pk)
    with pytest.raises(Refused, match=r"north.*cannot be reached"):
        work.discard_wake_up(wake, **WHY)
    assert not TenantEvent.objects.filter(tenant=northern, kind="work.discarded").exists()


def test_a_database_that_is_away_is_not_asked_again_at_once(
    northern: Tenant, away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = context.public_schema

    def counted(cell: str = context.HOME) -> Any:
        asked.append(cell)
        return real(cell)

    monkeypatch.setattr(context, "public_schema", counted)
    for _ in range(3):
        assert service.figures(at=LATER).unknown == ("north",)
    assert asked == ["north"]


@pytest.mark.parametrize("trouble", ["", "away"])
def test_the_pages_say_so(
    client: Client, northern: Tenant, trouble: str, request: pytest.FixtureRequest
) -> None:
    (wake,) = wakes.failing(northern) or []
    if trouble:
        request.getfixturevalue(trouble)
    one, parked = f"/tenants/{northern.public_id}/", "/parked/"
    with clock.frozen(LATER):
        pages = {
            path: client.get(path) for path in ("/", one, parked, "/?health=parked", "/?health=late_mail")
        }
        for path, response in pages.items():
            words = response.content.decode()
            assert response.status_code == 200, path
            assert ("does not answer" in words) == bool(trouble), path
            assert northern.name in words or (trouble and path == parked), path
            assert path != "/" or ("Unknown;" in words) == bool(trouble)
        retry = reverse("operator:wake-up-do", "config.urls_operator", ["north", wake.pk, "retry"])
        answer = client.get(retry)
        if trouble:
            assert "Nothing is parked" not in pages[parked].content.decode()
            assert (answer.status_code, answer["Location"]) == (303, parked)
        else:
            assert retry in pages[parked].content.decode()
            assert answer.status_code == 200
            assert client.get(retry.replace("north", "atlantis")).status_code == 404
