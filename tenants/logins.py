"""What the login of this process may do in the database, asked of the database itself."""

from django.conf import settings
from django.db import connection

from tenants import context

# One row: what makes a login too strong to serve with. Owning and creating are looked for in every schema.
_POWERS = """
SELECT rolsuper, rolbypassrls, rolcreaterole OR rolcreatedb, rolinherit,
       EXISTS (SELECT FROM pg_shdepend
               WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND deptype = 'o'),
       has_database_privilege(current_database(), 'CREATE')
           OR EXISTS (SELECT FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE')),
       has_database_privilege(current_database(), 'TEMPORARY')
FROM pg_roles role WHERE rolname = session_user
"""
_WORDS = (
    "is a superuser",
    "is exempt from row-level security (BYPASSRLS)",
    "may make roles or databases",
    "inherits what the roles granted to it may do (INHERIT)",
    "owns something: a table, a schema, a database",
    "may create in a schema or in the database",
    "may make temporary tables",
)
# A tenant's role, granted to the login of the console, would open that tenant to whoever operates.
_ENTERS = """
SELECT count(*) FROM pg_auth_members membership
JOIN pg_roles granted ON granted.oid = membership.roleid JOIN pg_roles member ON member.oid = membership.member
JOIN public.tenants_tenant tenant ON granted.rolname = 'r_' || tenant.schema_name
WHERE member.rolname = session_user AND (tenant.kind = 'operator') <> %s
"""


def powers() -> list[str]:
    """What this process's login is or may do and must not, in words; empty when it is as weak as it should be."""
    with context.public_schema(), connection.cursor() as cursor:
        cursor.execute(_POWERS)
        row = cursor.fetchone()
    return [words for has, words in zip(row, _WORDS, strict=True) if has]


def wrong_doors() -> int:
    """How many tenants this process's login may enter that are none of its business.

    The console may enter the operators' own schema only, everybody else every schema but that one.
    """
    with context.public_schema(), connection.cursor() as cursor:
        cursor.execute(_ENTERS, [settings.SERVES_OPERATORS])
        return int(cursor.fetchone()[0])
