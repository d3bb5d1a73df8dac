"""The closed sets of words of the records app; the database stores the lower-case value."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.core.terms import Status
from compliance.core.triggers import Outcome
from compliance.core.waivers import RequestState as State


class AssignmentStatus(models.TextChoices):
    """Whether a requirement reaches a person. Says nothing about whether it was done."""

    ACTIVE = "active", _("Active")
    WAITING = "waiting", _("Waiting for a due date")
    PAUSED = "paused", _("Paused")
    WAIVED = "waived", _("Waived")
    EXEMPT = "exempt", _("Exempt")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CycleProgress(models.TextChoices):
    """How far the work of a cycle is. Always derived from what was done in courses; stored nowhere."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    FAILED = "failed", _("Failed")
    COMPLETED = "completed", _("Completed")


class ComplianceStatus(models.TextChoices):
    """Where a person stands on a requirement. Always derived from dates; stored nowhere."""

    NOT_YET_DUE = Status.NOT_YET_DUE.value, _("Not yet due")
    COMPLIANT = Status.COMPLIANT.value, _("Compliant")
    EXPIRING = Status.EXPIRING.value, _("Expiring")
    IN_GRACE = Status.IN_GRACE.value, _("In grace")
    OVERDUE = Status.OVERDUE.value, _("Overdue")
    EXPIRED = Status.EXPIRED.value, _("Expired")
    EXCUSED = Status.EXCUSED.value, _("Excused")
    NOT_IN_SCOPE = Status.NOT_IN_SCOPE.value, _("Not in scope")


class CloseReason(models.TextChoices):
    """Why an open cycle ended without being completed."""

    WITHDRAWN = "withdrawn", _("The person is no longer meant")
    RETIRED = "retired", _("The requirement was retired")
    WAIVED = "waived", _("The person was excused; a new cycle began when that ended")
    UNDONE = "undone", _("A change that had opened it was undone")
    MISTAKE = "mistake", _("The event it was asked for had been recorded by mistake")
    REVOKED = "revoked", _("What it renewed was revoked; a new cycle began")
    RESTORED = "restored", _("What had been revoked counts again")


class CreditSource(models.TextChoices):
    """Where a completion comes from that did not happen in a course here."""

    MANUAL = "manual", _("Certified by hand")
    EVIDENCE = "evidence", _("External evidence")
    PRIOR = "prior", _("Prior credit")
    HISTORY = "history", _("Loaded history")


class RequestState(models.TextChoices):
    """What became of a request for a waiver, an exemption or an extension."""

    WAITING = State.WAITING.value, _("Waiting for a decision")
    APPROVED = State.APPROVED.value, _("Approved")
    REFUSED = State.REFUSED.value, _("Refused")
    WITHDRAWN = State.WITHDRAWN.value, _("Withdrawn")


class LoadState(models.TextChoices):
    """What became of a load of past completions, or of taking one back."""

    WAITING = State.WAITING.value, _("Waiting for a decision")
    MADE = "made", _("Done")
    REFUSED = State.REFUSED.value, _("Refused")
    WITHDRAWN = State.WITHDRAWN.value, _("Withdrawn")


class PersonStanding(models.TextChoices):
    """Groups of people that every figure and every list is made of; a person may be in several."""

    REQUIRED = "required", _("Required to train")
    COMPLIANT = "compliant", _("Compliant")
    NOT_COMPLIANT = "not_compliant", _("Not compliant")
    LATE = "late", _("Overdue or expired")
    ON_TIME = "on_time", _("To do, in time")
    IN_GRACE = "in_grace", _("In grace")
    DUE_SOON = "due_soon", _("Due soon")
    EXCUSED = "excused", _("Excused from everything")
    EXEMPT = "exempt", _("Exempt from something")


class EventKind(models.TextChoices):
    """What happened that training is asked for again."""

    POLICY = "policy", _("Policy change")
    PHISHING = "phishing", _("Failed phishing test")
    INCIDENT = "incident", _("Security incident")
    CONTENT = "content", _("Content change")
    OTHER = "other", _("Other event")


class EventReach(models.TextChoices):
    """Whom an event concerns, of those who have the requirement."""

    EVERYBODY = "everybody", _("Everybody who has the requirement")
    DEPARTMENT = "department", _("The people of a department and those below it")
    LISTED = "listed", _("The people of a list")


class EventOutcome(models.TextChoices):
    """What an event asks of one person."""

    OPENED = Outcome.OPENED.value, _("A new cycle was opened")
    JOINED = Outcome.JOINED.value, _("The open cycle answers it")
    DONE = Outcome.DONE.value, _("Done after the event already")
    EXEMPT = Outcome.EXEMPT.value, _("Exempt")
    NOT_HELD = Outcome.NOT_HELD.value, _("Does not have the requirement")
