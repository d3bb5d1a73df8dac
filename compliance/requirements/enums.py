"""The closed sets of words of the requirements app; the database stores the lower-case value."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequirementState(models.TextChoices):
    """Where a requirement is in its life. Only an active one counts in any figure."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    RETIRED = "retired", _("Retired")


class ValidityAnchor(models.TextChoices):
    """What the end of validity is counted from; the values are those of `compliance.core.terms.Anchor`."""

    EXPIRY = "expiry", _("The previous expiry: the anniversary is kept")
    COMPLETION = "completion", _("The day of completion")
    FIXED = "fixed", _("A fixed day of the year")
