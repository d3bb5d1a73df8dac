"""A backup of an older release: cut with that release's script, read in, and migrated to this one."""

import io
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tenants.context import TenantRef, inside
from tenants.portability import exporting, restoring
from tenants.portability.reading import Package
from tenants.portability.tests.conftest import MakeTenant, settle
from tenants.tests.factories import AT
from tenants.tests.planting import planted

ORDER = restoring.Order(by="system", reason="a test", at=AT)
COLUMN = 'migrations.AddField("job", "later", models.TextField(db_default="added"))'


def test_a_backup_of_the_release_before_comes_back_migrated(make_tenant: MakeTenant, tmp_path: Path) -> None:
    from lms.people.models import User

    tenant, empty, late = make_tenant(), make_tenant(), make_tenant()
    settle(tenant, people=2)
    call_command("backup_tenant", tenant=tenant.host, to=tmp_path, stdout=io.StringIO())
    exporting.takeout(tenant, tmp_path / "takeout.zip", at=AT)
    (path,) = tmp_path.glob("*.backup.zip")
    with planted("jobs", COLUMN):
        outcome = restoring.restore(tenant, Package(path), ORDER)
        assert outcome.was_migrated
        assert _later(outcome.tenant) == {"added"}
        imported = restoring.import_into(empty, Package(tmp_path / "takeout.zip"), ORDER)
        assert imported.was_migrated
        with inside(imported.tenant):
            assert User.objects.filter(email="dee@example.org").exists()
        # And a tenant that the release did not reach yet can be backed up as it is.
        written = exporting.backup(late, tmp_path / "late.backup.zip", at=AT)
        assert restoring.restore(late, Package(written.path), ORDER).was_migrated


def _later(tenant: TenantRef) -> set[str]:
    with inside(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT later FROM jobs_job")
        return {row[0] for row in cursor.fetchall()}
