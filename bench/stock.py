"""`python -m bench.stock SCHEMA...`: django-tenants' own migration of each, and how long each took, as JSON.

In a process of its own, because its settings are not ours. `MIGRATION_MODULES` comes from the environment.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time

OPTIONS = {
    "database": "default",
    "verbosity": 0,
    "interactive": False,
    "app_label": None,
    "migration_name": None,
    "check_unapplied": False,
    "plan": False,
    "run_syncdb": False,
    "fake": False,
    "fake_initial": False,
    "prune": False,
    "skip_checks": True,
    "force_color": False,
    "no_color": True,
}


def main(schemas: list[str]) -> int:
    """The core of `migrate_schemas`, without its start-up and its checks, which would only slow it down."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.stock_settings"
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = json.loads(os.environ.get("MIGRATION_MODULES", "{}"))
    django.setup()
    from django_tenants.migration_executors.base import run_migrations

    took = []
    for schema in schemas:
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            run_migrations([], OPTIONS, "standard", schema)
        took.append(time.perf_counter() - started)
    print(json.dumps(took))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
