"""The closed sets of words around the duties of the program; the database stores the lower-case value."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DutyState(TextChoices):
    """Where a duty stands: written, asked of its owner, or over for good."""

    DRAFT = "draft", _("Draft")
    ON = "active", _("On")
    RETIRED = "retired", _("Retired")


class Outcome(TextChoices):
    """What became of one round. All but the first are final."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    MISSED = "missed", _("Missed")
    DROPPED = "dropped", _("No longer asked")
