"""Give a tenant another subdomain. The old one is nobody's for a year, so nothing of before leads to a stranger."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants import addresses, chronicle
from tenants.enums import ProofState, TenantKind
from tenants.lifecycle.actions import locked
from tenants.lifecycle.refusals import Refused
from tenants.models import CustomDomain, Domain, SignUp, Tenant, TenantEvent
from tenants.provisioning import reservation
from tenants.rules import lookalikes, subdomains

# How long a name that was given up answers 410 and can be had by nobody but the tenant that had it.
QUARANTINE = dt.timedelta(days=365)
# Each change takes a name out of use for a year, so owners have this many in a year. Operators have no limit.
MOST_A_YEAR = 3
_OWN = "tenant:"


def rename(tenant_id: int, subdomain: str, *, by: str, reason: str, at: dt.datetime) -> str:
    """Have the tenant answer at another subdomain from now on; answers the new host.

    `subdomain` is as typed. A name of a well-known university is for who has proved to be it, unless an operator asks.
    Sessions are of a host, so everybody signs in again; signed links stay good at the new host.
    Raises Refused and subdomains.SubdomainRefused.
    """
    name = subdomains.parse_subdomain(subdomain)
    try:
        with locked(tenant_id) as tenant:
            if by.startswith(_OWN):
                _refuse_if_claimed(tenant, name)
            return _rename(tenant, name, by=by, reason=reason, at=at)
    except IntegrityError as error:
        raise reservation.taken(name) from error


def _rename(tenant: Tenant, name: str, *, by: str, reason: str, at: dt.datetime) -> str:
    if tenant.kind == TenantKind.OPERATOR:
        raise Refused(_("The operator's own site keeps its address."))
    host = reservation.host_of(name)
    old = own_subdomain(tenant)
    if old.domain == host:
        raise Refused(_("The site has this address already. Nothing was changed."))
    _refuse_too_many(tenant, by, at)
    reservation.let_go_of_expired(at=at)
    was_primary, shape = old.is_primary, lookalikes.skeleton(name)
    with transaction.atomic():
        Domain.objects.filter(pk=old.pk).update(is_primary=False, kept_until=at + QUARANTINE)
        # Its own former names do not stand in the way: it may take one back, or one that looks like it.
        Domain.objects.filter(tenant=tenant, kept_until__isnull=False, domain=host).delete()
        Domain.objects.filter(tenant=tenant, kept_until__isnull=False, skeleton=shape).update(skeleton="")
        Domain.objects.create(domain=host, tenant=tenant, is_primary=was_primary, skeleton=shape)
    chronicle.write(
        tenant,
        "address.changed",
        by=by,
        reason=reason,
        at=at,
        facts={
            "address": [old.domain, host],
            "is_main": was_primary,
            "kept_until": (at + QUARANTINE).isoformat(),
        },
    )
    return host


def _refuse_if_claimed(tenant: Tenant, name: str) -> None:
    """What counts is the mailbox that signed up and a name that was proved: addresses of people are typed by their
    administrators.
    """
    mailboxes = SignUp.objects.filter(tenant=tenant, verified_at__isnull=False)
    proved = CustomDomain.objects.filter(tenant=tenant).exclude(state=ProofState.PENDING)
    domains = [addresses.domain_of(address) for address in mailboxes.values_list("owner_email", flat=True)]
    if not any(
        subdomains.may_claim(name, domain)
        for domain in [*domains, *proved.values_list("host", flat=True), ""]
    ):
        raise Refused(
            _(
                "“%(name)s” is kept for a well-known university. If that is yours, let the site answer at a name of "
                "your own first, and come back; or choose another address. Nothing was changed."
            )
            % {"name": name}
        )


def own_subdomain(tenant: Tenant) -> Domain:
    """The name under the base domain at which the tenant answers now."""
    found: Domain = Domain.objects.get(
        tenant=tenant, kept_until=None, domain__endswith=reservation.host_of("")
    )
    return found


def changes_left(tenant_id: int, *, at: dt.datetime) -> int:
    """How many more times its owners may change the address within the year that ends at `at`."""
    since = at - dt.timedelta(days=365)
    made = TenantEvent.objects.filter(
        tenant_id=tenant_id, kind="address.changed", at__gt=since, by__startswith=_OWN
    )
    return max(MOST_A_YEAR - made.count(), 0)


def _refuse_too_many(tenant: Tenant, by: str, at: dt.datetime) -> None:
    if by.startswith(_OWN) and not changes_left(tenant.pk, at=at):
        raise Refused(
            _(
                "The address was changed %(count)d times within a year, which is the most. Nothing was changed."
            )
            % {"count": MOST_A_YEAR}
        )
