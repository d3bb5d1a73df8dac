"""What the runtime login and the tenants' roles may do in the shared schema. Applied after every migration of it."""

import psycopg
from django.conf import settings
from psycopg import sql

_STATEMENTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {app}, {tenants};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app};
REVOKE INSERT, UPDATE, DELETE ON public.django_migrations, public.tenants_schematemplate FROM {app};
REVOKE INSERT, UPDATE ON public.tenants_readyschema FROM {app};
GRANT UPDATE (created_at) ON public.tenants_readyschema TO {app};
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
    public.duly_support_grants(uuid, timestamptz),
    public.duly_support_views(uuid),
    public.duly_support_enter(uuid, text, timestamptz),
    public.duly_support_view(uuid, text, text, smallint, integer, timestamptz, integer),
    public.duly_support_decide(uuid, text, text, timestamptz, interval),
    public.duly_support_wish(),
    public.duly_support_wish(boolean, text, timestamptz)
    TO {tenants};
REVOKE UPDATE, DELETE ON public.tenants_supportview FROM {app};
GRANT EXECUTE ON FUNCTION public.duly_rollup_offer(bigint, bigint, text, text, timestamptz) TO {app};
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {tenants};
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {tenants};
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO {tenants};
"""


def apply(connection: psycopg.Connection) -> None:
    """Create the group all tenants' roles belong to, and grant; repeating it changes nothing.

    `connection` must be the owner's. The default privileges are global for what the owner makes, so a new tenant
    costs one GRANT, not one for each table; in `public` they are taken back at once. The runtime login takes a
    ready schema by locking and deleting its row (a lock asks for a right to update some column); it cannot name one
    for the owner to drop.
    """
    group = sql.Identifier(settings.DATABASE_TENANT_GROUP)
    known = connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_TENANT_GROUP]
    ).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(group))
    connection.execute(
        sql.SQL(_STATEMENTS).format(app=sql.Identifier(settings.DATABASE_APP_ROLE), tenants=group)
    )
