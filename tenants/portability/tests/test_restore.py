"""One tenant comes back from a backup; whoever else lives in the database notices nothing."""

import datetime as dt
import io
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from config.tests import servers
from tenants import chronicle, clock, clockwork, hosts, signing
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.models import DueWork, Restoration, RetiredSchema, Tenant, TenantEvent
from tenants.portability import rebuilding, restoring, retiring, shelf, swapping
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package
from tenants.portability.tests import facts
from tenants.portability.tests.conftest import MakeTenant, forget, settle
from tenants.tests.factories import AT
from tenants.upgrades import queries as upgrades

pytestmark = pytest.mark.isolation("I16")

LATER = AT + dt.timedelta(days=1)
ORDER = restoring.Order(by="system", reason="a test", at=LATER)


@dataclass
class Yesterday:
    """What there was when the backup was taken: the tenant, its neighbour, and ways in."""

    tenant: TenantRef
    neighbour: TenantRef
    shelf: Path
    checksums: dict[str, tuple[int, str]]
    cookies: Any
    token: str
    invitation: str

    def now(self) -> TenantRef:
        """The tenant as it is at this moment."""
        return hosts.ref_by_id(self.tenant.id)


@pytest.fixture(scope="module")
def neighbour(lindenhof: TenantRef) -> TenantRef:
    return lindenhof


@pytest.fixture
def yesterday(make_tenant: MakeTenant, neighbour: TenantRef, tmp_path: Path) -> Iterator[Yesterday]:
    """A tenant that is backed up; then its day goes on, and goes wrong."""
    from lms.people import actions as people
    from lms.people.models import User

    tenant = make_tenant()
    world = settle(tenant, people=6)
    client = Client(headers={"host": tenant.host})
    with inside(tenant):
        client.force_login(world.ada, backend="lms.people.adapters.SignInBackend")
        token = signing.sign("test", "value")
        invitation = people.invite(user=world.dee, by=world.ada, at=AT)
    call_command("backup_tenant", tenant=tenant.host, to=tmp_path, stdout=io.StringIO())
    _date_back(tmp_path)
    before = facts.checksums(tenant)
    with inside(tenant):
        User.objects.filter(pk__gt=world.dee.pk).update(family_name="Gone wrong")
    yield Yesterday(tenant, neighbour, tmp_path, before, client.cookies, token, invitation)
    forget(tenant.id)


def _date_back(folder: Path) -> None:
    """The command has taken it now; the tests' clock stands at AT."""
    (path,) = folder.glob("*.backup.zip")
    public_id = path.name.split("_")[0]
    path.rename(folder / f"{public_id}_{AT:%Y%m%dT%H%M%SZ}.backup.zip")


def _restore(yesterday: Yesterday) -> restoring.Outcome:
    with public_schema():
        public_id = str(Tenant.objects.get(pk=yesterday.tenant.id).public_id)
    path = shelf.newest_before(yesterday.shelf, public_id, LATER)
    return restoring.restore(yesterday.now(), Package(path), ORDER)


def test_it_is_as_it_was_and_the_neighbour_is_as_it_is(yesterday: Yesterday) -> None:
    around = facts.checksums(yesterday.neighbour)
    out = io.StringIO()
    options: dict[str, Any] = {
        "tenant": yesterday.tenant.host,
        "source": yesterday.shelf,
        "as_of": LATER.isoformat(),
        "stdout": out,
    }
    call_command("restore_tenant", **options)
    assert "Nothing was changed" in out.getvalue()
    assert yesterday.now() == yesterday.tenant
    call_command("restore_tenant", yes=True, **options)
    now = yesterday.now()
    after = facts.checksums(now)
    different = {name for name in after if after[name] != yesterday.checksums[name]}
    expected = {"mail_message", "reminders_notice", "jobs_job", *settings.RESTORE_EMPTIES}
    assert different <= expected
    assert facts.checksums(yesterday.neighbour) == around
    assert (now.closed_for, now.status) == ("", TenantStatus.ACTIVE)
    assert now.schema_name != yesterday.tenant.schema_name
    with public_schema():
        event = TenantEvent.objects.get(tenant=now.id, kind="data.restored")
        assert DueWork.objects.filter(tenant=now.id, next_run_at__gt=clock.now()).exists()
    assert upgrades.status({now.schema_name}).counts["done"] == 1
    assert event.facts["taken_at"]


def test_whoever_was_in_is_out_and_what_waited_does_not_leave(yesterday: Yesterday) -> None:
    from lms.people.actions.invitations import InvitationExpired, accept_invitation

    client = Client(headers={"host": yesterday.tenant.host})
    client.cookies = yesterday.cookies
    assert client.get("/profile/").status_code == 200
    with inside(yesterday.now()):
        assert signing.unsign("test", yesterday.token, max_age=dt.timedelta(days=9000)) == "value"
    _restore(yesterday)
    assert client.get("/profile/").status_code == 302
    with inside(yesterday.now()):
        with pytest.raises(signing.BadToken):
            signing.unsign("test", yesterday.token, max_age=dt.timedelta(days=9000))
        with pytest.raises(InvitationExpired):
            accept_invitation(token=yesterday.invitation, password=secrets.token_hex(12), at=AT)
    servers.postbox().messages.clear()
    with clock.frozen(LATER):
        clockwork.run_everything_due(at=LATER + dt.timedelta(hours=2))
    told = [m for m in servers.postbox().messages if yesterday.tenant.host in str(m["List-Id"])]
    # The letter that says what was done to the site is wanted; nothing else is.
    assert [m["Subject"] for m in told if "site" not in str(m["Subject"]).lower()] == []


def test_the_old_schema_is_shut_kept_and_dropped_in_its_time(yesterday: Yesterday) -> None:
    _restore(yesterday)
    old = yesterday.tenant
    with inside(old):
        from lms.people.models import User

        with pytest.raises(Exception, match=r"does not exist|permission denied"):
            User.objects.count()
    with public_schema():
        row = RetiredSchema.objects.get(schema_name=old.schema_name)
        assert retiring.drop_due(at=LATER, scheduled_for=LATER) is not None
        assert _schemas(old.schema_name) == [old.schema_name]
        retiring.drop_due(at=row.drop_after, scheduled_for=LATER)
        assert _schemas(old.schema_name) == []
        row.refresh_from_db()
    assert row.dropped_at is not None
    with pytest.raises(BadArchive, match="no earlier state"):
        restoring.undo(yesterday.now(), ORDER)


def _schemas(pattern: str) -> list[str]:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY 1"
        return [name for (name,) in owner.execute(query, [pattern])]


def test_a_restore_can_be_taken_back(yesterday: Yesterday) -> None:
    from lms.people.models import User

    _restore(yesterday)
    outcome = restoring.undo(yesterday.now(), ORDER)
    assert outcome.tenant.schema_name == yesterday.tenant.schema_name
    with inside(yesterday.now()):
        assert User.objects.filter(family_name="Gone wrong").count() > 5
    assert yesterday.now().closed_for == ""
    again = restoring.undo(yesterday.now(), ORDER)
    with inside(again.tenant):
        assert not User.objects.filter(family_name="Gone wrong").exists()


class Killed(BaseException):
    """The process is gone: nothing after this is run."""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (rebuilding, "compare"),
        (rebuilding, "prove"),
        (swapping, "fence"),
        (swapping, "_retire"),
        (chronicle, "write"),
    ],
    ids=lambda value: str(getattr(value, "__name__", value)),
)
def test_killed_anywhere_it_is_repeated_and_leaves_nothing_behind(
    yesterday: Yesterday, module: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = facts.checksums(yesterday.tenant)
    schemas_before = set(_schemas("t\\_%"))

    def die(*args: object, **options: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, name, die)
        patch.setattr(swapping, "give_up", die)
        with pytest.raises(Killed):
            _restore(yesterday)
    half = yesterday.now()
    assert (half.schema_name, half.closed_for) == (yesterday.tenant.schema_name, "restore")
    assert Client(headers={"host": half.host}).get("/").status_code == 503
    assert restoring.abandon(half, ORDER)
    assert yesterday.now().closed_for == ""
    assert facts.checksums(yesterday.now()) == before
    assert set(_schemas("t\\_%")) == schemas_before
    if name == "_retire":
        _restore(yesterday)
        assert set(_schemas("t\\_%")) == schemas_before | {yesterday.now().schema_name}
        with public_schema():
            states = Restoration.objects.filter(tenant=half.id).order_by("pk").values_list("state", flat=True)
            assert list(states) == ["failed", "done"]


def test_two_at_once_are_one(yesterday: Yesterday) -> None:
    with swapping.owner_of(yesterday.tenant), pytest.raises(swapping.AtWork):
        _restore(yesterday)


def test_a_copy_lives_beside_it_and_mails_nobody(yesterday: Yesterday) -> None:
    (path,) = yesterday.shelf.glob("*.zip")
    name = f"copy-{secrets.token_hex(3)}"
    out = io.StringIO()
    call_command(
        "restore_tenant",
        tenant=yesterday.tenant.host,
        source=path,
        as_copy=True,
        subdomain=name,
        yes=True,
        json=True,
        stdout=out,
    )
    with public_schema():
        copied = Tenant.objects.get(schema_name=json.loads(out.getvalue())["schema"])
        ref: TenantRef = copied.ref()
        enabled = DueWork.objects.filter(tenant=copied, is_enabled=True).count()
    try:
        assert ref.host.startswith(name)
        assert (ref.status, ref.closed_for, enabled) == (TenantStatus.SUSPENDED, "", 0)
        assert facts.checksums(ref)["people_user"] == yesterday.checksums["people_user"]
        assert yesterday.now() == yesterday.tenant
        options: dict[str, Any] = {
            "tenant": yesterday.tenant.host,
            "source": path,
            "as_copy": True,
            "yes": True,
        }
        with pytest.raises(CommandError, match="taken"):
            call_command("restore_tenant", subdomain=name, stdout=io.StringIO(), **options)
    finally:
        forget(ref.id)


def test_a_backup_of_another_tenant_is_refused(yesterday: Yesterday) -> None:
    (path,) = yesterday.shelf.glob("*.zip")
    with pytest.raises(BadArchive, match="another tenant"):
        restoring.restore(yesterday.neighbour, Package(path), ORDER)


def test_a_site_that_is_being_closed_comes_back_too(yesterday: Yesterday) -> None:
    with public_schema():
        Tenant.objects.filter(pk=yesterday.tenant.id).update(status=TenantStatus.CLOSING)
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute(f"DROP SCHEMA {yesterday.tenant.schema_name} CASCADE".encode())
    outcome = _restore(yesterday)
    assert outcome.tenant.status == TenantStatus.CLOSING
    assert facts.checksums(outcome.tenant)["people_user"] == yesterday.checksums["people_user"]
