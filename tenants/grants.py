"""What each login and the tenants' roles may do in the shared schema. Applied after every migration of it."""

import psycopg
from django.conf import settings
from psycopg import sql

_TENANTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {tenants};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {tenants};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {tenants};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {tenants};
GRANT EXECUTE ON FUNCTION
    public.duly_wake(text, timestamptz),
    public.duly_rollup_invite(uuid, text, text, text, text, timestamptz, timestamptz, int),
    public.duly_rollup_withdraw(uuid, text, timestamptz),
    public.duly_rollup_invitations(),
    public.duly_rollup_redeem(text, text, text, text, timestamptz),
    public.duly_rollup_decide(uuid, text, text, text, timestamptz),
    public.duly_rollup_agreements(),
    public.duly_rollup_publish(jsonb, date, timestamptz),
    public.duly_rollup_figures(uuid),
    public.duly_rollup_counted(uuid),
    public.duly_support_grants(uuid, timestamptz),
    public.duly_support_views(uuid),
    public.duly_support_enter(uuid, text, timestamptz),
    public.duly_support_view(uuid, text, text, smallint, integer, timestamptz, integer),
    public.duly_support_decide(uuid, text, text, timestamptz, interval),
    public.duly_support_wish(),
    public.duly_support_wish(boolean, text, timestamptz)
    TO {tenants};
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {tenants};
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {tenants};
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO {tenants};
"""

# The two logins that write shared tables. Neither can touch the record of migrations or the template, and what is
# written in the chronicle or certified stays as it was written (of the chronicle, the app marks that a tenant was told,
# and parts with a tenant). A ready schema is taken by locking and deleting its row (a lock asks for a right to update
# some column); nobody can name one for the owner to drop.
_WRITERS = """
GRANT USAGE ON SCHEMA public TO {login};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {login};
REVOKE INSERT, UPDATE, DELETE ON public.django_migrations, public.tenants_schematemplate FROM {login};
REVOKE INSERT, UPDATE ON public.tenants_readyschema FROM {login};
GRANT UPDATE (created_at) ON public.tenants_readyschema TO {login};
REVOKE UPDATE, DELETE, TRUNCATE ON public.tenants_tenantevent FROM {login};
GRANT UPDATE (tenant_id, told_at) ON public.tenants_tenantevent TO {login};
REVOKE UPDATE, DELETE ON public.tenants_supportview, public.tenants_deletioncertificate FROM {login};
GRANT EXECUTE ON FUNCTION public.duly_rollup_offer(bigint, bigint, text, text, timestamptz) TO {login};
"""

_READERS = """
GRANT USAGE ON SCHEMA public TO {login};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {login};
GRANT SELECT ON public.duly_figures, public.duly_sign_ups_by_day TO {login};
"""

# What the owner makes from now on, schemas of tenants among them, may be copied.
_COPIER = """
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {login};
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {login};
ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO {login};
"""
_COPIER_OF_ONE = """
GRANT USAGE ON SCHEMA {schema} TO {login};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {login};
GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {login};
"""
_NOT_COPIED = """
SELECT nspname FROM pg_namespace
WHERE nspowner = current_user::regrole AND nspname !~ '^pg_' AND NOT has_schema_privilege(%s, oid, 'USAGE')
"""


def apply(connection: psycopg.Connection) -> None:
    """Create the group all tenants' roles belong to, and grant; repeating it changes nothing.

    `connection` must be the owner's. The default privileges are global for what the owner makes, so a new tenant
    costs one GRANT, not one for each table; in `public` they are taken back at once. A login that this database does
    not have (an older roles.sql) is passed over.
    """
    group = settings.DATABASE_TENANT_GROUP
    if not _exists(connection, group):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))
    connection.execute(sql.SQL(_TENANTS).format(tenants=sql.Identifier(group)))
    for statements, login in (
        (_WRITERS, settings.DATABASE_APP_ROLE),
        (_WRITERS, settings.DATABASE_OPERATOR_ROLE),
        (_READERS, settings.DATABASE_READONLY_ROLE),
    ):
        if _exists(connection, login):
            connection.execute(sql.SQL(statements).format(login=sql.Identifier(login)))
    if _exists(connection, settings.DATABASE_BACKUP_ROLE):
        _let_copy(connection, settings.DATABASE_BACKUP_ROLE)


def _let_copy(connection: psycopg.Connection, login: str) -> None:
    """Also what was there before the login was, a schema at a time; in public, which grows, every time."""
    role = sql.Identifier(login)
    connection.execute(sql.SQL(_COPIER).format(login=role))
    for (schema,) in [("public",), *connection.execute(_NOT_COPIED, [login]).fetchall()]:
        connection.execute(sql.SQL(_COPIER_OF_ONE).format(schema=sql.Identifier(schema), login=role))


def _exists(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None
