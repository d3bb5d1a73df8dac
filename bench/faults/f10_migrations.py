"""F10: a migration meets a tenant it cannot finish."""

from __future__ import annotations

import contextlib
import io
import json
import time
from typing import Any

from bench.faults.drill import Row
from bench.world import World, make_tenant

TITLE = "a release meets a tenant it cannot migrate"
INJECTS = "one tenant already has the column that the release adds."
HOLDS = "every other tenant is migrated, the one is named, and a second run, once it is repaired, does just that one."

TENANTS = 20
BROKEN = 7
COLUMN = 'migrations.AddField("job", "drill_note", models.TextField(db_default=""))'


def run(world: World) -> list[Row]:
    """The column is really added to one tenant's table, and taken away again before the second run."""
    from tenants.tests.planting import planted

    schemas = [make_tenant(world, f"drill-{number}").schema_name for number in range(TENANTS)]
    broken = schemas[BROKEN]
    with planted("jobs", COLUMN), world.owner() as owner:
        owner.execute(f"ALTER TABLE {broken}.jobs_job ADD COLUMN drill_note text".encode())
        first = migrate()
        owner.execute(f"ALTER TABLE {broken}.jobs_job DROP COLUMN drill_note".encode())
        started = time.monotonic()
        second = migrate()
        seconds = time.monotonic() - started
        found = owner.execute(
            "SELECT count(*) FROM pg_attribute WHERE attname = 'drill_note' AND NOT attisdropped"
        ).fetchone()
    figures = {
        "migrated": len(first["upgraded"]),
        "failed": len(first["failed"]),
        "untouched": first["current"],
        "second run": len(second["upgraded"]),
    }
    expected = {"migrated": TENANTS - 1, "failed": 1, "untouched": 0, "second run": 1}
    missing = TENANTS - int(str(found[0])) if found else TENANTS
    doubled = len(set(first["upgraded"]) & set(second["upgraded"]))
    return [Row(f"fails in tenant {BROKEN} of {TENANTS}", missing, doubled, 0, seconds, figures, expected)]


def migrate() -> dict[str, Any]:
    """What `manage.py migrate_tenants --json` says; its exit code 1 only repeats the failures."""
    from django.core.management import CommandError, call_command

    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("migrate_tenants", json=True, stdout=out)
    return dict(json.loads(out.getvalue()))
