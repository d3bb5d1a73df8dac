"""A trial differs from what is paid in its limits, and in nothing else."""

import psycopg
from django.conf import settings

from tenants.context import public_schema
from tenants.enums import Plan, TenantStatus
from tenants.models import Tenant
from tenants.provisioning import actions
from tenants.tests.committed import details

RIGHTS = """
    SELECT regexp_replace(coalesce(array_to_string(n.nspacl, ' '), ''), n.nspname, 'X', 'g'),
           (SELECT array_agg(regexp_replace(c.relname || ':' || c.relacl::text, n.nspname, 'X', 'g') ORDER BY c.relname)
              FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'S')),
           (SELECT array_agg(g.rolname::text ORDER BY 1) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
             WHERE m.member = ('r_' || n.nspname)::regrole),
           (SELECT row(rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls)::text
              FROM pg_roles WHERE rolname = 'r_' || n.nspname)
      FROM pg_namespace n WHERE n.nspname = %s
"""


def test_a_trial_has_the_same_walls_as_what_is_paid(subdomain: str) -> None:
    """Not a right, a table or an attribute of its role differs."""
    with public_schema():
        trial = actions.create(**details(subdomain)).tenant
        assert trial is not None
        assert (trial.plan, trial.status) == (Plan.TRIAL, TenantStatus.TRIAL)
        paid = Tenant.objects.get(domains__domain="alpha.duly.localhost")
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        rights = [owner.execute(RIGHTS, [tenant.schema_name]).fetchone() for tenant in (trial, paid)]
    assert rights[0] is not None
    assert len(rights[0][1]) > 50
    assert rights[0] == rights[1]


def test_who_does_not_try_but_pays_is_active_with_the_standard_plan(subdomain: str) -> None:
    with public_schema():
        made = actions.create(**details(subdomain), is_trial=False).tenant
        assert made is not None
        assert (made.plan, made.status, made.trial_ends_on) == (Plan.STANDARD, TenantStatus.ACTIVE, None)
        assert made.ref().entitlements.people == 60_000
