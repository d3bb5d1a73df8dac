"""What can be done from the console: only with a reason and a second factor, and never without a trace."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.tests.console import Browser, code_of, inside_console
from tenants import clock, health, hosts
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import RunState
from tenants.models import Domain, JobRun, Tenant, TenantBackup, TenantEvent, TenantHealth, WakeUp
from tenants.operator.queries import tenants
from tenants.operator.views.tenants import OF_TENANT
from tenants.provisioning import births
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db
WHY = "A reason that is long enough"


def _tenant(ref: TenantRef) -> Tenant:
    with public_schema():
        tenant: Tenant = Tenant.objects.get(pk=ref.id)
        return tenant


def _events() -> list[str]:
    with public_schema():
        return list(TenantEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_a_deed_needs_a_reason_and_a_second_factor_shown_a_moment_ago(
    console_for: Callable[..., Client], olga: Any, alpha: TenantRef
) -> None:
    client = console_for(olga, shown=False)
    address = f"/tenants/{_tenant(alpha).public_id}/suspend/"
    for body in ({}, {"reason": WHY}, {"reason": WHY, "code": "000000"}, {"code": code_of(ahead=-1)}):
        assert client.post(address, body).status_code == 422, body
        assert _tenant(alpha).status == "active"
    done = client.post(address, {"reason": WHY, "code": code_of()})
    assert (done.status_code, _tenant(alpha).status) == (303, "suspended")
    # The code stands for five minutes; the next deed asks for none.
    assert (
        "Code of your authenticator" not in client.get(address.replace("suspend", "freeze")).content.decode()
    )
    with public_schema():
        event = TenantEvent.objects.latest("pk")
        assert (event.kind, event.by, event.reason) == ("status.changed", olga.email, WHY)


def test_a_code_works_once(console_for: Callable[..., Client], olga: Any, alpha: TenantRef) -> None:
    body = {"reason": WHY, "code": code_of()}
    address = f"/tenants/{_tenant(alpha).public_id}/end-sessions/"
    assert console_for(olga, shown=False).post(address, body).status_code == 303
    assert console_for(olga, shown=False).post(address, body).status_code == 422


def test_looking_at_a_deed_does_nothing_and_a_form_from_elsewhere_neither(
    console: Client, alpha: TenantRef, olga: Any
) -> None:
    for deed in OF_TENANT:
        console.get(f"/tenants/{_tenant(alpha).public_id}/{deed.key}/")
    strict = Browser(enforce_csrf_checks=True, headers={"host": console.defaults.get("HTTP_HOST", "")})
    strict.defaults, strict.cookies = console.defaults, console.cookies
    assert strict.post(f"/tenants/{_tenant(alpha).public_id}/freeze/", {"reason": WHY}).status_code == 403
    assert _events() == []


def test_what_is_not_offered_is_not_done(console: Client, alpha: TenantRef) -> None:
    answer = console.post(f"/tenants/{_tenant(alpha).public_id}/unfreeze/", {"reason": WHY})
    assert answer.status_code == 409
    assert console.get(f"/tenants/{_tenant(alpha).public_id}/no-such-deed/").status_code == 404
    assert _events() == []


def test_the_operators_own_tenant_is_no_tenant_of_the_console(console: Client, operators: TenantRef) -> None:
    assert console.get(f"/tenants/{_tenant(operators).public_id}/").status_code == 404
    assert "Operators</a>" not in console.get("/").content.decode()


@pytest.mark.parametrize("for_all", [False, True])
def test_ended_sessions_are_nobodys_and_new_ones_work(
    for_all: bool,
    console: Client,
    alpha: TenantRef,
    ada: Any,
    beta: TenantRef,
    cy: Any,
    client_for: Callable[..., Client],
    settings: Any,
) -> None:
    settings.SERVES_OPERATORS = False
    people = client_for(alpha, ada), client_for(beta, cy)
    assert [each.get("/people/").status_code for each in people] == [200, 200]
    settings.SERVES_OPERATORS = True
    where = "/switches" if for_all else f"/tenants/{_tenant(alpha).public_id}"
    assert console.post(f"{where}/end-sessions/", {"reason": WHY}).status_code == 303
    hosts._entries.clear()  # what the commit does
    assert console.get("/").status_code == 200, "the operator is in the middle of something"
    settings.SERVES_OPERATORS = False
    assert [each.get("/people/").status_code for each in people] == [302, 302 if for_all else 200]
    with public_schema():
        now = hosts.with_switches(_tenant(alpha).ref())
    assert client_for(now, ada).get("/people/").status_code == 200


def test_stopped_uploads_take_no_file_and_everything_else_works(
    console: Client, alpha: TenantRef, ada: Any, client_for: Callable[..., Client], settings: Any
) -> None:
    assert console.post("/switches/stop-uploads/", {"reason": WHY}).status_code == 303
    hosts._entries.clear()
    settings.SERVES_OPERATORS = False
    client = client_for(alpha, ada)
    refused = client.post("/people/import/", {"file": ""})  # the test client sends multipart
    assert (refused.status_code, b"Uploads are stopped" in refused.content) == (503, True)
    assert client.get("/people/").status_code == 200


def test_parked_work_is_tried_again_or_let_go(console: Client, alpha: TenantRef, at: dt.datetime) -> None:
    with public_schema():
        runs = [
            JobRun.objects.create(
                tenant_id=alpha.id, job=f"some.job{n}", scheduled_for=at, state=RunState.PARKED, attempts=8
            )
            for n in range(2)
        ]
        wake = WakeUp.objects.create(
            tenant_id=alpha.id, job="mail.outbox", due_at=at, attempts=9, last_error="No"
        )
    page = console.get("/parked/").content.decode()
    assert all(words in page for words in ("some.job0", "mail.outbox", "No"))
    assert console.post(f"/parked/runs/{runs[0].pk}/retry/", {"reason": WHY}).status_code == 303
    assert console.post(f"/parked/runs/{runs[1].pk}/discard/", {"reason": WHY}).status_code == 303
    assert console.post(f"/parked/runs/{runs[1].pk}/retry/", {"reason": WHY}).status_code == 409
    assert console.post(f"/parked/wake-ups/home/{wake.pk}/discard/", {"reason": WHY}).status_code == 303
    with public_schema():
        states = list(JobRun.objects.order_by("pk").values_list("state", "attempts"))
        assert states == [("pending", 0), ("done", 8)]
        assert not WakeUp.objects.filter(pk=wake.pk).exists()
    assert _events() == ["work.retried", "work.discarded", "work.discarded"]


def _many(count: int) -> None:
    with public_schema():
        Tenant.objects.bulk_create(
            Tenant(
                schema_name=f"t_many{n:08}",
                name=f"University {n:04}",
                status="trial",
                time_zone="UTC",
                token_epoch="x",
                created_at=AT,
            )
            for n in range(count)
        )
        made = Tenant.objects.filter(schema_name__startswith="t_many")
        Domain.objects.bulk_create(
            Domain(domain=f"many{one.pk}.duly.localhost", tenant=one, is_primary=True) for one in made
        )
        TenantHealth.objects.bulk_create(TenantHealth(tenant=one, people=7, measured_at=AT) for one in made)


def test_a_page_of_two_thousand_tenants_costs_as_many_queries_as_one_of_two(
    console: Client, alpha: TenantRef, beta: TenantRef
) -> None:
    console.get("/")
    with CaptureQueriesContext(connection) as few:
        console.get("/")
    _many(2_000)
    with CaptureQueriesContext(connection) as many:
        page = console.get("/?page=40")
    assert page.status_code == 200
    assert "University 19" in page.content.decode()
    assert len(many) == len(few)
    assert len(many) < 25
    for query in (
        "?q=University+0042",
        "?status=trial",
        "?health=parked",
        "?health=refused_mail",
        "?health=behind",
        "?page=1e9",
    ):
        assert console.get(f"/{query}").status_code == 200


def test_a_tenant_says_how_many_people_it_has_and_how_its_mail_fares(
    alpha: TenantRef, ada: Any, dee: Any, console: Client, at: dt.datetime
) -> None:
    with inside(alpha):
        health.report(at=at, scheduled_for=at)
    with public_schema():
        row = TenantHealth.objects.get(tenant_id=alpha.id)
    assert (row.people, row.mail_sent, row.mail_refused, row.mail_waiting_since) == (2, 0, 0, None)
    assert "counted" in console.get(f"/tenants/{_tenant(alpha).public_id}/").content.decode()


def test_the_console_says_who_is_not_at_this_release(
    alpha: TenantRef, beta: TenantRef, console: Client, at: dt.datetime
) -> None:
    one = f"/tenants/{_tenant(alpha).public_id}/"
    assert "Waits for migrate_tenants" in console.get(one).content.decode()
    with public_schema():
        waiting = tenants.search(health="behind", at=at)
        assert {alpha.id, beta.id} <= set(waiting.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            births.record(cursor, alpha.schema_name, at=at)
        left = set(waiting.values_list("pk", flat=True))
        assert (alpha.id in left, beta.id in left) == (False, True)
    page = console.get(one).content.decode()
    assert "Up to date" in page
    assert "Waits for" not in page
    listed = console.get("/?health=behind").content.decode()
    assert beta.host in listed
    assert alpha.host not in listed


def test_deleting_a_tenants_data_takes_two_operators(
    console_for: Callable[..., Client], olga: Any, operators: TenantRef, alpha: TenantRef
) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    from lms.people.tests.factories import make_user

    with inside_console(operators):
        otto = make_user(given_name="Otto", family_name="Operator", email="otto@duly.example")
        TOTP.activate(otto, "JBSWY3DPEHPK3PXP")
    first, second = console_for(olga), console_for(otto)
    one = f"/tenants/{_tenant(alpha).public_id}"
    assert first.post(f"{one}/close/", {"reason": WHY}).status_code == 303
    assert first.post(f"{one}/ask-purge/", {"reason": WHY}).status_code == 303
    assert first.post(f"{one}/agree-purge/", {"reason": WHY}).status_code == 422, (
        "nobody agrees with themselves"
    )
    assert second.post(f"{one}/agree-purge/", {"reason": WHY}).status_code == 303
    assert first.post(f"{one}/withdraw-purge/", {"reason": WHY}).status_code == 303
    assert first.post(f"{one}/undo-closing/", {"reason": WHY}).status_code == 303
    assert _tenant(alpha).status == "active"


def test_a_backup_that_fails_is_seen_in_the_list_and_on_the_page(console: Client, alpha: TenantRef) -> None:
    since = AT - dt.timedelta(hours=3)
    with public_schema():
        TenantBackup.objects.create(
            tenant_id=alpha.id, taken_at=since, rows=1234, failing_since=since, problem="<b>No space</b> left"
        )
    listed = console.get("/?health=backup").content.decode()
    assert alpha.name in listed
    assert "backup fails" in listed
    assert "Beta University" not in listed
    page = console.get(f"/tenants/{_tenant(alpha).public_id}/").content.decode()
    assert "1,234 rows" in page.replace("</span>", "")
    assert "&lt;b&gt;No space&lt;/b&gt; left" in page


def test_a_backup_that_is_missing_for_two_nights_is_seen(
    console: Client, alpha: TenantRef, beta: TenantRef
) -> None:
    """A worker that was killed at it wrote no failure down."""
    with public_schema():
        for tenant, hours in ((alpha, 49), (beta, 47)):
            taken_at = clock.now() - dt.timedelta(hours=hours)
            TenantBackup.objects.create(tenant_id=tenant.id, taken_at=taken_at)
    listed = console.get("/?health=backup").content.decode()
    assert "backup is old" in listed
    assert beta.name not in listed
