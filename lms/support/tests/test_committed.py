"""A visit in transactions that really commit: at home, and in another database of the cluster list."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.conf import settings as ours
from django.test import Client

from lms.audit.models import Event
from lms.people.tests.factories import make_user
from tenants import cells, clock, hosts
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportGrant, SupportView
from tenants.tests.support import make_grant, make_link

pytestmark = [pytest.mark.isolation("I15")]
_SWEEP = """
ALTER TABLE public.tenants_supportview DISABLE TRIGGER support_view_is_kept;
DELETE FROM public.tenants_supportview;
ALTER TABLE public.tenants_supportview ENABLE TRIGGER support_view_is_kept;
DELETE FROM public.tenants_supportgrant;
"""


@pytest.fixture(autouse=True)
def _swept(campus: TenantRef, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
    with psycopg.connect(ours.DATABASE_OWNER_URL) as owner:
        owner.execute(_SWEEP)


def _enter(client: Client, grant: Any) -> int:
    link = make_link(grant, at=clock.now())
    token = parse_qs(urlsplit(link).query)["token"][0]
    return int(client.post("/support/enter/", {"token": token}).status_code)


def _kept(tenant: TenantRef) -> tuple[list[str], list[int]]:
    """The deeds in the tenant's log, and the statuses in the operator's."""
    with inside(tenant):
        deeds = list(Event.objects.filter(action__startswith="support.").order_by("number"))
    with public_schema():
        statuses = list(SupportView.objects.order_by("pk").values_list("status", flat=True))
    return [event.action for event in deeds], statuses


def test_a_page_that_writes_leaves_nothing_and_the_connection_writes_again(
    campus: TenantRef, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(campus):
        ada = make_user(given_name="Ada", roles=("owner", "administrator"))
    guest = client_for(campus)
    assert _enter(guest, make_grant(campus, at=clock.now())) == 303

    def writes(**_given: object) -> None:
        make_user(given_name="Mallory")

    with monkeypatch.context() as patched:
        patched.setattr("compliance.oversight.views.everyone.queries.overview", writes)
        assert guest.get("/overview/").status_code == 403
    assert guest.get(f"/people/{ada.public_id}/").status_code == 200
    assert _kept(campus) == (["support.refused_page", "support.viewed"], [403, 200])
    with inside(campus):
        assert not type(ada).objects.filter(given_name="Mallory").exists()
        assert make_user(given_name="Dee").pk


def test_an_end_in_the_middle_of_a_page_keeps_the_page_back(
    campus: TenantRef, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grant is asked again when the view is written down, not only before."""
    from compliance.oversight import queries

    with inside(campus):
        make_user(given_name="Ada", roles=("owner",))
    grant = make_grant(campus, at=clock.now())
    guest = client_for(campus)
    _enter(guest, grant)
    real = queries.overview

    def ended_meanwhile(**given: Any) -> Any:
        url = str(ours.DATABASE_OWNER_URL)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "UPDATE public.tenants_supportgrant SET ended_at = now(), ended_by = 'x' WHERE id = %s",
                [grant.pk],
            )
        return real(**given)

    monkeypatch.setattr(queries, "overview", ended_meanwhile)
    response = guest.get("/overview/")
    assert response.status_code == 403
    assert b"Support access has ended" in response.content
    assert _kept(campus) == ([], [])


def test_a_tenant_in_another_database_is_watched_the_same(
    campus: TenantRef, north: str, client_for: Callable[..., Client]
) -> None:
    from tenants.moving import actions as moving

    with inside(campus):
        ada = make_user(given_name="Ada", email="ada@campus.example", roles=("owner", "administrator"))
    with public_schema():
        move = moving.request(campus.id, north, by="olga@operator.example", reason="room", at=clock.now())
        moving.advance(move.pk, at=clock.now(), pause=lambda seconds: None)
    there = hosts.ref_by_id(campus.id)
    try:
        assert there.cell == north
        grant = make_grant(campus, at=clock.now())
        guest = client_for(there)
        assert _enter(guest, grant) == 303
        assert b"Ada" in guest.get(f"/people/{ada.public_id}/").content
        assert guest.post("/people/add/").status_code == 403
        assert _kept(there) == (["support.viewed", "support.refused_page"], [200, 403])
        owner = client_for(there, ada)
        assert owner.post(f"/support/{grant.public_id}/end/").status_code == 303
        assert guest.get("/people/").status_code == 403
        with public_schema():
            ended = SupportGrant.objects.get(pk=grant.pk)
            assert ended.ended_by == "tenant:ada@campus.example"
            assert ended.ended_at is not None
            assert clock.now() - ended.ended_at < dt.timedelta(minutes=1)
    finally:
        hosts._entries.clear()
        with cells.connect_as_owner(north) as elsewhere:
            elsewhere.execute(f"DROP SCHEMA IF EXISTS {campus.schema_name} CASCADE")
