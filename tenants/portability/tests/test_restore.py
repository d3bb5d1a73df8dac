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
from django.db import transaction
from django.test import Client

from config.tests import servers
from tenants import cells, chronicle, clock, clockwork, hosts, schedule, signing
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import RestorationState, TenantStatus
from tenants.models import DueWork, Restoration, RetiredSchema, Tenant, TenantEvent, WakeUp
from tenants.portability import rebuilding, restoring, retiring, shelf, swapping
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package
from tenants.portability.tests import facts
from tenants.portability.tests.conftest import IN_EVERY_CELL, MakeTenant, forget, move, settle
from tenants.provisioning import schemas
from tenants.tests.factories import AT
from tenants.upgrades import queries as upgrades

pytestmark = pytest.mark.isolation("I16")

LATER = AT + dt.timedelta(days=1)
NEVER = AT + dt.timedelta(days=3650)
ORDER = restoring.Order(by="system", reason="a test", at=LATER)


@dataclass
class Yesterday:
    """What there was when the backup was taken: the tenant, and ways in."""

    tenant: TenantRef
    shelf: Path
    checksums: dict[str, tuple[int, str]]
    cookies: Any
    token: str
    invitation: str

    def now(self) -> TenantRef:
        """The tenant as it is at this moment."""
        return hosts.ref_by_id(self.tenant.id)


@pytest.fixture
def neighbour(lindenhof: TenantRef, cell: str, make_tenant: MakeTenant) -> TenantRef:
    """Another tenant in the same database."""
    return lindenhof if cell == "home" else move(make_tenant(), cell)


@pytest.fixture
def yesterday(cell: str, make_tenant: MakeTenant, tmp_path: Path) -> Iterator[Yesterday]:
    """A tenant of `cell` that is backed up; then its day goes on, and goes wrong."""
    from lms.people import actions as people
    from lms.people.models import User

    tenant = make_tenant()
    world = settle(tenant, people=6)
    if cell != tenant.cell:
        tenant = move(tenant, cell)
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
    yield Yesterday(tenant, tmp_path, before, client.cookies, token, invitation)
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


@IN_EVERY_CELL
def test_it_is_as_it_was_and_the_neighbour_is_as_it_is(yesterday: Yesterday, neighbour: TenantRef) -> None:
    around = facts.checksums(neighbour)
    for each in (yesterday.tenant, neighbour):
        with inside(each):
            schedule.wake("mail.outbox", at=NEVER)
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
    counted_as_said = {"reminders_notice", "reminders_escalation", "reminders_escalationcopy"}
    # Other systems are told nothing before somebody has looked: they are paused.
    held = {"consequences_receiver"}
    expected = {"mail_message", "jobs_job", *held, *counted_as_said, *settings.RESTORE_EMPTIES}
    assert different <= expected
    assert facts.checksums(neighbour) == around
    assert (now.closed_for, now.status, now.cell) == ("", TenantStatus.ACTIVE, yesterday.tenant.cell)
    with public_schema(now.cell):
        # What waited is gone with what it was to do; the neighbour's still waits.
        waiting = WakeUp.objects.filter(due_at=NEVER)
        assert list(waiting.values_list("tenant_id", flat=True)) == [neighbour.id]
        waiting.delete()
    assert now.schema_name != yesterday.tenant.schema_name
    with public_schema():
        event = TenantEvent.objects.get(tenant=now.id, kind="data.restored")
        assert DueWork.objects.filter(tenant=now.id, next_run_at__gt=clock.now()).exists()
    assert upgrades.status({now.schema_name}).counts["done"] == 1
    assert event.facts["taken_at"]


@IN_EVERY_CELL
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
    subjects = [str(message["Subject"]).lower() for message in told]
    assert subjects
    assert [subject for subject in subjects if "site" not in subject] == []


@IN_EVERY_CELL
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
        assert _schemas(old.schema_name, old.cell) == [old.schema_name]
        retiring.drop_due(at=row.drop_after, scheduled_for=LATER)
        assert _schemas(old.schema_name, old.cell) == []
        row.refresh_from_db()
    assert row.dropped_at is not None
    with pytest.raises(BadArchive, match="no earlier state"):
        restoring.undo(yesterday.now(), ORDER)


def _schemas(pattern: str, cell: str) -> list[str]:
    with cells.connect_as_owner(cell) as owner:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY 1"
        return [name for (name,) in owner.execute(query, [pattern])]


@IN_EVERY_CELL
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


@IN_EVERY_CELL
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
    cell = yesterday.tenant.cell
    schemas_before = set(_schemas("t\\_%", cell))

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
    assert restoring.abandon(half, ORDER) == RestorationState.FAILED
    assert yesterday.now().closed_for == ""
    assert facts.checksums(yesterday.now()) == before
    assert set(_schemas("t\\_%", cell)) == schemas_before
    if name == "_retire":
        _restore(yesterday)
        assert set(_schemas("t\\_%", cell)) == schemas_before | {yesterday.now().schema_name}
        with public_schema():
            states = Restoration.objects.filter(tenant=half.id).order_by("pk").values_list("state", flat=True)
            assert list(states) == ["failed", "done"]


@IN_EVERY_CELL
@pytest.mark.parametrize("how", ["abandoned", "repeated"])
def test_killed_after_the_change_over_it_is_finished(
    yesterday: Yesterday, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(yesterday.tenant):
        schedule.wake("mail.outbox", at=NEVER)

    def die(*args: object, **options: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "finish", die)
        with pytest.raises(Killed):
            _restore(yesterday)
    half = yesterday.now()
    assert half.schema_name != yesterday.tenant.schema_name
    assert half.closed_for == "restore"
    if how == "abandoned":
        assert restoring.abandon(half, ORDER) == RestorationState.DONE
        assert yesterday.now().schema_name == half.schema_name
    else:
        _restore(yesterday)
        assert yesterday.now().schema_name not in {half.schema_name, yesterday.tenant.schema_name}
    assert yesterday.now().closed_for == ""
    assert facts.checksums(yesterday.now())["people_user"] == yesterday.checksums["people_user"]
    with inside(yesterday.now()):
        schedule.wake("mail.outbox", at=NEVER)  # its own database knows who that is
    with public_schema(half.cell):
        assert WakeUp.objects.filter(tenant_id=half.id, due_at=NEVER).count() == 1


@IN_EVERY_CELL
def test_while_it_is_closed_its_work_waits_and_no_others(yesterday: Yesterday, cell: str) -> None:
    """A wake-up is known by its number, and each database counts for itself."""
    with public_schema():
        Tenant.objects.filter(pk=yesterday.tenant.id).update(closed_for="restore")
        other = WakeUp.objects.create(pk=1_000_000_000, job="tenants.tell", due_at=NEVER)
    with public_schema(cell):
        mine = WakeUp.objects.create(
            pk=other.pk if cell != "home" else None,
            tenant_id=yesterday.tenant.id,
            job="mail.outbox",
            due_at=AT,
        )
        ticket = clockwork.Ticket("mail.outbox", yesterday.tenant.id, (mine.pk,), cell=cell)
    assert not clockwork.run_ticket(ticket, at=AT)
    with public_schema():
        other.refresh_from_db()
        assert (other.lease_until, other.last_error) == (None, "")
        other.delete()
    with public_schema(cell):
        mine.refresh_from_db()
        assert mine.last_error == "closed: restore"
    with public_schema():
        Tenant.objects.filter(pk=yesterday.tenant.id).update(closed_for="")
        with transaction.atomic():
            clockwork.wait_no_longer(yesterday.tenant.id, cell)
    with public_schema(cell):
        mine.refresh_from_db()
        assert mine.lease_until is None


@IN_EVERY_CELL
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


def test_a_backup_of_another_tenant_is_refused(yesterday: Yesterday, neighbour: TenantRef) -> None:
    (path,) = yesterday.shelf.glob("*.zip")
    with pytest.raises(BadArchive, match="another tenant"):
        restoring.restore(neighbour, Package(path), ORDER)


def test_a_site_that_is_being_closed_comes_back_too(yesterday: Yesterday) -> None:
    with public_schema():
        Tenant.objects.filter(pk=yesterday.tenant.id).update(status=TenantStatus.CLOSING)
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        schemas.drop(owner, yesterday.tenant.schema_name)
    outcome = _restore(yesterday)
    assert outcome.tenant.status == TenantStatus.CLOSING
    assert facts.checksums(outcome.tenant)["people_user"] == yesterday.checksums["people_user"]
