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


# "site" serves the public host and the tenants; "operator" serves the operator console and nothing else.
PROCESS = env.choice("DULY_PROCESS", ("site", "operator"))
DATABASE_OPERATOR_URL = env.text("DATABASE_OPERATOR_URL", "")

# The operator process may be given its login under either name; commands (create_operator) know it beside the other.
_URL = (PROCESS == "operator" and DATABASE_OPERATOR_URL) or env.text("DATABASE_URL")
DATABASES = {"default": _alias(_URL, runtime=True)}

# The cluster list: further databases that hold schemas of tenants moved there. Shared tables stay in DATABASE_URL's.
# The console's process is given its own login (duly_operator) in each: it reads wake-ups there and enters no tenant.
_CELLS = env.pairs("DATABASE_CELL_OPERATORS" if PROCESS == "operator" else "DATABASE_CELLS")
DATABASE_CELLS = {name: _alias(url, runtime=True) for name, url in _CELLS.items()}
for _cell in DATABASE_CELLS.values():
    # A cell that is away must not keep the clockwork or a page waiting for those that are there (seconds).
    _cell["OPTIONS"].setdefault("connect_timeout", "3")
if DATABASE_CELLS:
    # The home database once more: where code inside a tenant of another cell reaches the shared functions.
    DATABASES["desk"] = _alias(_URL, runtime=True)

# Migrations and provisioning only. Empty in web processes.
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
if DATABASE_OWNER_URL:
    DATABASES["owner"] = _alias(DATABASE_OWNER_URL, runtime=False)

# The owner's login in each of the cluster list. Needed by move_tenant, and empty in web processes.
DATABASE_CELL_OWNERS = env.pairs("DATABASE_CELL_OWNERS")

# The logins of deploy/postgres/roles.sql, and the group every tenant's role belongs to: named in the grants of
# migrate_public. A database that has only some of the logins grants to those.
DATABASE_APP_ROLE = env.text(
    "DATABASE_APP_ROLE", "duly_app" if PROCESS == "operator" else str(DATABASES["default"]["USER"])
)
DATABASE_OPERATOR_ROLE = env.text("DATABASE_OPERATOR_ROLE", "duly_operator")
DATABASE_BACKUP_ROLE = env.text("DATABASE_BACKUP_ROLE", "duly_backup")
DATABASE_READONLY_ROLE = env.text("DATABASE_READONLY_ROLE", "duly_readonly")
DATABASE_TENANT_GROUP = "duly_tenant"
