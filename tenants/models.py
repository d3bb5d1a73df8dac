"""The shared tables: who the tenants are, where they answer, and what is due for them when."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django_tenants.models import DomainMixin, TenantMixin

from tenants.context import TenantRef
from tenants.enums import RunState, SignUpState, TenantStatus
from tenants.outbox.rows import OutboxRow


class Tenant(TenantMixin):  # type: ignore[misc]  # upstream is untyped
    """A university's workspace: one PostgreSQL schema, one PostgreSQL role.

    The schema name is random and never derived from user input; the address people type lives in Domain.
    """

    auto_create_schema = False
    auto_drop_schema = False

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=16, choices=TenantStatus, default=TenantStatus.PREPARING)
    time_zone = models.CharField(max_length=64)
    locale = models.CharField(max_length=16, default="en")
    token_epoch = models.CharField(max_length=32)
    trial_ends_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public_id"], name="tenant_public_id")]

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
        """The tenant as the rest of the code knows it. Costs one query for the primary host."""
        primary: Domain = self.domains.get(is_primary=True)
        return primary.ref(self)


class Domain(DomainMixin):  # type: ignore[misc]  # upstream is untyped
    """A host name that answers for a tenant. Lower case, without a port.

    `skeleton` is the shape of its subdomain (tenants.rules.lookalikes): no two may look alike. Empty for names
    that nobody typed.
    """

    skeleton = models.CharField(max_length=63, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["skeleton"], condition=~Q(skeleton=""), name="domain_no_lookalikes"
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary_a_tenant"
            ),
        ]

    def ref(self, tenant: Tenant) -> TenantRef:
        """`tenant` as seen from this, its primary host."""
        return TenantRef(
            id=tenant.pk,
            schema_name=tenant.schema_name,
            role=tenant.role,
            name=tenant.name,
            status=tenant.status,
            time_zone=tenant.time_zone,
            locale=tenant.locale,
            host=self.domain,
            token_epoch=tenant.token_epoch,
        )


class SignUp(models.Model):
    """A university on its way to becoming a tenant, step by step; each step may be repeated.

    `state` names the last step that is finished. A failure leaves it there, with `last_error` and the moment of
    the next try; nothing is ever parked for good.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    university_name = models.CharField(max_length=120)
    subdomain = models.CharField(max_length=30)
    time_zone = models.CharField(max_length=64)
    locale = models.CharField(max_length=16, default="en")
    owner_name = models.CharField(max_length=120)
    owner_email = models.CharField(max_length=254)
    terms_accepted_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=SignUpState, default=SignUpState.UNVERIFIED)
    code_hash = models.CharField(max_length=128, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    code_sent_count = models.PositiveSmallIntegerField(default=0)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    tenant = models.OneToOneField(Tenant, null=True, on_delete=models.CASCADE, related_name="sign_up")
    # The owner's way in, path only; forgotten a day after the site is ready.
    welcome_path = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="sign_up_public_id"),
            models.CheckConstraint(
                condition=Q(state__in=[SignUpState.UNVERIFIED, SignUpState.UNADDRESSED])
                | Q(tenant__isnull=False, verified_at__isnull=False),
                name="sign_up_tenant_from_reserved_on",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="sign_up_next_try"
            )
        ]

    def __str__(self) -> str:
        return f"{self.university_name} ({self.state})"

    @property
    def reference(self) -> str:
        """Six letters that name this sign-up to whoever helps with it."""
        return str(self.public_id)[:6].upper()


class DueWork(models.Model):
    """A job that a tenant runs every day at a local time; `next_run_at` is when it next matters.

    One indexed table for all tenants, so the clockwork costs what is due, not what exists.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="due_work")
    job = models.CharField(max_length=64)
    local_time = models.TimeField()
    next_run_at = models.DateTimeField()
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "job"], name="due_work_once_a_tenant")]
        indexes = [
            models.Index(fields=["next_run_at"], condition=Q(is_enabled=True), name="due_work_next_run"),
        ]


class JobRun(models.Model):
    """One run of a daily job: claimed with a lease, so a dead worker's run is taken up by another."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="job_runs")
    job = models.CharField(max_length=64)
    scheduled_for = models.DateTimeField()
    state = models.CharField(max_length=16, choices=RunState, default=RunState.PENDING)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "scheduled_for"], name="job_run_once_a_moment")
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=[RunState.PENDING, RunState.RUNNING]),
                name="job_run_open",
            )
        ]


class WakeUp(models.Model):
    """'Something is to be done from this moment on': written in the same transaction as the thing itself.

    Rows are only added and, when the work is done, deleted, so no two transactions wait for one another. A null
    tenant is work of the public schema. Until `lease_until` somebody is believed to be at it.
    """

    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.CASCADE, related_name="wake_ups")
    job = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="wake_up_due")]


class SchemaTemplate(models.Model):
    """The script that makes a tenant's schema, cut from a migrated one; one row for each state of the migrations."""

    fingerprint = models.CharField(max_length=64)
    script = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint"], name="schema_template_fingerprint")]


class PublicMessage(OutboxRow):
    """A message of the public host: sign-up codes. Its words are not kept once it is settled."""

    class Meta(OutboxRow.Meta):
        pass

    def keeps_copy(self) -> bool:
        return False
