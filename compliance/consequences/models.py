"""Systems that are told who loses and regains access, what for, whom it befell, and each call that told it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .enums import Cause, DeliveryKind, DeliveryState, ReceiverState


class Receiver(models.Model):
    """Another system that is told. Its signing secret is worked out from `public_id` and `rotation`, and kept nowhere.

    The secret of the rotation before is signed with as well until `overlap_until`. `note`: why it was paused by itself.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=ReceiverState, default=ReceiverState.ON)
    note = models.CharField(max_length=300, blank=True)
    rotation = models.PositiveIntegerField(default=1)
    overlap_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("system that is told")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="receiver_public_id_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(url=""), name="receiver_has_name_and_url"),
            models.CheckConstraint(condition=Q(rotation__gte=1), name="receiver_rotations_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Consequence(models.Model):
    """Who is late with a requirement loses access to a system, `days` days after the due date and never in grace.

    `is_at_once_when_expired`: who had done it before and let it run out loses access on the day after. What it says
    never changes (a trigger keeps it); it can be ended once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    requirement = models.ForeignKey("requirements.Requirement", models.PROTECT, related_name="consequences")
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="consequences")
    days = models.PositiveIntegerField()
    is_at_once_when_expired = models.BooleanField(default=False)
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("consequence")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="consequence_public_id_once"),
            models.UniqueConstraint(
                fields=["requirement", "receiver"],
                name="consequence_once_at_a_time",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="consequence_days_in_range"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="consequence_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.receiver_id}"


class Freeze(models.Model):
    """Days, both included, on which nobody loses access; calendar days in the tenant's zone."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("freeze")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="freeze_public_id_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="freeze_days_in_order"),
            models.CheckConstraint(condition=~Q(name=""), name="freeze_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One call to a system: the outbox and the evidence of it. `body` is sent byte for byte at every try.

    `public_id` is the message's id at every try. `lease_until` is told by the real clock. Calls about one person to one
    system leave in the order of their keys.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="deliveries")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=DeliveryKind)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    last_answer = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("call to a system")
        verbose_name_plural = _("calls to systems")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="delivery_public_id_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False, lease_until__isnull=True)),
                name="delivery_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind="test") | Q(user__isnull=False), name="delivery_is_about_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["receiver", "user", "id"], name="delivery_in_order"),
            models.Index(fields=["-created_at"], name="delivery_newest"),
            models.Index(fields=["receiver", "state", "-id"], name="delivery_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.public_id}"


class Withdrawal(models.Model):
    """One person lost access because of one consequence, and regained it. At most one open at a time.

    `due_on` and `withdrawn_on` are days in the tenant's zone. `lost_by` told the system; so did `regained_by`, which is
    none while another withdrawal at the same system was still open. A trigger lets it be ended once, and nothing else.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    consequence = models.ForeignKey(Consequence, models.PROTECT, related_name="withdrawals")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="withdrawals")
    due_on = models.DateField()
    withdrawn_on = models.DateField()
    withdrawn_at = models.DateTimeField()
    lost_by = models.ForeignKey(Delivery, models.PROTECT, related_name="losses")
    restored_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=15, choices=Cause, blank=True)
    regained_by = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="regains")

    class Meta:
        verbose_name = _("withdrawal of access")
        verbose_name_plural = _("withdrawals of access")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="withdrawal_public_id_once"),
            models.UniqueConstraint(
                fields=["consequence", "user"],
                name="withdrawal_one_open",
                condition=Q(restored_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=True, cause="", regained_by__isnull=True)
                | (Q(restored_at__isnull=False) & ~Q(cause="")),
                name="withdrawal_end_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["-withdrawn_at"], name="withdrawal_newest")]

    def __str__(self) -> str:
        return f"{self.consequence_id}: {self.user_id}"
