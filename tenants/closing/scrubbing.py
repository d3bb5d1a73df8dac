"""What the shared tables know of a tenant's people and name, and how it is forgotten with the tenant."""

from typing import Any

import psycopg

from tenants import clock
from tenants.agreements import actions as agreements
from tenants.models import (
    DueWork,
    JobRun,
    PublicMessage,
    Restoration,
    RetiredSchema,
    ServiceSwitch,
    SignUp,
    SupportGrant,
    Tenant,
    TenantBackup,
    TenantEvent,
    TenantMove,
    TenantUpgrade,
    WakeUp,
)

NAMELESS = "Deleted site"

# Nobody who serves requests may change the chronicle, so this is the owner's to do.
_CHRONICLE = """
UPDATE public.tenants_tenantevent
   SET by = CASE WHEN by LIKE 'tenant:%%' THEN 'tenant' ELSE by END, reason = '', facts = '{}'
 WHERE tenant_id = %s
"""


def scrub_chronicle(owner: psycopg.Connection[Any], tenant: Tenant) -> None:
    """Forget who of the tenant did what and why, and keep what was done and when. `owner` is the owner's connection."""
    owner.execute(_CHRONICLE, [tenant.pk])


def scrub(tenant: Tenant) -> None:
    """Forget names, addresses and reasons, and all work that was left; in the caller's transaction.

    What stays is that there was a tenant, what became of it and when, and the e-mail addresses of operators.
    """
    for sign_up in SignUp.objects.filter(tenant=tenant):
        # By their key: the owner may be signing up another site at this moment.
        PublicMessage.objects.filter(key__contains=str(sign_up.public_id)).delete()
    SignUp.objects.filter(tenant=tenant).update(
        university_name=NAMELESS, subdomain="", owner_name="", owner_email="", welcome_path="", last_error=""
    )
    DueWork.objects.filter(tenant=tenant).delete()
    JobRun.objects.filter(tenant=tenant).delete()
    WakeUp.objects.filter(tenant=tenant).delete()
    _scrub_neighbours(tenant)
    TenantEvent.objects.filter(tenant=tenant, told_at=None).update(told_at=clock.now())
    tenant.name, tenant.trial_ends_on = NAMELESS, None
    tenant.save(update_fields=["name", "trial_ends_on"])


def _scrub_neighbours(tenant: Tenant) -> None:
    """Agreements end with one of their sides; of support, restores and moves their dates stay, not why and by whom."""
    agreements.forget_site(tenant, at=clock.now())
    RetiredSchema.objects.filter(tenant=tenant, dropped_at=None).update(dropped_at=clock.now())
    RetiredSchema.objects.filter(tenant=tenant).update(reason="")
    Restoration.objects.filter(tenant=tenant).update(reason="", source="", problem="")
    TenantMove.objects.filter(tenant=tenant).update(reason="", last_error="")
    TenantUpgrade.objects.filter(tenant=tenant).update(error="")
    ServiceSwitch.objects.filter(tenant=tenant).delete()
    TenantBackup.objects.filter(tenant=tenant).delete()
    grants = SupportGrant.objects.filter(tenant=tenant)
    grants.update(reason="", ticket="")
    grants.exclude(decided_by="").update(decided_by="tenant")
    grants.exclude(ended_by="").update(ended_by="tenant")
