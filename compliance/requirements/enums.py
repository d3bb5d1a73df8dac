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
    YEAR = "year", _("Once in each fiscal or academic year")
    MONTH_END = "month_end", _("The end of the month")


class DueFrom(models.TextChoices):
    """What the first due date is counted from; the values are those of `compliance.core.terms.DueFrom`."""

    APPOINTMENT = "appointment", _("Joining: the appointment that is meant")
    HIRE = "hire", _("Being hired; changes of post do not matter")
    ASSIGNMENT = "assignment", _("The day the requirement reaches them")
    COMPLETION = "completion", _("Completing another requirement, chosen below")
    FIELD = "field", _("A day in a field of the person, chosen below")
    SIGN_IN = "sign_in", _("Their first sign-in here")
    FIXED = "fixed", _("Not counted: one date for everybody")
    CALENDAR = "calendar", _("Not counted: the due day of the year, below")


class DueUnit(models.TextChoices):
    """Which days are counted; the values are those of `compliance.core.terms.DayUnit`."""

    DAYS = "days", _("days")
    WORKING = "working", _("working days")


class Roll(models.TextChoices):
    """Where a due date goes that nobody works on; the values are those of `compliance.core.terms.Roll`."""

    NONE = "none", _("It stays")
    LATER = "later", _("It moves to the next working day")
    EARLIER = "earlier", _("It moves to the working day before")


class Side(models.TextChoices):
    """What a person named by hand is; the values are those of `compliance.core.terms.Side`."""

    INCLUDE = "include", _("Add them, whatever the rule says")
    EXCLUDE = "exclude", _("Leave them out, whatever the rule says")


class EquivalenceState(models.TextChoices):
    """What became of a proposal that one course counts for another."""

    WAITING = "waiting", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ToldTo(models.TextChoices):
    """Who above a person is told that something is late; the values are those of `compliance.core.escalation`."""

    MANAGER = "manager", _("The manager")
    DEPARTMENT = "department", _("The administrators of the department")
    DEPARTMENT_ABOVE = "department_above", _("The administrators of the next department above")
    COMPLIANCE = "compliance", _("The compliance office")
