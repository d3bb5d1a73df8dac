"""What a department's site shares with a university's: invitations, agreements, and the figures themselves."""

import uuid

from django.db import models
from django.db.models import F, Q

from tenants.enums import AgreementSide, AgreementState
from tenants.models.tenant import Tenant

LEAST_PEOPLE = 5
"""A figure about fewer people than this is no figure but news of them. Also a constraint of the database."""


class RollUpInvitation(models.Model):
    """A code with which one department's site takes up an offer of its university. Works once.

    The code itself is not stored: it follows from `public_id` and the installation's secret (agreements.codes).
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roll_up_invitations")
    label = models.CharField(max_length=120)
    code_digest = models.CharField(max_length=64)
    created_by = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="roll_up_invitation_public_id"),
            models.UniqueConstraint(fields=["code_digest"], name="roll_up_invitation_code"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, invited by {self.parent_id}"


class RollUpAgreement(models.Model):
    """That a department's site shares aggregates with a university's. Either side ends it, at once.

    Names are as they were when each signed. `terms` is the version of the text both agreed to.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roll_ups_received")
    department = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="roll_ups_given")
    state = models.CharField(max_length=16, choices=AgreementState, default=AgreementState.OFFERED)
    terms = models.CharField(max_length=16)
    offered_by = models.CharField(max_length=254)
    offered_at = models.DateTimeField()
    # Accepted or refused, by the department.
    decided_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    ended_side = models.CharField(max_length=16, choices=AgreementSide, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="roll_up_agreement_public_id"),
            models.UniqueConstraint(
                fields=["parent", "department"],
                condition=Q(state__in=[AgreementState.OFFERED, AgreementState.IN_FORCE]),
                name="roll_up_agreement_one_open_a_pair",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("department")), name="roll_up_agreement_between_two_sites"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AgreementState.IN_FORCE, AgreementState.REFUSED])
                | Q(decided_at__isnull=False),
                name="roll_up_agreement_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=AgreementState.ENDED, ended_at__isnull=False)
                | (~Q(state=AgreementState.ENDED) & Q(ended_at__isnull=True)),
                name="roll_up_agreement_ended_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} shares with {self.parent_id} ({self.state})"


class RollUpFigure(models.Model):
    """Compliant of required people of one department in one month, as of a day; overall, or of one requirement.

    Both numbers are empty where the department withholds them. `requirement` is the public id in the department's
    own schema; it and the title mean nothing anywhere else. `grace_counts`: people in the days of grace are counted as
    compliant, as the department decided for that day.
    """

    agreement = models.ForeignKey(RollUpAgreement, on_delete=models.CASCADE, related_name="figures")
    month = models.DateField()
    as_of = models.DateField()
    requirement = models.UUIDField(null=True)
    title = models.CharField(max_length=200, blank=True)
    compliant = models.PositiveIntegerField(null=True)
    required = models.PositiveIntegerField(null=True)
    grace_counts = models.BooleanField(default=False, db_default=False)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "month", "requirement"],
                nulls_distinct=False,
                name="roll_up_figure_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(compliant__isnull=True, required__isnull=True)
                | Q(
                    compliant__isnull=False,
                    required__isnull=False,  # a comparison with nothing would pass
                    required__gte=LEAST_PEOPLE,
                    compliant__lte=F("required"),
                ),
                name="roll_up_figure_of_no_small_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or 'overall'} {self.month:%Y-%m}"
