"""The closed sets of words of the people app; the database stores the lower-case value."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AffiliationKind(models.TextChoices):
    """What a person is to the university in one appointment."""

    STAFF = "staff", _("Staff")
    FACULTY = "faculty", _("Faculty")
    STUDENT = "student", _("Student")
    STUDENT_WORKER = "student_worker", _("Student worker")
    CONTRACTOR = "contractor", _("Contractor")
    AFFILIATE = "affiliate", _("Affiliate")
    RETIREE = "retiree", _("Retiree")


class AffiliationSource(models.TextChoices):
    """Who keeps an affiliation up to date; an import changes only those of the roster."""

    ROSTER = "roster", _("Roster")
    HAND = "hand", _("Entered by hand")


class GroupKind(models.TextChoices):
    """What being in a group says of a person."""

    GROUP = "group", _("Group")
    SYSTEM = "system", _("Access to a system")


class FieldKind(models.TextChoices):
    """What a field of the university's own can say of a person."""

    CHOICE = "choice", _("One of a list")
    YES_NO = "yes_no", _("Yes or no")
    DATE = "date", _("Date")
    NUMBER = "number", _("Number")
    TEXT = "text", _("Text")


class PersonState(models.TextChoices):
    """Where a person stands today. Derived from dates and the switch, never stored."""

    ACTIVE = "active", _("Active")
    ON_LEAVE = "on_leave", _("On leave")
    UPCOMING = "upcoming", _("Joins later")
    LEFT = "left", _("Left")
    DEACTIVATED = "deactivated", _("Deactivated")


class RosterImportState(models.TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", _("Columns to confirm")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready to import")
    WAITING = "waiting", _("Waiting for a second person")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    REFUSED = "refused", _("Refused")


class RowOutcome(models.TextChoices):
    """What one line of the file leads to, or the undoing of an import for one person (the last two and UPDATE)."""

    CREATE = "create", _("New")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    ERROR = "error", _("Not imported")
    REMOVE = "remove", _("Taken out again")
    LEFT = "left", _("Left as it is now")


class RosterFact(models.TextChoices):
    """What sort of row an import changed."""

    PERSON = "person", _("Person")
    APPOINTMENT = "appointment", _("Appointment")
    LEAVE = "leave", _("Leave")
    VALUE = "value", _("Value of a field")


class AbsentPolicy(models.TextChoices):
    """What happens to people of the roster who are missing from the file."""

    KEEP = "keep", _("Leave them as they are")
    DEACTIVATE = "deactivate", _("Deactivate them")


class ProposalKind(models.TextChoices):
    """Which edit by hand it is that takes two."""

    MOVE = "move", _("A department becomes part of another one")
    MEMBERS = "members", _("People are put into a group")


class ProposalState(models.TextChoices):
    """How far a proposal has come."""

    WAITING = "waiting", _("Waiting for a second person")
    MADE = "made", _("Saved")
    REJECTED = "rejected", _("Not agreed to")
    WITHDRAWN = "withdrawn", _("Taken back")
