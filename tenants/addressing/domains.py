"""A host name of the university's own: claimed, proved by a TXT record, asked for again every day, lost with it.

A claim costs nobody anything: many may wait for the same name. The first whose record is found gets it, and keeps it
while the record is there; a name whose owner has let it go is not held against the one who can prove it now.
"""

import datetime as dt
import secrets

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants import chronicle, clock, context, schedule
from tenants.addressing import proof
from tenants.addressing.renaming import own_subdomain
from tenants.enums import ProofState, TenantStatus
from tenants.lifecycle.actions import locked
from tenants.lifecycle.refusals import Refused
from tenants.models import CustomDomain, Domain, Tenant
from tenants.rules import host_names

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(
    name="tenants.domains", action="tenants.addressing.domains.check_due", is_public=True
)
SYSTEM = "system"
PATIENCE = dt.timedelta(days=7)
_DAILY = dt.timedelta(days=1)
_WHILE_FAILING = dt.timedelta(hours=6)
_WHILE_PENDING = dt.timedelta(hours=1)
_PENDING_STAYS = dt.timedelta(days=14)
BATCH = 50
# A name server may take 5 seconds to say nothing; after this the turn ends before its lease does, and goes on anew.
_TURN = dt.timedelta(seconds=20)


def of(tenant_id: int) -> CustomDomain | None:
    """The claim of a tenant, if it has one; may be asked in any scope."""
    with context.public_schema():
        return CustomDomain.objects.filter(tenant_id=tenant_id).first()


def claim(tenant_id: int, text: str, *, by: str, at: dt.datetime) -> CustomDomain:
    """Claim a host name for a tenant; nothing answers there before the record is found.

    Raises host_names.HostRefused, and Refused when the tenant has a claim already.
    """
    host = host_names.parse_host(text, base_domain=settings.BASE_DOMAIN)
    with locked(tenant_id) as tenant:
        if CustomDomain.objects.filter(tenant=tenant).exists():
            raise Refused(_("The site has a name of its own already. Remove that one first."))
        found = CustomDomain.objects.create(
            tenant=tenant, host=host, token=secrets.token_hex(16), created_at=at, check_at=at + _WHILE_PENDING
        )
        chronicle.write(tenant, "domain.claimed", by=by, at=at, facts={"host": host})
        schedule.wake_public(JOB.name, at=at + _WHILE_PENDING)
    return found


def withdraw(tenant_id: int, *, by: str, reason: str, at: dt.datetime) -> None:
    """Give the name up: it stops answering at once. Raises Refused when there is none."""
    with locked(tenant_id) as tenant:
        found = CustomDomain.objects.select_for_update().filter(tenant=tenant).first()
        if found is None:
            raise Refused(_("The site has no name of its own. Nothing was changed."))
        _stop_answering(tenant, found.host)
        found.delete()
        chronicle.write(tenant, "domain.withdrawn", by=by, reason=reason, at=at, facts={"host": found.host})


def check_due(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Ask the DNS for every name whose time has come; answers when to look again."""
    due = CustomDomain.objects.filter(check_at__lte=at).order_by("check_at", "pk")
    ends_at = clock.now() + _TURN
    for tenant_id in list(due.values_list("tenant_id", flat=True)[:BATCH]):
        if clock.now() >= ends_at:
            break
        try:
            check(tenant_id, at=at)
        except Exception:
            log.exception("domain.unchecked", tenant_id=tenant_id)
            CustomDomain.objects.filter(tenant_id=tenant_id).update(check_at=at + _WHILE_PENDING)
    upcoming = CustomDomain.objects.filter(check_at__isnull=False).order_by("check_at")
    soonest = upcoming.values_list("check_at", flat=True).first()
    return max(soonest, at) if soonest else None


def check(tenant_id: int, *, at: dt.datetime, by: str = SYSTEM) -> CustomDomain | None:
    """Ask the DNS for the name of one tenant now and act on the answer; None when it has no claim."""
    claimed = of(tenant_id)
    if claimed is None:
        return None
    problem = proof.look(claimed.host, claimed.token)
    with locked(tenant_id) as tenant:
        found = CustomDomain.objects.select_for_update().filter(tenant=tenant, token=claimed.token).first()
        if found is None or tenant.status == TenantStatus.PURGED:
            return None
        found.checked_at, found.problem = at, problem
        if problem:
            _not_proved(tenant, found, at)
        else:
            _proved(tenant, found, by, at)
        found.save()
        if found.check_at is not None:
            schedule.wake_public(JOB.name, at=found.check_at)
    return found


def _proved(tenant: Tenant, found: CustomDomain, by: str, at: dt.datetime) -> None:
    found.check_at = at + _DAILY
    if found.state == ProofState.PENDING and not _answer(tenant, found, at):
        found.problem, found.check_at = proof.TAKEN, _next_while_pending(found, at)
        return
    if found.state != ProofState.PROVED:
        kind = "domain.proved" if found.state == ProofState.PENDING else "domain.recovered"
        chronicle.write(tenant, kind, by=by, at=at, facts={"host": found.host})
    found.state, found.failing_since = ProofState.PROVED, None
    found.proved_at = found.proved_at or at


def _not_proved(tenant: Tenant, found: CustomDomain, at: dt.datetime) -> None:
    if found.state == ProofState.PENDING:
        found.check_at = _next_while_pending(found, at)
        return
    found.check_at = at + _WHILE_FAILING
    facts: dict[str, object] = {"host": found.host, "problem": found.problem}
    if found.state == ProofState.PROVED:
        found.state, found.failing_since = ProofState.FAILING, at
        facts["stops_at"] = (at + PATIENCE).isoformat()
        chronicle.write(tenant, "domain.failing", by=SYSTEM, at=at, facts=facts)
    elif found.failing_since is not None and at - found.failing_since >= PATIENCE:
        _lose(tenant, found, at, facts)


def _lose(tenant: Tenant, found: CustomDomain, at: dt.datetime, facts: dict[str, object]) -> None:
    _stop_answering(tenant, found.host)
    found.state, found.failing_since, found.check_at, found.proved_at = ProofState.PENDING, None, None, None
    chronicle.write(tenant, "domain.stopped", by=SYSTEM, at=at, facts=facts)


def _next_while_pending(found: CustomDomain, at: dt.datetime) -> dt.datetime | None:
    """A claim that nobody proves within two weeks is looked at again only when somebody asks."""
    return at + _WHILE_PENDING if at - found.created_at < _PENDING_STAYS else None


def _answer(tenant: Tenant, found: CustomDomain, at: dt.datetime) -> bool:
    """Have the tenant answer at its name, as its main address; False while somebody else has it proved."""
    rivals = CustomDomain.objects.filter(host=found.host).exclude(state=ProofState.PENDING)
    for tenant_id in list(rivals.values_list("tenant_id", flat=True)):
        # Its row first, as everybody does who changes its addresses.
        rival = Tenant.objects.select_for_update().get(pk=tenant_id)
        other = rivals.select_for_update().filter(tenant=rival).first()
        if other is None:
            continue
        if other.state != ProofState.FAILING:
            return False
        other.problem = proof.TAKEN
        _lose(rival, other, at, {"host": other.host, "problem": proof.TAKEN})
        other.save()
    try:
        with transaction.atomic():
            Domain.objects.filter(tenant=tenant, is_primary=True).update(is_primary=False)
            Domain.objects.create(domain=found.host, tenant=tenant, is_primary=True)
    except IntegrityError:
        return False
    return True


def _stop_answering(tenant: Tenant, host: str) -> None:
    """The subdomain is the main address again. The name is free for whoever can prove it."""
    Domain.objects.filter(tenant=tenant, domain=host).delete()
    if not Domain.objects.filter(tenant=tenant, is_primary=True).exists():
        Domain.objects.filter(pk=own_subdomain(tenant).pk).update(is_primary=True)
