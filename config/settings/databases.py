"""PostgreSQL: the application's login, which owns nothing, and the owner's, which web processes are not given."""

from typing import Any

from config import env

_RUNTIME = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"


def _alias(url: str, *, runtime: bool) -> dict[str, Any]:
    settings: dict[str, Any] = env.database(url)
    settings["ENGINE"] = "tenants.engine"
    if runtime:
        settings["CONN_MAX_AGE"] = 600  # bounds what a connection remembers of each tenant it touched
        settings["CONN_HEALTH_CHECKS"] = True
        settings["OPTIONS"]["options"] = _RUNTIME
    return settings


DATABASES = {"default": _alias(env.text("DATABASE_URL"), runtime=True)}

# The cluster list: further databases that hold schemas of tenants moved there. Shared tables stay in DATABASE_URL's.
DATABASE_CELLS = {name: _alias(url, runtime=True) for name, url in env.pairs("DATABASE_CELLS").items()}
if DATABASE_CELLS:
    # The home database once more: where code inside a tenant of another cell reaches the shared functions.
    DATABASES["desk"] = _alias(env.text("DATABASE_URL"), runtime=True)

# Migrations and provisioning only. Empty in web processes.
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
if DATABASE_OWNER_URL:
    DATABASES["owner"] = _alias(DATABASE_OWNER_URL, runtime=False)

# The owner's login in each of the cluster list. Needed by move_tenant, and empty in web processes.
DATABASE_CELL_OWNERS = env.pairs("DATABASE_CELL_OWNERS")

# The runtime login, and the group every tenant's role belongs to: named in the grants of migrate_public.
DATABASE_APP_ROLE = str(DATABASES["default"]["USER"])
DATABASE_TENANT_GROUP = "duly_tenant"
