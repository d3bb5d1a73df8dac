"""The words a notice is described by. The database stores these, never their labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeKind(TextChoices):
    """Which step of a cycle's ladder a notice belongs to."""

    ASSIGNED = "assigned", _("New training")
    BEFORE = "before", _("Before the due date")
    DUE = "due", _("On the due date")
    AFTER = "after", _("After the due date")
    MANUAL = "manual", _("Sent by hand")


class NoticeState(TextChoices):
    """What became of a notice."""

    PLANNED = "planned", _("Planned")
    SUPERSEDED = "superseded", _("Replaced by a newer notice")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("No longer needed")
    UNDELIVERED = "undelivered", _("Not delivered")


class EscalationState(TextChoices):
    """What became of a rung that was reached: to whom it went is in its copies."""

    PLANNED = "planned", _("Planned")
    SUPERSEDED = "superseded", _("Replaced by a later one")
    TOLD = "told", _("Told")
    NOBODY = "nobody", _("Nobody was there to be told")
    SUPPRESSED = "suppressed", _("No longer needed")


class Channel(TextChoices):
    """How a notice reaches the person."""

    EMAIL = "email", _("E-mail")
