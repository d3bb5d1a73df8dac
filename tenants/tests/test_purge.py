"""The end of a tenant: undone until it begins, done by two people only, complete wherever it is killed, alone."""

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from tenants import clock, hosts, switches
from tenants.closing import actions, purge
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import SignUpState, TenantStatus
from tenants.lifecycle import actions as lifecycle
from tenants.lifecycle import telling
from tenants.lifecycle.refusals import Refused
from tenants.models import (
    DeletionCertificate,
    Domain,
    PublicMessage,
    PurgeRequest,
    SignUp,
    Tenant,
    WakeUp,
)
from tenants.provisioning import reservation
from tenants.tests.factories import AT

pytestmark = pytest.mark.isolation("I16")

OLGA, OTTO = "olga@operator.example", "otto@operator.example"
DAY = dt.timedelta(days=1)
END = AT + 30 * DAY


def _tenant(ref: TenantRef) -> Tenant:
    with public_schema():
        found: Tenant = Tenant.objects.get(pk=ref.id)
    return found


def _agreed(ref: TenantRef) -> None:
    actions.start_closing(ref.id, by="tenant:ada@closing.example", reason="Merged.", at=AT)
    actions.request_purge(ref.id, by=OLGA, reason="As agreed.", at=AT)
    actions.approve_purge(ref.id, by=OTTO, at=AT)


@pytest.mark.django_db
class TestClosing:
    """Closing is soft: whatever was closed by mistake is had back whole (F22)."""

    def test_a_tenant_closed_by_mistake_is_had_back_as_it_was(self, alpha: TenantRef, ada: Any) -> None:
        lifecycle.suspend(alpha.id, by=OLGA, reason="Unpaid.", at=AT)
        _agreed(alpha)
        actions.cancel_closing(alpha.id, by="tenant:ada@x.example", reason="A mistake.", at=END + 10 * DAY)
        tenant = _tenant(alpha)
        assert (tenant.status, tenant.closes_at, tenant.status_before) == (TenantStatus.SUSPENDED, None, "")
        with pytest.raises(Refused, match="is not being closed"), public_schema():
            purge.purge(alpha.id, at=END + 20 * DAY)
        with inside(alpha):
            assert type(ada).objects.filter(pk=ada.pk).exists()

    @pytest.mark.parametrize(
        "deed", [lifecycle.activate, lifecycle.suspend, lifecycle.reactivate, lifecycle.mark_past_due]
    )
    def test_nothing_but_its_undoing_leads_out_of_the_closing(self, alpha: TenantRef, deed: Any) -> None:
        """Closed again later, it would be purged on the approval of before."""
        _agreed(alpha)
        with pytest.raises(Refused, match="cannot become"):
            deed(alpha.id, by=OLGA, reason="A contract.", at=AT)
        assert _tenant(alpha).status == TenantStatus.CLOSING
        actions.cancel_closing(alpha.id, by=OLGA, reason="A contract.", at=AT)
        actions.start_closing(alpha.id, by=OLGA, reason="Merged after all.", at=AT)
        with pytest.raises(Refused, match="Nobody has asked"), public_schema():
            purge.purge(alpha.id, at=END + DAY)

    def test_one_person_is_not_two(self, alpha: TenantRef) -> None:
        actions.start_closing(alpha.id, by=OLGA, reason="Merged.", at=AT)
        actions.request_purge(alpha.id, by="tenant:olga@operator.example", reason="As agreed.", at=AT)
        for by in (OLGA, f" {OLGA.upper()} "):
            with pytest.raises(Refused, match="Somebody else"):
                actions.approve_purge(alpha.id, by=by, at=AT)
        with pytest.raises(Refused, match="by an operator"):
            actions.approve_purge(alpha.id, by="tenant:ada@x.example", at=AT)
        with (
            public_schema(),
            pytest.raises(IntegrityError, match="purge_needs_two_people"),
            transaction.atomic(),
        ):
            PurgeRequest.objects.update(approved_by=OLGA, approved_at=AT)

    def test_nothing_is_deleted_before_everything_is_there(self, alpha: TenantRef) -> None:
        def refused(at: dt.datetime) -> str:
            with public_schema(), pytest.raises(Refused) as refusal:
                purge.purge(alpha.id, at=at)
            return refusal.value.sentence

        assert "is not being closed" in refused(END)
        actions.start_closing(alpha.id, by=OLGA, reason="Merged.", at=AT)
        assert "Nobody has asked" in refused(END)
        actions.request_purge(alpha.id, by=OLGA, reason="As agreed.", at=AT)
        assert "approval of a second person" in refused(END)
        actions.approve_purge(alpha.id, by=OTTO, at=AT)
        assert "waiting period" in refused(END - dt.timedelta(seconds=1))
        assert _tenant(alpha).closed_for == ""

    def test_owners_close_and_keep_the_site_and_are_told_of_each_step(
        self,
        alpha: TenantRef,
        ada: Any,
        dee: Any,
        client_for: Callable[..., Client],
        deliver: Callable[..., Any],
    ) -> None:
        owner = client_for(alpha, ada)
        page = "/settings/site/closing/"
        assert owner.post(page, {"reason": "Merged.", "confirmation": "x"}).status_code == 422
        assert owner.post(page, {"reason": "Merged.", "confirmation": alpha.host}).status_code == 303
        hosts.forget_all()
        assert b"Can be had back until" in owner.get("/settings/site/").content
        assert b"Keep the site" in owner.get(page).content
        assert b"Save the certificates" in client_for(alpha, dee).get("/").content
        assert owner.get("/people/add/").status_code == 403
        later = clock.now() + dt.timedelta(minutes=1)
        actions.request_purge(alpha.id, by=OLGA, reason="As agreed.", at=later)
        texts = [mail.get_body(("plain",)).get_content() for mail in deliver(later)]
        assert len(texts) == 2
        assert "/deletions/" in texts[1]
        assert owner.post("/settings/site/closing/end/").status_code == 303
        assert _tenant(alpha).status == TenantStatus.ACTIVE


def _portrait(schema: str) -> dict[str, Any]:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        return purge.count(owner, schema)


def _shared_rows() -> list[str]:
    """Every row of every shared table, as text."""
    models: list[Any] = list(apps.get_app_config("tenants").get_models())
    return [json.dumps(row, default=str) for model in models for row in model.objects.values()]


def _signed_up(ref: TenantRef) -> None:
    """What a sign-up and a year of life leave in the shared tables."""
    with public_schema():
        sign_up = SignUp.objects.create(
            university_name="Campus University",
            subdomain="campus",
            time_zone="Europe/Berlin",
            owner_name="Ada Alvarez",
            owner_email="ada@closing.example",
            verified_at=AT,
            created_at=AT,
            state=SignUpState.READY,
            tenant_id=ref.id,
        )
        PublicMessage.objects.create(
            key=f"code:{sign_up.public_id}:1",
            to_address="ada@closing.example",
            created_at=AT,
            next_try_at=AT,
            state="sent",
        )
        WakeUp.objects.create(tenant_id=ref.id, job="mail.outbox", due_at=AT)
        switches.end_sessions(Tenant.objects.get(pk=ref.id), by=OLGA, reason="Ada Alvarez asked.", at=AT)
    actions.start_closing(ref.id, by="tenant:ada@closing.example", reason="Merged.", at=AT)
    actions.request_purge(ref.id, by="tenant:ada@closing.example", reason="Merged.", at=AT)
    actions.withdraw_purge(ref.id, by="tenant:ada@closing.example", reason="Not yet.", at=AT)
    actions.cancel_closing(ref.id, by="tenant:ada@closing.example", reason="Not yet.", at=AT)


@pytest.fixture
def others(campus: TenantRef) -> set[str]:
    """The shared rows of everybody else, and of tests before that may not be deleted."""
    with public_schema():
        return {*_shared_rows()}


@pytest.fixture
def ready(campus: TenantRef) -> Any:
    """A committed tenant whose purge is agreed to and due; the shared rows it leaves are taken away after it."""
    with inside(campus):
        from lms.people.tests.factories import make_user

        make_user(given_name="Ada", email="ada@closing.example", roles=("owner",))
    _signed_up(campus)
    _agreed(campus)
    with public_schema():
        telling.tell(at=AT, scheduled_for=AT)
    yield campus
    with public_schema():
        PublicMessage.objects.filter(to_address="ada@closing.example").delete()
        WakeUp.objects.filter(tenant=None).delete()
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        owner.execute("DELETE FROM tenants_tenantevent; DELETE FROM tenants_deletioncertificate")


class _Killed(Exception):
    pass


@pytest.mark.parametrize("stage", ["begun", "counted", "dropped", "nowhere"])
def test_killed_anywhere_it_ends_the_same_and_touches_nobody_else(ready: TenantRef, stage: str) -> None:
    others = {schema: _portrait(schema) for schema in ("t_alphaxxxxxxx", "t_betaxxxxxxxx")}
    rows = sum(table["rows"] for table in _portrait(ready.schema_name).values())

    def die(reached: str) -> None:
        if reached == stage:
            raise _Killed

    with public_schema():
        if stage != "nowhere":
            with pytest.raises(_Killed):
                purge.purge(ready.id, at=END, reached=die)
            with pytest.raises(Refused, match="has begun"):
                actions.cancel_closing(ready.id, by=OLGA, reason="Too late.", at=END)
        purge.purge_due(at=END, scheduled_for=END)
        certificate = DeletionCertificate.objects.get()
        left = psycopg.connect(settings.DATABASE_OWNER_URL).execute(
            "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = %s) + "
            "(SELECT count(*) FROM pg_roles WHERE rolname = %s)",
            [ready.schema_name, ready.role],
        )
        assert left.fetchone() == (0,)
    assert certificate.row_count == rows > 0
    assert {schema: _portrait(schema) for schema in others} == others
    tenant = _tenant(ready)
    assert (tenant.status, tenant.closed_for, tenant.name) == (TenantStatus.PURGED, "", "Deleted site")


def test_two_processes_never_purge_one_tenant_at_once(ready: TenantRef) -> None:
    def second(reached: str) -> None:
        if reached == "begun":
            with pytest.raises(Refused, match="Another process"):
                purge.purge(ready.id, at=END)

    with public_schema():
        certificate = purge.purge(ready.id, at=END, reached=second)
        assert certificate.row_count > 0
        assert DeletionCertificate.objects.count() == 1


def test_no_name_and_no_address_stays_behind_and_the_host_is_nobodys(
    others: set[str], ready: TenantRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_DIR", str(tmp_path))
    with public_schema():
        public_id = Tenant.objects.values_list("public_id", flat=True).get(pk=ready.id)
        ours = tmp_path / f"{public_id}_20261123T010000Z.backup.zip"
        theirs = tmp_path / f"{uuid4()}_20261123T010000Z.backup.zip"
        for path in (ours, theirs):
            path.touch()
        purge.purge_due(at=END, scheduled_for=END)
        assert (ours.exists(), theirs.exists()) == (False, True)
        text = "\n".join(row for row in _shared_rows() if row not in others)
        kept = Domain.objects.get(tenant_id=ready.id)
        assert kept.kept_until == END + 365 * DAY
        assert not reservation.is_free(ready.host.partition(".")[0])
        certificate = DeletionCertificate.objects.get().public_id
    for word in ("closing.example", "Not yet.", "Campus University", "Ada Alvarez", "Merged.", OLGA, OTTO):
        rest = text.replace(f'"by": "{OLGA}"', "").replace(f'"by": "{OTTO}"', "")
        assert [line for line in rest.splitlines() if word in line] == []
    hosts.forget_all()
    with clock.frozen(END + DAY):
        closed = Client(headers={"host": ready.host}).get("/certificates/")
        assert closed.status_code == 410
        assert b"This site has been closed" in closed.content, "it has no other address now"
        public = Client(headers={"host": "duly.localhost"})
        page = public.get(f"/deletions/{certificate}/")
        assert page.status_code == 200
        assert b"Certificate of deletion" in page.content
        facts = public.get(f"/deletions/{certificate}/certificate.json").json()
        assert facts["rows"] > 0
        assert facts["requested_by"] != facts["approved_by"]
        for other in ("another", "%00", f"{certificate}%00"):
            assert public.get(f"/deletions/{other}/").status_code == 404


def test_mail_of_another_sign_up_of_the_same_owner_still_leaves(ready: TenantRef) -> None:
    with public_schema():
        PublicMessage.objects.create(
            key="code:another:1", to_address="ada@closing.example", created_at=AT, next_try_at=AT
        )
        purge.purge_due(at=END, scheduled_for=END)
        left = PublicMessage.objects.filter(to_address="ada@closing.example")
        assert list(left.values_list("key", flat=True)) == ["code:another:1"]


def test_the_command_wants_two_people_and_the_address(
    ready: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> str:
        out = io.StringIO()
        call_command("purge_tenant", f"--tenant={ready.host}", *arguments, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    with clock.frozen(END):
        assert json.loads(run("--json"))["approved_by"] == OTTO
        with pytest.raises(CommandError, match="Nothing was done"):
            run("--run", "--confirm", "beta.duly.localhost")
        monkeypatch.setattr("sys.stdin", io.StringIO())
        with pytest.raises(CommandError, match="Nobody is there to answer"):
            run("--run")
        with pytest.raises(CommandError, match="approved already"):
            run("--approve", "--by", OLGA, "--confirm", ready.host)
        done = json.loads(run("--run", "--confirm", ready.host, "--json"))
        assert done["status"] == "purged"
        with pytest.raises(CommandError, match="No tenant answers"):
            run("--run", "--confirm", ready.host)
