"""Who has which address: the database says so, once."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants import clock
from tenants.agreements import actions as agreements
from tenants.enums import Plan, SignUpState, TenantKind, TenantStatus
from tenants.models import Domain, SignUp, Tenant
from tenants.provisioning import births, pool, schemas
from tenants.rules import lookalikes, subdomains


def host_of(subdomain: str) -> str:
    """The host name that a subdomain stands for."""
    return f"{subdomain}.{settings.BASE_DOMAIN}"


def is_free(subdomain: str) -> bool:
    """Whether nobody has this address or one that looks like it. True is no promise: only `reserve` is."""
    taken = Q(domain=host_of(subdomain)) | Q(skeleton=lookalikes.skeleton(subdomain))
    return not Domain.objects.filter(taken).exclude(kept_until__lte=clock.now()).exists()


def let_go_of_expired(*, at: dt.datetime) -> None:
    """Names that were given up long enough ago may be had by anybody again."""
    Domain.objects.filter(kept_until__lte=at).delete()


def refuse_if_taken(subdomain: str) -> None:
    """Raise `subdomains.SubdomainRefused` when the address is not free at this moment."""
    if not is_free(subdomain):
        raise taken(subdomain)


def taken(subdomain: str) -> subdomains.SubdomainRefused:
    """The refusal of an address that somebody has, or that looks like one. Whose it is, is not told."""
    sentence = _("“%(name)s” is taken, or looks too much like an address in use. Choose another one.")
    return subdomains.SubdomainRefused("taken", sentence % {"name": subdomain})


def reserve(
    sign_up: SignUp,
    *,
    at: dt.datetime,
    plan: Plan = Plan.TRIAL,
    first_try_at: dt.datetime | None = None,
) -> None:
    """Give a verified sign-up its address and a tenant that serves nothing yet, with a ready schema if there is one.

    Two at once: unique constraints let one through. Raises `subdomains.SubdomainRefused` for the other. A worker
    brings it forward from ``first_try_at`` on (default: at once).
    """
    if sign_up.tenant_id is not None:
        return
    let_go_of_expired(at=at)
    try:
        with transaction.atomic():
            tenant = _settle(sign_up, plan, at)
            agreements.offer_to_new_site(sign_up, tenant, at=at)
    except IntegrityError as error:
        raise taken(sign_up.subdomain) from error
    sign_up.tenant = tenant
    sign_up.state = SignUpState.RESERVED
    sign_up.next_try_at = first_try_at or at
    sign_up.save(update_fields=["tenant", "state", "next_try_at"])


def _settle(sign_up: SignUp, plan: Plan, at: dt.datetime) -> Tenant:
    """The tenant and its address, and the record of a schema that was ready."""
    ready = pool.take(at=at)
    tenant = Tenant(
        schema_name=ready or schemas.random_schema_name(),
        name=sign_up.university_name,
        kind=TenantKind.DEPARTMENT if sign_up.invitation_id else TenantKind.UNIVERSITY,
        status=TenantStatus.PREPARING,
        plan=plan,
        time_zone=sign_up.time_zone,
        locale=sign_up.locale,
        token_epoch=secrets.token_hex(16),
        created_at=at,
    )
    # Both in one statement each: what upstream's save() looks up before has no answer for new rows.
    Tenant.objects.bulk_create([tenant])
    Domain.objects.bulk_create(
        [
            Domain(
                domain=host_of(sign_up.subdomain),
                tenant=tenant,
                is_primary=True,
                skeleton=lookalikes.skeleton(sign_up.subdomain),
            )
        ]
    )
    if ready:
        with connection.cursor() as cursor:
            births.record(cursor, ready, at=at)
    return tenant
