"""The closed sets of words of the consequences app; the database stores the lower-case value."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiverState(models.TextChoices):
    """Whether a system is told at present."""

    ON = "on", _("On")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class DeliveryKind(models.TextChoices):
    """What a call tells, as the receiver reads it in `type`."""

    WITHDRAWN = "access.withdrawn", _("Access withdrawn")
    RESTORED = "access.restored", _("Access restored")
    TEST = "test", _("Test message")


class DeliveryState(models.TextChoices):
    """What became of a call. Only a waiting one is tried."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Delivered")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped")


class Cause(models.TextChoices):
    """Why access came back."""

    COMPLETED = "completed", _("The training was completed")
    EXTENDED = "extended", _("The due date was moved")
    WAIVED = "waived", _("The person was excused")
    LEAVE = "leave", _("The person is on leave")
    NOT_REQUIRED = "not_required", _("The requirement no longer applies to the person")
    ENDED = "ended", _("The consequence was ended")
