"""Who the tenants are, and where they answer."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django_tenants.models import DomainMixin, TenantMixin

from tenants import entitlements
from tenants.context import TenantRef
from tenants.enums import Plan, TenantClosure, TenantKind, TenantStatus


class Tenant(TenantMixin):  # type: ignore[misc]  # upstream is untyped
    """A university's workspace: one PostgreSQL schema, one PostgreSQL role.

    The schema name is random and never derived from user input; the address people type lives in Domain.
    """

    auto_create_schema = False
    auto_drop_schema = False

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=TenantKind, default=TenantKind.UNIVERSITY)
    status = models.CharField(max_length=16, choices=TenantStatus, default=TenantStatus.PREPARING)
    status_since = models.DateTimeField(null=True)
    # Closed for a while whatever its status: nothing is served and no job runs until it is empty again.
    closed_for = models.CharField(max_length=16, choices=TenantClosure, blank=True, default="")
    # The database of the cluster list that holds its schema (settings.DATABASE_CELLS).
    cell = models.CharField(max_length=32, default="home")
    time_zone = models.CharField(max_length=64)
    locale = models.CharField(max_length=16, default="en")
    token_epoch = models.CharField(max_length=32)
    # The tenant's own wish: no support access before one of its owners or administrators has approved it.
    support_needs_approval = models.BooleanField(default=False)
    trial_ends_on = models.DateField(null=True)
    # While it is being closed: the first moment at which it may be purged, and the status to go back to.
    closes_at = models.DateTimeField(null=True)
    status_before = models.CharField(max_length=16, choices=TenantStatus, blank=True, default="")
    plan = models.CharField(max_length=16, choices=Plan, default=Plan.TRIAL)
    # What the operator set for this tenant alone, by the names in tenants.entitlements.
    plan_overrides = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="tenant_public_id"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=TenantKind.OPERATOR), name="tenant_one_of_operators"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> Any:
        raise RuntimeError(
            "`with tenant:` swaps tenants between threads. Use tenants.context.inside(tenant)."
        )

    def activate(self) -> None:
        raise RuntimeError("Use tenants.context.inside(tenant).")

    @property
    def role(self) -> str:
        """The PostgreSQL role this tenant's queries run as."""
        return f"r_{self.schema_name}"

    def ref(self) -> TenantRef:
        """The tenant as the rest of the code knows it. Costs one query for its hosts, unless they were prefetched."""
        primary: Domain | None = next((each for each in self.domains.all() if each.is_primary), None)
        # A purged tenant answers nowhere, and is still told of in lists.
        return (primary or Domain(domain="", tenant=self)).ref(self)


class Domain(DomainMixin):  # type: ignore[misc]  # upstream is untyped
    """A host name that answers for a tenant. Lower case, without a port.

    `skeleton` is the shape of its subdomain (tenants.rules.lookalikes): no two may look alike. Empty for names
    that nobody typed. A name that was given up answers 410 and is nobody else's until `kept_until`: links and cookies
    of before must not lead to a stranger.
    """

    skeleton = models.CharField(max_length=63, blank=True, default="")
    kept_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["skeleton"], condition=~Q(skeleton=""), name="domain_no_lookalikes"
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary_a_tenant"
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(kept_until__isnull=True),
                name="domain_retired_is_not_primary",
            ),
        ]

    def ref(self, tenant: Tenant) -> TenantRef:
        """`tenant` as seen from this, its primary host."""
        return TenantRef(
            id=tenant.pk,
            schema_name=tenant.schema_name,
            role=tenant.role,
            name=tenant.name,
            kind=tenant.kind,
            status=tenant.status,
            closed_for=tenant.closed_for,
            cell=tenant.cell,
            time_zone=tenant.time_zone,
            locale=tenant.locale,
            host=self.domain,
            token_epoch=tenant.token_epoch,
            entitlements=entitlements.of(tenant.plan, tenant.plan_overrides),
        )
