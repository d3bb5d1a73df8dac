"""A sign-up that keeps failing is given up; one that is given up is tried again, or cancelled without a trace."""

import datetime as dt
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tenants import clock, clockwork, hosts, visitors
from tenants.context import public_schema
from tenants.enums import SignUpState
from tenants.models import Domain, DueWork, PublicMessage, SignUp, Tenant, TenantEvent
from tenants.provisioning import actions, cancelling, pool, reservation, schemas, steps
from tenants.tests.committed import (
    LATER,
    details,
    die,
    empty_pool,
    forget,
    in_another_process,
    plan_death,
    reserved,
    then_die,
)
from tenants.tests.factories import AT

REASON = "Nobody answers at this university."


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Inviting the owner fails until the patch is undone."""

    def refuse(*args: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        doomed = [
            steps.Step(step.begins, step.ends, step.label, refuse) if step.ends == "people" else step
            for step in steps.STEPS
        ]
        patch.setattr(steps, "STEPS", tuple(doomed))
        yield patch


def try_until_given_up(sign_up: SignUp) -> dt.datetime:
    """Turn the job at the moments it asks for; answers when it gave up."""
    at: dt.datetime | None = AT
    while at is not None:
        last = at
        at = actions.provision_pending(at=at, scheduled_for=at)
        sign_up.refresh_from_db()
        if sign_up.state == SignUpState.FAILED:
            return last
    pytest.fail("the job thinks that there is nothing left to do")


def test_after_many_tries_it_is_given_up_and_everybody_is_told(
    subdomain: str, broken: pytest.MonkeyPatch
) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
        given_up_at = try_until_given_up(sign_up)
        assert dt.timedelta(hours=2) < given_up_at - AT < dt.timedelta(hours=6)
        assert (sign_up.attempts, sign_up.next_try_at) == (actions.MOST_TRIES, None)
        assert (sign_up.failed_after, sign_up.last_error) == (SignUpState.DATABASE, "RuntimeError: disk full")
        letter = PublicMessage.objects.get(key=f"given-up:{sign_up.public_id}")
        assert letter.to_address == "gus@gamma.edu"
        assert reservation.host_of(subdomain) in letter.text
        event = TenantEvent.objects.get(kind="sign_up.given_up", tenant=sign_up.tenant)
        assert (event.by, event.facts["after"]) == ("system", "database")
        # A day later nothing is tried, and nothing asks to be woken for it.
        assert actions.provision_pending(at=AT + dt.timedelta(days=1), scheduled_for=AT) is None


def test_one_that_was_given_up_goes_on_where_it_failed(subdomain: str, broken: pytest.MonkeyPatch) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
        try_until_given_up(sign_up)
        broken.undo()
        actions.try_again(sign_up.pk, at=AT, by="op@duly.example")
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.attempts) == (SignUpState.DATABASE, 0)
        assert actions.provision_pending(at=AT, scheduled_for=AT) is None
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.failed_after) == (SignUpState.READY, "")
        event = TenantEvent.objects.get(kind="sign_up.tried_again", tenant=sign_up.tenant)
        assert event.by == "op@duly.example"


def test_the_page_says_so_and_lets_its_owner_try_once_more(
    subdomain: str, broken: pytest.MonkeyPatch
) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
        try_until_given_up(sign_up)
    browser = Client(headers={"host": "duly.localhost"})
    browser.cookies[visitors.COOKIE] = cookie_of(sign_up)
    with clock.frozen(AT):
        page = browser.get(url("progress", sign_up)).content.decode()
        assert "We could not prepare your site" in page
        assert "“Invite you as the owner” failed too often" in page
        assert sign_up.reference in page
        assert "disk full" not in page
        assert 'hx-trigger="every 15s"' in page
        assert browser.post(url("try-again", sign_up)).status_code == 303
        assert "did not finish" in browser.get(url("progress", sign_up)).content.decode()
    host = Client(headers={"host": reservation.host_of(subdomain)})
    assert host.get("/").status_code == 503


def url(name: str, sign_up: SignUp) -> str:
    return reverse(f"tenants:{name}", args=[sign_up.public_id], urlconf=settings.PUBLIC_URLCONF)


def cookie_of(sign_up: SignUp) -> str:
    from django.http import HttpResponse

    with clock.frozen(AT):
        response = HttpResponse()
        visitors.remember(response, sign_up)
    return str(response.cookies[visitors.COOKIE].value)


def cancel(sign_up: SignUp) -> None:
    actions.cancel(sign_up.pk, by="op@duly.example", reason=REASON, at=AT)


def left_of(subdomain: str, schema: str) -> dict[str, bool]:
    """What of a sign-up is still there."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        has_schema, has_role = schemas._state(owner, schema)
    tenants = Tenant.objects.filter(schema_name=schema)
    return {
        "schema": has_schema,
        "role": has_role,
        "tenant": tenants.exists(),
        "host": Domain.objects.filter(domain=reservation.host_of(subdomain)).exists(),
        "schedule": DueWork.objects.filter(tenant__in=tenants).exists(),
    }


@pytest.mark.parametrize("reached", [SignUpState.RESERVED, SignUpState.FAILED])
def test_cancelling_removes_everything_and_writes_down_who_and_why(
    subdomain: str, reached: str, request: pytest.FixtureRequest
) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
        assert sign_up.tenant is not None
        schema = sign_up.tenant.schema_name
        if reached == SignUpState.FAILED:
            request.getfixturevalue("broken")
            try_until_given_up(sign_up)
        cancel(sign_up)
        cancel(sign_up)
        assert actions.provision_pending(at=AT, scheduled_for=AT) is None
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.tenant_id, sign_up.owner_name) == (SignUpState.CANCELLED, None, "")
        assert not any(left_of(subdomain, schema).values())
        event = TenantEvent.objects.get(kind="sign_up.cancelled", schema_name=schema)
        assert (event.by, event.reason, event.tenant) == ("op@duly.example", REASON, None)
        assert PublicMessage.objects.get(key=f"cancelled:{sign_up.public_id}").to_address == "gus@gamma.edu"
        assert reservation.is_free(subdomain)
        actions.try_again(sign_up.pk, at=AT)
        sign_up.refresh_from_db()
        assert sign_up.state == SignUpState.CANCELLED


@pytest.mark.parametrize("place", ["asked", "dropping", "dropped", "removed"])
def test_killed_while_cancelling_the_next_turn_removes_the_rest(subdomain: str, place: str) -> None:
    with public_schema():
        sign_up = actions.create(**details(subdomain))
        # As it was a moment before its doors opened.
        SignUp.objects.filter(pk=sign_up.pk).update(state=SignUpState.SCHEDULE)
        assert sign_up.tenant is not None
        schema = sign_up.tenant.schema_name

    def cancel_and_die() -> None:
        if place == "dropping":
            schemas.drop = then_die(schemas.drop)
        if place == "dropped":
            cancelling._remove = then_die(cancelling._remove)
        with public_schema():
            cancel(sign_up)
            if place == "asked":
                die()
            cancelling.finish(sign_up.pk, at=AT)
            die()

    def turn_the_clockwork() -> None:
        with clock.frozen(LATER):
            clockwork.run_everything_due(at=LATER)

    assert in_another_process(cancel_and_die) == -signal.SIGKILL
    hosts._entries.clear()
    assert in_another_process(turn_the_clockwork) == 0
    with public_schema():
        sign_up.refresh_from_db()
        assert sign_up.state == SignUpState.CANCELLED
        assert not any(left_of(subdomain, schema).values())
        assert TenantEvent.objects.filter(kind="sign_up.cancelled", schema_name=schema).count() == 1


def test_cancelling_also_removes_a_schema_that_came_from_the_pool(subdomain: str, settings: Any) -> None:
    try:
        with public_schema(), psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
            settings.READY_SCHEMAS = 1
            pool.fill(owner, at=AT)
            settings.READY_SCHEMAS = 0
            sign_up = reserved(subdomain)
            assert sign_up.tenant is not None
            schema = sign_up.tenant.schema_name
            assert left_of(subdomain, schema)["schema"]
            cancel(sign_up)
            cancelling.finish(sign_up.pk, at=AT)
            assert not any(left_of(subdomain, schema).values())
    finally:
        empty_pool()


def test_a_site_that_serves_is_not_cancelled_and_a_reason_is_asked_for(subdomain: str) -> None:
    with public_schema():
        sign_up = actions.create(**details(subdomain))
        with pytest.raises(actions.CannotCancel, match="Close the site instead"):
            cancel(sign_up)
        with pytest.raises(actions.CannotCancel, match="Say why"):
            actions.cancel(sign_up.pk, by="op@duly.example", reason=" ", at=AT)


@pytest.mark.django_db
def test_one_that_has_no_address_yet_is_cancelled_without_a_mail() -> None:
    with public_schema():
        values = {key: value for key, value in details("gamma").items() if key != "at"}
        sign_up = SignUp.objects.create(**values, created_at=AT)
        cancel(sign_up)
        cancelling.finish(sign_up.pk, at=AT)
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.owner_email) == (SignUpState.CANCELLED, "")
        assert not PublicMessage.objects.exists()


def test_the_cancelled_one_is_told_on_its_page(subdomain: str) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
        cancel(sign_up)
        cancelling.finish(sign_up.pk, at=AT)
    browser = Client(headers={"host": "duly.localhost"})
    browser.cookies[visitors.COOKIE] = cookie_of(sign_up)
    with clock.frozen(AT):
        page = browser.get(url("progress", sign_up)).content.decode()
    assert "This sign-up was cancelled" in page
    assert "hx-trigger" not in page
    assert REASON not in page
    forget(subdomain)


def test_a_kill_before_the_last_try_counts_as_no_try(subdomain: str) -> None:
    """Dying is not failing: a process that is killed leaves no count behind, and the next one just goes on."""

    def create_and_die() -> None:
        plan_death("in:people")
        with public_schema():
            actions.create(**details(subdomain))

    assert in_another_process(create_and_die) == -signal.SIGKILL
    with public_schema():
        assert SignUp.objects.get(subdomain=subdomain).attempts == 0
