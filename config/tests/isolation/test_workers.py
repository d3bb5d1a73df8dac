"""Tasks of many tenants on shared worker processes that fail, are killed and lose their connection."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.tests.campus import made_tenants
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.isolation("I9"), pytest.mark.slow]
TENANTS, TASKS, WORKERS, SECONDS = (20, 2_000, 4, 240) if IS_FULL else (3, 120, 2, 90)
# Of a hundred messages: what is asked of them.
DEEDS = {"fail": 10, "kill": 5, "drop": 5, "again": 5, "headerless": 1, "stranger": 1, "swapped": 1}


@pytest.fixture
def campuses(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[TenantRef]]:
    """Committed tenants, gone afterwards."""
    with django_db_blocker.unblock(), made_tenants(TENANTS) as made:
        yield made


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[None]:
    """Real prefork workers on the session's Redis."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "BLEEDING_FOLDER": str(tmp_path),
    }
    environment.pop("PYTEST_VERSION", None)
    command = [sys.executable, "-m", "celery", "-A", "config.tests.isolation.bleeding", "worker"]
    command += ["--pool=prefork", f"--concurrency={WORKERS}", "--loglevel=CRITICAL", "--without-gossip"]
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.close()


def _plan() -> list[str]:
    deeds = [deed for deed, share in DEEDS.items() for _ in range(max(1, TASKS * share // 100))]
    deeds += ["write"] * (TASKS - len(deeds))
    random.Random(7).shuffle(deeds)
    return deeds


def _send(refs: list[TenantRef], number: int, deed: str) -> str | None:
    """Publish one message; answers its id where its row must appear in the end."""
    from tenants import tasks
    from tenants.clockwork import Ticket

    ref = refs[number % len(refs)]
    task_id = f"{ref.id}:{number}:{deed}"
    tenant_id = 999_999 if deed == "stranger" else ref.id
    ticket = Ticket("isolation.write", tenant_id).as_json()
    headers: dict[str, str] = {"duly_tenant": str(tenant_id)}
    if deed == "headerless":
        headers = {}
    if deed == "swapped":
        headers = {"duly_tenant": str(refs[(number + 1) % len(refs)].id)}
    for _ in range(2 if deed == "again" else 1):
        tasks.run.apply_async(kwargs={"ticket": ticket}, headers=headers, task_id=task_id)
    return task_id.replace(":", "-") if deed in {"write", "again", "kill"} else None


def _rows(refs: list[TenantRef]) -> dict[int, set[str]]:
    from django.contrib.sessions.models import Session

    rows = {}
    for ref in refs:
        with inside(ref):
            rows[ref.id] = set(Session.objects.values_list("session_key", flat=True))
    return rows


def test_no_task_writes_into_another_tenant(
    campuses: list[TenantRef], workers: None, scorecard: Scorecard
) -> None:
    from config.celery import app

    assert str(app.conf.broker_url).startswith("redis"), "a broker that is real"
    expected = {sent for number, deed in enumerate(_plan()) if (sent := _send(campuses, number, deed))}
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = set().union(*_rows(campuses).values())
        if expected <= found:
            break
        time.sleep(0.5)
    rows = _rows(campuses)
    wrong = [key for tenant_id, keys in rows.items() for key in keys if key.split("-")[0] != str(tenant_id)]
    everything = set().union(*rows.values())
    refused = [key for key in everything if key.split("-")[2] in {"headerless", "stranger", "swapped"}]
    scorecard.count("I9", tasks=TASKS, tenants=len(campuses), written=len(everything))
    scorecard.count(
        "I9", wrong_schema=len(wrong), headerless_run=len(refused), unexpected=len(expected - everything)
    )
    assert (wrong, refused) == ([], [])
    assert expected - everything == set(), "these were lost"
