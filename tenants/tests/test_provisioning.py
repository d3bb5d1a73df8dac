"""From a reserved address to a site that answers, whatever dies on the way."""

import datetime as dt
import io
import json
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from tenants import clock, clockwork, hosts, schedule
from tenants.agreements import actions as agreements
from tenants.chronicle import TELL
from tenants.context import inside, public_schema
from tenants.enums import SignUpState, TenantStatus
from tenants.lifecycle import telling
from tenants.models import (
    Domain,
    DueWork,
    PublicMessage,
    SchemaTemplate,
    SignUp,
    Tenant,
    TenantEvent,
    WakeUp,
)
from tenants.provisioning import actions, reservation, schemas, steps, template
from tenants.tests.committed import LATER, PLACES, details, in_another_process, plan_death, reserved
from tenants.tests.factories import AT
from tenants.tests.portrait import portrait


@pytest.fixture
def owner(db: None) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection, in a transaction that is rolled back."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_it_serves_nothing_and_the_next_turn_completes_it(subdomain: str, place: str) -> None:
    def create_and_die() -> None:
        plan_death(place)
        with public_schema():
            actions.create(**details(subdomain))

    def turn_the_clockwork() -> None:
        with clock.frozen(LATER):
            clockwork.run_everything_due(at=LATER)

    host = reservation.host_of(subdomain)
    browser = Client(headers={"host": host})
    assert in_another_process(create_and_die) == -signal.SIGKILL
    if place != "end":
        assert browser.get("/").status_code == 503
    assert in_another_process(turn_the_clockwork) == 0
    hosts._entries.clear()
    with public_schema():
        tenant = Tenant.objects.get(domains__domain=host)
        sign_up = SignUp.objects.get(subdomain=subdomain)
        assert (sign_up.state, tenant.status) == (SignUpState.READY, TenantStatus.TRIAL)
        assert PublicMessage.objects.filter(key=f"welcome:{sign_up.public_id}").count() == 1
        assert not WakeUp.objects.filter(job=actions.JOB.name).exists()
        daily_count = DueWork.objects.filter(tenant=tenant).count()
        assert daily_count == len(schedule.daily_jobs())
        ref = tenant.ref()
    with inside(ref):
        assert [user.email for user in get_user_model().objects.all()] == ["gus@gamma.edu"]
    served = hosts.resolve(host)
    assert served is not None
    assert served.status == TenantStatus.TRIAL
    assert sign_up.welcome_path.startswith("/welcome/")


def test_two_processes_at_once_make_one_tenant(subdomain: str) -> None:
    with public_schema():
        sign_up = reserved(subdomain)
    with psycopg.connect(settings.DATABASE_OWNER_URL) as other, public_schema():
        other.execute("SELECT FROM public.tenants_signup WHERE id = %s FOR UPDATE", [sign_up.pk])
        with pytest.raises(steps.AtWork):
            actions.advance(sign_up.pk, at=AT)
        assert actions.provision_pending(at=AT, scheduled_for=AT) == AT + dt.timedelta(seconds=20)
        other.rollback()
        assert actions.provision_pending(at=AT, scheduled_for=AT) is None
        sign_up.refresh_from_db()
        assert sign_up.state == SignUpState.READY


def test_a_step_that_fails_is_tried_again_later_and_the_others_do_not_wait(
    subdomain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise RuntimeError("disk full")

    broken = tuple(
        steps.Step(step.begins, step.ends, step.label, refuse) if step.ends == "people" else step
        for step in steps.STEPS
    )
    with public_schema():
        sign_up = reserved(subdomain)
        with monkeypatch.context() as patch:
            patch.setattr(steps, "STEPS", broken)
            again_at = actions.provision_pending(at=AT, scheduled_for=AT)
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.attempts) == (SignUpState.DATABASE, 1)
        assert sign_up.last_error == "RuntimeError: disk full"
        assert again_at is not None
        assert AT < again_at <= AT + dt.timedelta(seconds=30)
        # Not due yet: nothing is tried.
        assert actions.provision_pending(at=AT, scheduled_for=AT) is not None
        sign_up.refresh_from_db()
        assert sign_up.attempts == 1
        actions.try_again(sign_up.pk, at=AT)
        assert actions.provision_pending(at=AT, scheduled_for=AT) is None
        sign_up.refresh_from_db()
        assert (sign_up.state, sign_up.last_error) == (SignUpState.READY, "")


def test_a_cut_schema_equals_a_migrated_one(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("DROP SCHEMA IF EXISTS t_migrated CASCADE; CREATE SCHEMA t_migrated")
        try:
            template.migrate("t_migrated")
            with owner.transaction(force_rollback=True):
                schemas.cut(owner, "t_cutcutcutcut")
                migrated, cut = portrait(owner, "t_migrated"), portrait(owner, "t_cutcutcutcut")
        finally:
            owner.execute("DROP SCHEMA t_migrated CASCADE")
    assert len(migrated) > 500
    assert cut == migrated


def test_a_tenants_role_enters_its_own_schema_only(owner: psycopg.Connection[Any], db: None) -> None:
    for schema in ("t_one", "t_two"):
        assert schemas.cut(owner, schema)
        assert not schemas.cut(owner, schema)
    owner.execute("GRANT r_t_one TO duly_owner")
    owner.execute("SET ROLE r_t_one")
    owner.execute("SELECT count(*) FROM t_one.people_user")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
        owner.execute("SELECT count(*) FROM t_two.people_user")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
        owner.execute("SELECT count(*) FROM public.tenants_signup")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
        owner.execute("CREATE TABLE t_one.own (id int)")


def test_the_runtime_login_cannot_change_the_script_that_the_owner_runs(db: None) -> None:
    with public_schema():
        assert SchemaTemplate.objects.count() == 1
        with pytest.raises(Exception, match="permission denied"):
            SchemaTemplate.objects.update(script="DROP SCHEMA public CASCADE")


def test_a_template_that_is_there_is_not_built_again(django_db_setup: None) -> None:
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        assert template.build(connection) is False


def test_a_schema_name_tells_nothing() -> None:
    names = {schemas.random_schema_name() for _ in range(200)}
    assert len(names) == 200
    assert all(name.startswith("t_") and len(name) == 14 and name[2:].isalnum() for name in names)


@pytest.mark.django_db
def test_what_is_old_is_forgotten() -> None:
    with public_schema():
        young = SignUp.objects.create(**_unverified("young"), created_at=AT - dt.timedelta(days=6))
        SignUp.objects.create(**_unverified("old"), created_at=AT - dt.timedelta(days=8))
        actions.forget_old(at=AT)
        assert list(SignUp.objects.all()) == [young]
        assert Domain.objects.filter(domain=reservation.host_of("young")).count() == 0


def _unverified(subdomain: str) -> dict[str, Any]:
    return {key: value for key, value in details(subdomain).items() if key != "at"}


def test_the_command_makes_a_tenant_that_answers(subdomain: str) -> None:
    out = io.StringIO()
    options = {
        "name": "Gamma University",
        "subdomain": subdomain,
        "time_zone": "Asia/Kathmandu",
        "owner_name": "Gus Grant",
        "owner_email": "Gus@Gamma.edu",
    }
    call_command("create_tenant", **options, json=True, stdout=out)
    facts = json.loads(out.getvalue())
    assert facts["status"] == TenantStatus.TRIAL
    assert facts["url"] == f"http://{subdomain}.duly.localhost:8000/"
    assert facts["welcome_url"].startswith(f"{facts['url']}welcome/")
    with pytest.raises(CommandError, match="is taken, or looks"):
        call_command("create_tenant", **options)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("subdomain", "demo", "reserved"),
        ("subdomain", "a--b", "Two hyphens"),
        ("time_zone", "GMT+5", "from the list"),
        ("owner_email", "a@b", "not a mail domain"),
    ],
)
def test_the_command_refuses_with_a_sentence(db: None, option: str, value: str, sentence: str) -> None:
    options = {
        "name": "Gamma University",
        "subdomain": "gamma",
        "time_zone": "UTC",
        "owner_name": "Gus",
        "owner_email": "gus@gamma.edu",
    }
    with pytest.raises(CommandError, match=sentence):
        call_command("create_tenant", **options | {option: value})


def test_owners_of_a_new_department_are_told_of_the_offer_as_soon_as_there_is_somebody_to_tell(
    subdomain: str,
) -> None:
    with public_schema():
        parent = Tenant.objects.get(domains__domain="alpha.duly.localhost")
        invitation = agreements.invite_for_operator(parent, label="Law", at=AT)
        try:
            begun = reserved(subdomain)
            assert begun.tenant is not None
            SignUp.objects.filter(pk=begun.pk).update(invitation=invitation)
            agreements.offer_to_new_site(SignUp.objects.get(pk=begun.pk), begun.tenant, at=AT)
            told = TenantEvent.objects.filter(tenant=begun.tenant, kind="rollup.offered")
            assert telling.tell(at=AT, scheduled_for=AT) == AT + dt.timedelta(minutes=5)
            assert told.get().told_at is None, "there is nobody yet"
            WakeUp.objects.filter(job=TELL).update(due_at=AT + dt.timedelta(minutes=5))
            actions.advance(begun.pk, at=LATER)
            assert WakeUp.objects.filter(job=TELL, due_at=LATER).exists()
            telling.tell(at=LATER, scheduled_for=LATER)
            assert told.get().told_at == LATER
        finally:
            SignUp.objects.filter(invitation=invitation).update(invitation=None)
            invitation.delete()
            with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
                owner.execute("DELETE FROM tenants_tenantevent WHERE tenant_id = %s", [parent.pk])
