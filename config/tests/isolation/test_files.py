"""Every address that hands out a file, found by asking, and everybody who must not get it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT, Row
from config.tests.scorecard import Scorecard
from tenants import clock
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I11")]
PATHS = (
    "/static/../manage.py",
    "/static/%2e%2e/manage.py",
    "/static/",
    "/media/",
    "/static/..%2f..%2fetc/passwd",
)
AT_LEAST = {
    "oversight:status-csv",
    "oversight:people-csv",
    "oversight:completions-csv",
    "oversight:signed-csv",
    "people:person-csv",
    "audit:event-csv",
    "people:import-problems",
    "takeout:download",
    "evidence:file",
}

OF_WHOEVER_ASKS = {"oversight:status-csv"}
"""What everybody who is signed in may take out, each of themself alone."""


def _address(row: Row, ids: dict[str, str]) -> str:
    return reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")


def _take_out(tenant: TenantRef, populated: world.World) -> None:
    """A takeout of the tenant that is ready, in the place of the world's job."""
    from lms.jobs.models import Job
    from lms.takeout import rules, shelf

    with inside(tenant):
        path = shelf.new_path()
        path.write_bytes(b"PK: everything of CANARY-alpha")
        result = {"file": path.name, "expires_at": (clock.now() + dt.timedelta(days=1)).isoformat()}
        job = Job.objects.create(
            kind=rules.JOB_KIND,
            status="done",
            result=result,
            owner=populated.ada,
            next_try_at=AT,
            created_at=AT,
        )
    populated.ids["job"] = str(job.public_id)


def test_a_file_is_for_those_it_belongs_to(
    alpha: TenantRef,
    beta: TenantRef,
    client_for: Callable[..., Client],
    scorecard: Scorecard,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.EXPORT_DIR = str(tmp_path)
    populated = world.build(alpha)
    _take_out(alpha, populated)
    world.twin(alpha, beta)
    holder = client_for(alpha, populated.ada)
    files = [
        asked.row
        for asked in matrix.ask(TENANT, lambda row: holder, populated.ids)
        if "attachment" in asked.response.get("Content-Disposition", "")
    ]
    assert {row.name for row in files} >= AT_LEAST

    former = matrix.person_of(matrix.EVERYTHING, alpha)
    gone = client_for(alpha, former)
    with inside(alpha):
        type(former).objects.filter(pk=former.pk).update(is_active=False)
    strangers = {
        "anonymous": client_for(alpha),
        "a learner": client_for(alpha, matrix.person_of("learner", alpha)),
        "somebody who has left": gone,
        "the other tenant": client_for(beta, matrix.person_of(matrix.EVERYTHING, beta)),
        "the public host": matrix.with_cookies_of(holder, client_for(None)),
    }
    allowed = []
    for row in files:
        for who, client in strangers.items():
            for method, headers in (("get", {}), ("head", {}), ("get", {"range": "bytes=0-99"})):
                answer = matrix.read(getattr(client, method)(_address(row, populated.ids), headers=headers))
                scorecard.count("I11", requests=1)
                is_file = "attachment" in answer.get("Content-Disposition", "")
                # The other tenant has rows under the same ids: files of its own, without a word of alpha.
                is_own = who == "the other tenant" or (row.name in OF_WHOEVER_ASKS and who == "a learner")
                if (is_file and not is_own) or b"CANARY-alpha" in answer.content:
                    allowed.append((row.name, who, method, answer.status_code))
    for path in PATHS:
        answer = matrix.read(holder.get(path))
        scorecard.count("I11", requests=1)
        if answer.status_code == 200:
            allowed.append((path, "by its path", "get", 200))
    scorecard.saw("I11", files=[row.name for row in files], strangers=strangers)
    scorecard.count("I11", allowed=len(allowed))
    assert allowed == []
