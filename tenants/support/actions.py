"""The operator's side: ask for access, open it, end it. In the public schema, each deed in the chronicle."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction

from tenants import chronicle, context, links, schedule, signing
from tenants.enums import SupportDecision, TenantKind
from tenants.models import SupportGrant, Tenant
from tenants.rules import lifecycle
from tenants.support import rules

JOB = schedule.ScheduledJob(
    name="tenants.close_support", action="tenants.support.actions.close_expired", is_public=True
)
PURPOSE = "support.enter"
SYSTEM = "system"


class NotPossible(Exception):
    """Support access cannot be asked for here: an operators' tenant, or one that does not serve."""


class AlreadyAsked(Exception):
    """This operator's access to this tenant runs already, or waits for approval; `grant` says which."""

    def __init__(self, grant: SupportGrant) -> None:
        super().__init__(grant.public_id)
        self.grant = grant


class NotActive(Exception):
    """The access has ended, or the tenant has not approved it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks, as the tenant is told: name and e-mail address."""

    email: str
    name: str


def ask(
    *, tenant: Tenant, by: Operator, reason: str, ticket: str, minutes: int, at: dt.datetime
) -> SupportGrant:
    """Take access to one tenant, or ask for it where the tenant wants to approve.

    It starts at once, or when it is approved. Raises NotPossible, AlreadyAsked, and ValueError for a reason shorter
    or a time longer than the rules have it.
    """
    reason = " ".join(reason.split())
    if len(reason) < rules.SHORTEST_REASON or not 0 < minutes <= rules.LONGEST // dt.timedelta(minutes=1):
        raise ValueError("A reason of ten letters or more, and an hour at most.")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
        _check_possible(tenant, by, at)
        grant = SupportGrant(
            tenant=tenant,
            schema_name=tenant.schema_name,
            operator_email=by.email,
            operator_name=by.name,
            reason=reason,
            ticket=ticket.strip(),
            minutes=minutes,
            decision=SupportDecision.PENDING if tenant.support_needs_approval else SupportDecision.NOT_NEEDED,
            asked_at=at,
        )
        if grant.decision == SupportDecision.NOT_NEEDED:
            grant.starts_at, grant.ends_at = at, at + dt.timedelta(minutes=minutes)
            schedule.wake_public(JOB.name, at=grant.ends_at)
        grant.save(force_insert=True)
        _tell(grant, "support.granted" if grant.starts_at else "support.asked", by=by.email, at=at)
    return grant


def _check_possible(tenant: Tenant, by: Operator, at: dt.datetime) -> None:
    if tenant.kind == TenantKind.OPERATOR or not lifecycle.may(tenant.status, lifecycle.Deed.SERVE):
        raise NotPossible
    for known in SupportGrant.objects.filter(tenant=tenant, operator_email=by.email, ended_at=None):
        if rules.state_of(known, at=at) in {rules.State.ACTIVE, rules.State.PENDING}:
            raise AlreadyAsked(known)


def make_link(*, grant: SupportGrant, by: Operator, at: dt.datetime) -> str:
    """The address on the tenant's host that begins the visit: works once, for a minute, in that tenant only.

    A link made before is void from now on. Raises NotActive, also for a grant of another operator.
    """
    with transaction.atomic():
        held = SupportGrant.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=grant.pk)
        is_theirs = held.operator_email == by.email
        if not is_theirs or held.tenant is None or rules.state_of(held, at=at) != rules.State.ACTIVE:
            raise NotActive
        secret = secrets.token_urlsafe(32)
        held.entry_hash = hash_of(secret)
        held.save(update_fields=["entry_hash"])
        ref = held.tenant.ref()
    with context.inside(ref):
        token = signing.sign(PURPOSE, [str(held.public_id), secret])
        return links.absolute(f"/support/enter/?token={token}")


def hash_of(secret: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def end(*, grant: SupportGrant, by: str, at: dt.datetime, reason: str = "") -> bool:
    """Stop an access or withdraw a request; the next page under it is not shown. False when it was over already."""
    with transaction.atomic():
        changed = SupportGrant.objects.filter(pk=grant.pk, ended_at=None).update(
            ended_at=at, ended_by=by, entry_hash=""
        )
        if changed:
            grant.refresh_from_db()
            _tell(grant, "support.ended", by=by, at=at, note=reason)
    return bool(changed)


def end_all(*, by: str, at: dt.datetime, reason: str, tenant: Tenant | None = None) -> int:
    """Stop every access that runs or waits, to one tenant or to all: the kill switch. Answers how many."""
    grants = SupportGrant.objects.filter(ended_at=None)
    if tenant is not None:
        grants = grants.filter(tenant=tenant)
    return sum(end(grant=grant, by=by, at=at, reason=reason) for grant in grants)


def close_expired(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Write down that accesses ran out, and tell their tenants. They opened nothing since `ends_at` anyway."""
    for grant in SupportGrant.objects.filter(ended_at=None, ends_at__lte=at).order_by("pk"):
        with transaction.atomic():
            held = SupportGrant.objects.select_for_update().get(pk=grant.pk)
            if held.ended_at is None and held.ends_at is not None:
                held.ended_at, held.ended_by, held.entry_hash = held.ends_at, SYSTEM, ""
                held.save(update_fields=["ended_at", "ended_by", "entry_hash"])
                _tell(held, "support.ended", by=SYSTEM, at=at)
    return None


def _tell(grant: SupportGrant, kind: str, *, by: str, at: dt.datetime, note: str = "") -> None:
    facts: dict[str, object] = {
        "grant": str(grant.public_id),
        "operator": grant.operator_email,
        "operator_name": grant.operator_name,
        "ticket": grant.ticket,
        "minutes": grant.minutes,
        "ends_at": grant.ends_at.isoformat() if grant.ends_at else None,
    }
    if kind == "support.ended":
        facts["pages"] = grant.views.count()
    if note:
        facts["note"] = note
    chronicle.write(grant.tenant, kind, by=by, at=at, reason=grant.reason, facts=facts)
