"""Universities on their way to becoming tenants."""

import uuid

from django.db import models
from django.db.models import Q

from tenants.enums import SignUpState
from tenants.models.agreements import RollUpInvitation
from tenants.models.tenant import Tenant

_WITHOUT_TENANT = [
    SignUpState.UNVERIFIED,
    SignUpState.UNADDRESSED,
    SignUpState.CANCELLING,
    SignUpState.CANCELLED,
]


class SignUp(models.Model):
    """A university on its way to becoming a tenant, step by step; each step may be repeated.

    `state` names the last step that is finished. A failure leaves it there, with `last_error` and the moment of
    the next try. After many of them it is FAILED until somebody tries it again or cancels it; `failed_after` is the
    state it goes on from.
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
    failed_after = models.CharField(max_length=16, choices=SignUpState, blank=True)
    code_hash = models.CharField(max_length=128, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    code_sent_count = models.PositiveSmallIntegerField(default=0)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    # With one, the site is a department's, and finds its university's offer.
    invitation = models.ForeignKey(
        RollUpInvitation, null=True, on_delete=models.SET_NULL, related_name="sign_ups"
    )
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
                condition=Q(state__in=_WITHOUT_TENANT) | Q(tenant__isnull=False, verified_at__isnull=False),
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
