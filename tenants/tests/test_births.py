"""Whoever is made after a release is on record as up to date with it, however the schema was made."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from tenants import schedule
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import Standing, TenantStatus
from tenants.models import SignUp, TenantUpgrade, WakeUp
from tenants.provisioning import actions, pool, steps, template
from tenants.tests.committed import details, empty_pool, reserved
from tenants.tests.factories import AT
from tenants.upgrades import actions as upgrades
from tenants.upgrades import queries

OLDER = "an older release"


@pytest.fixture
def owner(subdomain: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(django_settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        yield connection


def made(subdomain: str) -> SignUp:
    with public_schema():
        return actions.create(**details(subdomain))


def counts(sign_up: SignUp) -> dict[str, int]:
    """Those that are not nought."""
    assert sign_up.tenant is not None
    found = queries.status({sign_up.tenant.schema_name}).counts
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("ready", [0, 1])
def test_a_new_site_is_current_and_the_command_need_not_look(
    owner: psycopg.Connection[Any], subdomain: str, settings: Any, ready: int
) -> None:
    settings.READY_SCHEMAS = ready
    try:
        with public_schema():
            pool.fill(owner, at=AT)
        sign_up = made(subdomain)
    finally:
        empty_pool()
    assert counts(sign_up) == {"done": 1}
    assert sign_up.tenant is not None
    schema = sign_up.tenant.schema_name
    said: list[str] = []
    outcome = upgrades.upgrade(upgrades.Options(only=frozenset({schema}), jobs=1), tell=said.append)
    assert (outcome.upgraded, outcome.current, outcome.failed) == ([], 1, {})
    with public_schema():
        # Not touched: it stands as it was written when the schema was made.
        assert TenantUpgrade.objects.get(schema_name=schema).at == AT


def test_one_that_an_older_worker_cut_waits_even_if_a_newer_one_finishes_it(
    owner: psycopg.Connection[Any], subdomain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = template.script(owner) or ""
    with public_schema():
        sign_up = reserved(subdomain)
        assert counts(sign_up) == {"preparing": 1}
        with monkeypatch.context() as older:
            older.setattr(template, "fingerprint", lambda: OLDER)
            older.setitem(template._scripts, OLDER, script)
            older.setattr(steps, "STEPS", steps.STEPS[:1])
            actions.advance(sign_up.pk, at=AT)
        assert sign_up.tenant is not None
        assert TenantUpgrade.objects.get(tenant=sign_up.tenant).fingerprint == OLDER
        assert counts(sign_up) == {"waiting": 1}
        finished = actions.advance(sign_up.pk, at=AT)
    assert finished.state == "ready"
    assert counts(finished) == {"waiting": 1}


@pytest.mark.parametrize(
    ("status", "record", "expected"),
    [
        ("active", (None, None, None), Standing.WAITING),
        ("active", ("t_before", "this", "done"), Standing.WAITING),
        ("active", ("t_now", OLDER, "done"), Standing.WAITING),
        ("active", ("t_now", OLDER, "failed"), Standing.WAITING),
        ("active", ("t_now", "this", "failed"), Standing.FAILED),
        ("active", ("t_now", "this", "pending"), Standing.PENDING),
        ("active", ("t_now", "this", "done"), Standing.DONE),
        ("preparing", (None, None, None), Standing.PREPARING),
        ("preparing", ("t_now", "this", "pending"), Standing.PREPARING),
        ("preparing", ("t_now", "this", "done"), Standing.DONE),
        ("preparing", ("t_now", OLDER, "done"), Standing.WAITING),
    ],
)
def test_a_tenant_stands_by_its_record_of_this_schema(
    status: TenantStatus,
    record: tuple[str | None, str | None, str | None],
    expected: Standing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(template, "fingerprint", lambda: "this")
    assert queries.standing(status, "t_now", *record) == expected


@pytest.mark.parametrize(("status", "nudges"), [(TenantStatus.PREPARING, 0), (TenantStatus.ACTIVE, 1)])
def test_no_worker_is_called_for_a_site_that_is_still_being_made(
    alpha: TenantRef,
    status: TenantStatus,
    nudges: int,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    called: list[object] = []
    monkeypatch.setattr("tenants.tasks.nudge", lambda *args: called.append(args))
    job = schedule.daily_jobs()[0].name
    with (
        django_capture_on_commit_callbacks(execute=True),
        inside(dataclasses.replace(alpha, status=status)),
    ):
        schedule.wake(job)
    assert len(called) == nudges
    with public_schema():
        assert WakeUp.objects.filter(tenant_id=alpha.id, job=job).exists()
