"""Backups: taken by a login that may only read, one file a tenant, the newest kept, none half-written."""

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.context import TenantRef
from tenants.portability import restoring, shelf
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package
from tenants.portability.tests import facts
from tenants.tests.factories import AT

DAY = dt.timedelta(days=1)


def test_the_backup_login_reads_all_there_is(
    lindenhof: TenantRef, by_backup_login: str, tmp_path: Path
) -> None:
    written = shelf.put(lindenhof, tmp_path, at=AT, keep=3)
    package = Package(written.path)
    package.verify()
    parts = {part.table: (part.rows, part.sha256) for part in package.manifest.parts}
    now = facts.checksums(lindenhof)
    assert parts == {name: now[name] for name in parts}
    assert {"people_user", "mfa_authenticator", "django_session"} <= set(parts)
    assert package.manifest.sequences
    assert "CREATE TABLE" in (package.script() or "")
    assert written.path.stat().st_mode & 0o777 == 0o600


def test_the_newest_stay_and_a_moment_finds_its_own(lindenhof: TenantRef, tmp_path: Path) -> None:
    paths = [shelf.put(lindenhof, tmp_path, at=AT + day * DAY, keep=2).path for day in range(4)]
    assert [path.exists() for path in paths] == [False, False, True, True]
    public_id = paths[0].name.split("_")[0]
    assert shelf.newest_before(tmp_path, public_id, AT + 2.5 * DAY) == paths[2]
    with pytest.raises(BadArchive, match="no backup"):
        shelf.newest_before(tmp_path, public_id, AT)


def test_one_that_fails_is_named_and_stops_no_other(
    lindenhof: TenantRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = shelf.put

    def fail_in_beta(tenant: TenantRef, *args: Any, **options: Any) -> Any:
        if tenant.host.startswith("beta."):
            raise OSError("No space left on device")
        return put(tenant, *args, **options)

    monkeypatch.setattr(shelf, "put", fail_in_beta)
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"beta\..*No space left"):
        call_command("backup_tenant", all=True, to=tmp_path, json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert {"alpha.duly.localhost", lindenhof.host} <= {each["host"] for each in result["written"]}
    assert list(result["failed"]) == ["beta.duly.localhost"]
    assert not list(tmp_path.glob(".*"))


def test_a_backup_and_a_takeout_are_not_taken_for_each_other(lindenhof: TenantRef, tmp_path: Path) -> None:
    order = restoring.Order(by="system", reason="a test", at=AT)
    written = shelf.put(lindenhof, tmp_path, at=AT, keep=1)
    with pytest.raises(BadArchive, match="Use restore_tenant"):
        restoring.import_into(lindenhof, Package(written.path), order)
