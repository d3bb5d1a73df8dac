"""What the people of the tenant see of support access, and decide about it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lms.audit import queries as audit
from lms.people.tests.factories import make_user
from lms.support.tests.visiting import enter
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportGrant, Tenant
from tenants.tests.factories import AT
from tenants.tests.support import JAY, make_grant, make_link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with clock.frozen(AT):
        yield


@pytest.fixture
def gus(alpha: TenantRef) -> Any:
    with inside(alpha):
        return make_user(given_name="Gus", email="gus@alpha.example", roles=("administrator",))


def texts(mails: list[Any]) -> dict[str, str]:
    return {mail["To"]: mail.get_body(("plain",)).get_content() for mail in mails}


def test_owners_and_administrators_are_told_at_once(
    alpha: TenantRef, ada: Any, gus: Any, dee: Any, bo: Any, deliver: Callable[..., list[Any]]
) -> None:
    grant = make_grant(alpha)
    mails = deliver()
    assert set(texts(mails)) == {ada.email, gus.email}
    assert {mail["Subject"] for mail in mails} == {"Support may read your site"}
    text = texts(mails)[ada.email]
    assert "Jay Kim (jay@operator.example) may read your site until 23 Nov 2026, 11:00" in text
    assert "A learner cannot find their course" in text
    assert f"http://alpha.duly.localhost:8000/support/{grant.public_id}/" in text
    with inside(alpha):
        event = audit.events(action="site.support.granted").get()
        assert event.actor_label == JAY.email
        assert event.facts["ticket"] == "8841"


def test_a_request_is_approved_by_an_administrator_and_everybody_who_decides_knows(
    alpha: TenantRef,
    ada: Any,
    gus: Any,
    client_for: Callable[..., Client],
    deliver: Callable[..., list[Any]],
) -> None:
    grant = make_grant(alpha, needs_approval=True, minutes=30)
    asked = texts(deliver())[gus.email]
    assert "Until you approve, they see nothing." in asked
    client = client_for(alpha, gus)
    assert b"asks to read this site" in client.get("/people/").content
    assert b"Approve for 30 minutes" in client.get(f"/support/{grant.public_id}/").content
    response = client.post(f"/support/{grant.public_id}/approve/", follow=True)
    assert b"Support may read this site now." in response.content
    mails = texts(deliver(AT + dt.timedelta(minutes=1)))
    assert "until 23 Nov 2026, 10:30" in mails[ada.email]
    with inside(alpha):
        assert audit.events(action="site.support.granted").get().actor_label == gus.display_name
    again = client.post(f"/support/{grant.public_id}/refuse/", follow=True)
    assert b"Nothing was changed" in again.content


def test_a_refused_request_opens_nothing(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    grant = make_grant(alpha, needs_approval=True)
    client = client_for(alpha, ada)
    assert (
        b"Support has seen nothing."
        in client.post(f"/support/{grant.public_id}/refuse/", follow=True).content
    )
    assert b"asks to read" not in client.get("/people/").content


def test_while_an_access_runs_those_who_may_end_it_see_so_on_every_page(
    alpha: TenantRef, ada: Any, bo: Any, dee: Any, client_for: Callable[..., Client]
) -> None:
    grant = make_grant(alpha)
    assert b"Support (Jay Kim) may read this site" in client_for(alpha, ada).get("/").content
    enter(client_for(alpha), make_link(grant))
    assert b"Support (Jay Kim) is reading this site" in client_for(alpha, ada).get("/").content
    for person in (bo, dee):
        assert b"is reading this site" not in client_for(alpha, person).get("/").content
    response = client_for(alpha, ada).post(f"/support/{grant.public_id}/end/", follow=True)
    assert b"Support access has ended." in response.content
    assert b"is reading this site" not in client_for(alpha, ada).get("/").content
    with public_schema():
        assert SupportGrant.objects.get(pk=grant.pk).ended_by == f"tenant:{ada.email}"


def test_the_wish_to_approve_is_kept_and_told(
    alpha: TenantRef, ada: Any, gus: Any, client_for: Callable[..., Client], deliver: Callable[..., list[Any]]
) -> None:
    client = client_for(alpha, gus)
    assert (
        b"waits until an owner"
        in client.post("/support/approval/", {"needs_approval": "on"}, follow=True).content
    )
    with public_schema():
        assert Tenant.objects.get(pk=alpha.id).support_needs_approval
    assert "waits until an owner or administrator approves" in texts(deliver())[ada.email]
    assert b"checked" in client.get("/support/").content
    client.post("/support/approval/")
    with public_schema():
        assert not Tenant.objects.get(pk=alpha.id).support_needs_approval


def test_what_was_written_by_the_operator_is_text(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    grant = make_grant(alpha, reason="<script>alert(1)</script> looks odd")
    for address in ("/support/", f"/support/{grant.public_id}/", "/people/"):
        page = client_for(alpha, ada).get(address).content
        assert b"<script>alert" not in page
        assert b"&lt;script&gt;alert" in page


def test_an_unknown_access_is_not_there(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    client = client_for(alpha, ada)
    assert client.get(f"/support/{unknown}/").status_code == 404
    assert client.post(f"/support/{unknown}/end/").status_code == 404


def test_a_person_has_nothing_to_leave_or_to_enter(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    client = client_for(alpha, ada)
    assert client.get("/support/leave/").status_code == 404
    assert client.post("/support/leave/").status_code == 404
    assert client.get("/support/enter/?token=forged").status_code == 410
    assert client.get("/support/enter/").status_code == 410
    assert client.get("/people/").status_code == 200
