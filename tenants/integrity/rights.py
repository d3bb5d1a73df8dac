"""Has every role exactly the rights it should have, and no other?"""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings

from tenants.integrity.findings import Finding, Ground

_STRANGE_SCHEMA_RIGHTS = """
SELECT nspname, coalesce(rolname, 'everybody'), privilege_type
  FROM pg_namespace, aclexplode(nspacl) x LEFT JOIN pg_roles g ON g.oid = grantee
 WHERE nspname = ANY(%(schemas)s) AND grantee <> nspowner
   AND NOT (coalesce(rolname, '') IN ('r_' || nspname, %(backup)s) AND privilege_type = 'USAGE')
 ORDER BY 1, 2, 3
"""
_WITHOUT_OWN = """
SELECT nspname FROM pg_namespace LEFT JOIN pg_roles ON rolname = 'r_' || nspname
 WHERE nspname = ANY(%(schemas)s)
   AND (pg_roles.oid IS NULL OR NOT has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'USAGE')) ORDER BY 1
"""
# Tables of tenants belong to the group; nobody else is given any of them by name. In public, nothing to tenants.
_STRANGE_TABLE_RIGHTS = """
SELECT nspname, relname, coalesce(rolname, 'everybody')
  FROM pg_namespace n JOIN pg_class c ON relnamespace = n.oid AND relkind IN ('r', 'p', 'v', 'm', 'S'),
       aclexplode(relacl) x LEFT JOIN pg_roles g ON g.oid = grantee
 WHERE (nspname = ANY(%(schemas)s) AND (grantee = 0 OR rolname LIKE 'r\\_t\\_%%' OR rolname = %(app)s))
    OR (nspname = ANY(%(schemas)s) AND rolname = %(backup)s AND privilege_type <> 'SELECT')
    OR (nspname = 'public' AND (grantee = 0 OR rolname LIKE 'r\\_t\\_%%' OR rolname = %(group)s))
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_STRANGE_OWNERS = """
SELECT nspname, relname, rolname FROM pg_namespace n JOIN pg_class c ON relnamespace = n.oid
  JOIN pg_roles r ON r.oid = relowner
 WHERE (nspname = ANY(%(schemas)s) OR nspname = 'public') AND relkind IN ('r', 'p', 'v', 'm', 'S')
   AND relowner <> current_user::regrole
 UNION ALL
SELECT nspname, '', rolname FROM pg_namespace JOIN pg_roles r ON r.oid = nspowner
 WHERE nspname = ANY(%(schemas)s) AND nspowner <> current_user::regrole
 ORDER BY 1, 2
"""
_STRANGE_MEMBERSHIPS = """
SELECT m.rolname, g.rolname, inherit_option
  FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
 WHERE (m.rolname LIKE 'r\\_t\\_%%' AND g.rolname <> %(group)s)
    OR (g.rolname LIKE 'r\\_t\\_%%' AND a.member <> current_user::regrole
        AND (inherit_option OR m.rolname <> ALL(%(logins)s)))
    OR (m.rolname = ANY(%(logins)s) AND g.rolname = %(group)s)
 ORDER BY 1, 2
"""
_SHARED_ROLES = """
SELECT g.rolname, string_agg(m.rolname, ', ' ORDER BY m.rolname)
  FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
 WHERE g.rolname LIKE 'r\\_t\\_%%' AND set_option AND a.member <> current_user::regrole
 GROUP BY g.rolname HAVING count(DISTINCT m.rolname) > 1 ORDER BY 1
"""
_POWERS = """
SELECT rolname, array_remove(ARRAY[
    CASE WHEN rolsuper THEN 'is a superuser' END, CASE WHEN rolbypassrls THEN 'bypasses row security' END,
    CASE WHEN rolcreaterole THEN 'may make roles' END, CASE WHEN rolcreatedb THEN 'may make databases' END,
    CASE WHEN rolinherit THEN 'inherits the rights of roles it may become' END,
    CASE WHEN has_database_privilege(oid, current_database(), 'CREATE') THEN 'may make schemas' END,
    CASE WHEN has_schema_privilege(oid, 'public', 'CREATE') THEN 'may make tables in public' END], NULL)
  FROM pg_roles WHERE rolname = ANY(%(logins)s) ORDER BY 1
"""
_LOOSE_FUNCTIONS = """
SELECT proname, proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)
  FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
 WHERE nspname = 'public' AND prosecdef
   AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)
        OR NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s LIKE 'search_path=%%'))
 ORDER BY 1
"""


def run_time_logins() -> list[str]:
    """The logins that may become tenants' roles: the web's and the workers', and the operators'."""
    return [settings.DATABASE_APP_ROLE, *filter(None, [getattr(settings, "DATABASE_OPERATOR_ROLE", "")])]


def _facts(ground: Ground) -> dict[str, Any]:
    return {
        "schemas": ground.schemas,
        "group": settings.DATABASE_TENANT_GROUP,
        "app": settings.DATABASE_APP_ROLE,
        "backup": settings.DATABASE_BACKUP_ROLE,
        "logins": run_time_logins(),
    }


def on_schemas(owner: psycopg.Connection[Any], ground: Ground) -> Iterator[Finding]:
    """Who may enter which schema, and who owns what is in it."""
    facts = _facts(ground)
    for schema, role, privilege in owner.execute(_STRANGE_SCHEMA_RIGHTS, facts):
        yield Finding(
            "rights", schema, f"{role} has {privilege} on the schema {schema}, which is not theirs."
        )
    for (schema,) in owner.execute(_WITHOUT_OWN, facts):
        yield Finding("rights", schema, f"{schema} has no role of its own that may enter it.")
    for schema, table, role in owner.execute(_STRANGE_OWNERS, facts):
        what = f"{schema}.{table}" if table else f"the schema {schema}"
        yield Finding("rights", schema, f"{what} is owned by {role}, not by the owner of the database.")


def on_tables(owner: psycopg.Connection[Any], ground: Ground) -> Iterator[Finding]:
    """Grants on single tables that nobody should have."""
    for schema, table, role in owner.execute(_STRANGE_TABLE_RIGHTS, _facts(ground)):
        yield Finding("rights", schema, f"{role} was given rights on {schema}.{table}.")


def of_roles(owner: psycopg.Connection[Any], ground: Ground) -> Iterator[Finding]:
    """Who may become whom, what the logins may do by themselves, and which doors to the shared tables are ajar."""
    facts = _facts(ground)
    for member, role, inherits in owner.execute(_STRANGE_MEMBERSHIPS, facts):
        how = "has the rights of" if inherits else "may become"
        yield Finding("rights", "", f"{member} {how} {role}.")
    for role, logins in owner.execute(_SHARED_ROLES, facts):
        yield Finding("rights", "", f"More than one login may become {role}: {logins}.")
    for login, powers in owner.execute(_POWERS, facts):
        for power in powers:
            yield Finding("rights", "", f"The login {login} {power}.")
    for name, is_everybodys in owner.execute(_LOOSE_FUNCTIONS, facts):
        fault = "may be called by everybody" if is_everybodys else "has no search path of its own"
        yield Finding("rights", "", f"The function public.{name}, which runs as the owner, {fault}.")
