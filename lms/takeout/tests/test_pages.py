"""An owner takes everything home; nobody else does, whatever they ask for."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lms.audit.models import Event
from lms.jobs.models import Job
from lms.takeout import actions, queries
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.django_db
Deliver = Callable[..., list[EmailMessage]]
ClientFor = Callable[..., Client]


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """Where takeouts lie."""
    settings.EXPORT_DIR = str(tmp_path / "exports")
    return tmp_path / "exports"


@pytest.fixture
def made(alpha: TenantRef, ada: Any, client_for: ClientFor, deliver: Deliver, at: dt.datetime) -> Job:
    """A takeout that Ada had made, and its letters."""
    with clock.frozen(at):
        answer = client_for(alpha, ada).post("/settings/data/start/")
    assert answer.status_code == 303
    assert answer["Location"].startswith("/jobs/")
    deliver(at=at)
    with inside(alpha):
        return Job.objects.get(kind="takeout.make")


def _file(job: Job) -> str:
    return reverse("takeout:download", kwargs={"public_id": job.public_id}, urlconf="config.urls_tenant")


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_an_owner_takes_everything_home(
    alpha: TenantRef, ada: Any, made: Job, client_for: ClientFor, at: dt.datetime, place: Path
) -> None:
    assert made.status == "done"
    with clock.frozen(at):
        page = client_for(alpha, ada).get("/settings/data/")
        assert _file(made) in page.content.decode()
        response = client_for(alpha, ada).get(_file(made))
    archive = zipfile.ZipFile(io.BytesIO(_body(response)))
    assert "tables/people_user.csv" in archive.namelist()
    assert response["Content-Disposition"] == 'attachment; filename="alpha-2026-11-23.zip"'
    assert response["Cache-Control"] == "private, no-store"
    with inside(alpha):
        assert Event.objects.filter(action="site.data.exported", actor_label=ada.display_name).count() == 1
        assert Event.objects.filter(action="takeout.downloaded").count() == 1
    assert [path.stat().st_mode & 0o077 for path in place.rglob("*.zip")] == [0]


def test_every_owner_is_told(alpha: TenantRef, ada: Any, bo: Any, made: Job, deliver: Deliver) -> None:
    with inside(alpha):
        from lms.mail.models import Message

        letters = Message.objects.filter(kind="site.event")
        assert {letter.to_address for letter in letters} == {ada.email}


@pytest.mark.parametrize("method", ["get", "head"])
def test_nobody_else_gets_it(
    alpha: TenantRef,
    beta: TenantRef,
    bo: Any,
    dee: Any,
    cy: Any,
    made: Job,
    client_for: ClientFor,
    at: dt.datetime,
    method: str,
) -> None:
    """Anonymous, without the right, of another tenant with every right there, and with a part of the file asked for."""
    with clock.frozen(at):
        for client, status in (
            (client_for(alpha), 302),
            (client_for(alpha, bo), 403),
            (client_for(alpha, dee), 403),
            (client_for(beta, cy), 404),
            (client_for(None), 404),
        ):
            response = getattr(client, method)(_file(made), headers={"range": "bytes=0-99"})
            assert response.status_code == status
            assert b"PK" not in _body(response)[:2]


def test_who_was_an_owner_gets_nothing_any_more(
    alpha: TenantRef, ada: Any, made: Job, client_for: ClientFor, at: dt.datetime
) -> None:
    client = client_for(alpha, ada)
    with inside(alpha):
        ada.role_grants.filter(role="owner").delete()
    with clock.frozen(at):
        assert client.get(_file(made)).status_code == 403


@pytest.mark.parametrize("name", ["../../../etc/passwd", "x.zip", "/etc/passwd", ""])
def test_an_altered_name_leads_nowhere(
    alpha: TenantRef, ada: Any, made: Job, client_for: ClientFor, at: dt.datetime, name: str
) -> None:
    with inside(alpha):
        Job.objects.filter(pk=made.pk).update(result={**made.result, "file": name})
    with clock.frozen(at):
        response = client_for(alpha, ada).get(_file(made))
        assert response.status_code == 303
        assert (
            client_for(alpha, ada).get(_file(made).replace(str(made.public_id)[:6], "000000")).status_code
            == 404
        )


def test_the_file_of_another_tenant_is_not_reached_by_its_name(
    alpha: TenantRef, beta: TenantRef, cy: Any, made: Job, client_for: ClientFor, at: dt.datetime
) -> None:
    with inside(beta):
        twin = Job.objects.create(
            kind="takeout.make",
            public_id=made.public_id,
            status="done",
            result=made.result,
            owner=cy,
            created_at=at,
            next_try_at=at,
        )
    with clock.frozen(at):
        assert client_for(beta, cy).get(_file(twin)).status_code == 303


def test_after_its_days_it_is_gone(
    alpha: TenantRef,
    ada: Any,
    made: Job,
    client_for: ClientFor,
    deliver: Deliver,
    at: dt.datetime,
    place: Path,
) -> None:
    later = at + dt.timedelta(days=7, minutes=1)
    with clock.frozen(later):
        assert client_for(alpha, ada).get(_file(made)).status_code == 303
    assert len(list(place.rglob("*.zip"))) == 1
    deliver(at=later)
    assert list(place.rglob("*.zip")) == []
    with clock.frozen(later):
        assert "deleted" in client_for(alpha, ada).get("/settings/data/").content.decode()


def test_a_second_press_leads_to_the_first_job(alpha: TenantRef, ada: Any, at: dt.datetime) -> None:
    with inside(alpha):
        first = actions.start(by=ada, at=at)
        assert actions.start(by=ada, at=at).pk == first.pk


def test_without_a_place_the_page_says_so(
    alpha: TenantRef, ada: Any, client_for: ClientFor, settings: Any
) -> None:
    settings.EXPORT_DIR = ""
    client = client_for(alpha, ada)
    assert "no place for such files" in client.get("/settings/data/").content.decode()
    assert client.post("/settings/data/start/").status_code == 303
    with inside(alpha):
        assert not Job.objects.exists()
        assert queries.takeouts(at=clock.now()) == []
