"""Certifying by hand, revoking, taking a revocation back: one person asks, and it is so once another approves."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import CreditSource, RequestState
from .models_credits import Credit, Reinstatement, Revocation
from .models_requests import Request, request_constraints, takes_two


def _two_people(name: str) -> list[models.BaseConstraint]:
    """What the database holds of all three: two people, neither of them concerned, and nothing before the approval."""
    approved = Q(state=RequestState.APPROVED)
    return [
        *request_constraints(name),
        takes_two(name),
        models.CheckConstraint(condition=~Q(asked_by=F("user")), name=f"{name}_nobody_asks_for_their_own"),
        models.CheckConstraint(
            condition=(approved & Q(outcome__isnull=False)) | (~approved & Q(outcome__isnull=True)),
            name=f"{name}_written_when_approved",
        ),
    ]


class CertificationRequest(Request):
    """Asks that a completion on the day `on` count for a person; `outcome` is the credit that followed.

    `valid_until` as of the credit. `evidence_note` becomes its reference.
    """

    word = "certifications"
    noun = "certification"

    on = models.DateField()
    source = models.CharField(max_length=10, choices=CreditSource)
    valid_until = models.DateField(null=True)
    outcome = models.OneToOneField(Credit, models.PROTECT, null=True, related_name="request")

    class Meta:
        verbose_name = _("request to certify")
        constraints = [
            *_two_people("certification"),
            models.UniqueConstraint(
                fields=["user", "requirement"],
                name="certification_one_waiting",
                condition=Q(state=RequestState.WAITING),
            ),
            models.CheckConstraint(
                condition=Q(source__in=(CreditSource.MANUAL, CreditSource.PRIOR)),
                name="certification_by_hand",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("on")),
                name="certification_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["requirement", "user"], name="certification_by_requirement")]

    @property
    def is_temporary(self) -> bool:
        """Whether it would bridge the time until the training itself."""
        return self.source == CreditSource.MANUAL and self.valid_until is not None


class RevocationRequest(Request):
    """Asks that a finished cycle count no longer, and that the one instead be due on `due_on`.

    It counts until the day of the approval; `outcome` is the revocation that followed.
    """

    word = "revocations"
    noun = "revocation"

    record = models.ForeignKey("records.ComplianceRecord", models.PROTECT, related_name="revocation_requests")
    due_on = models.DateField()
    outcome = models.OneToOneField(Revocation, models.PROTECT, null=True, related_name="request")

    class Meta:
        verbose_name = _("request to revoke")
        constraints = [
            *_two_people("revocation_request"),
            models.UniqueConstraint(
                fields=["record"],
                name="revocation_request_one_waiting",
                condition=Q(state=RequestState.WAITING),
            ),
        ]
        indexes = [models.Index(fields=["requirement", "user"], name="revocation_by_requirement")]


class ReinstatementRequest(Request):
    """Asks that a revocation be taken back; `outcome` is the reinstatement that followed, from its own day on."""

    word = "reinstatements"
    noun = "reinstatement"

    revocation = models.ForeignKey(Revocation, models.PROTECT, related_name="reinstatement_requests")
    outcome = models.OneToOneField(Reinstatement, models.PROTECT, null=True, related_name="request")

    class Meta:
        verbose_name = _("request to take a revocation back")
        constraints = [
            *_two_people("reinstatement_request"),
            models.UniqueConstraint(
                fields=["revocation"],
                name="reinstatement_request_one_waiting",
                condition=Q(state=RequestState.WAITING),
            ),
        ]
        indexes = [models.Index(fields=["requirement", "user"], name="reinstatement_by_requirement")]
