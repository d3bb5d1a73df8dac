"""The words of a tenant's life."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TenantKind(TextChoices):
    """What a tenant is. Operators are a tenant of their own kind, in a reserved schema."""

    UNIVERSITY = "university", _("University")
    DEPARTMENT = "department", _("Department")
    OPERATOR = "operator", _("Operator")


class TenantStatus(TextChoices):
    """Where a tenant is in its life. What each status allows stands in tenants.rules.lifecycle."""

    PREPARING = "preparing", _("Preparing")
    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Past due")
    READ_ONLY = "read_only", _("Read-only")
    SUSPENDED = "suspended", _("Suspended")
    CLOSING = "closing", _("Closing")
    PURGED = "purged", _("Purged")


class TenantClosure(TextChoices):
    """Why a tenant is closed for a while, apart from its status."""

    UPGRADE = "upgrade", _("An upgrade is being finished")
    RESTORE = "restore", _("Data is being restored")
    MOVE = "move", _("The site is being moved")
    FROZEN = "frozen", _("Frozen by the operator")
    PURGE = "purge", _("Its data is being deleted")


class ProofState(TextChoices):
    """Whether a host name of the university's own points to the tenant that claims it."""

    PENDING = "pending", _("Waiting for proof")
    PROVED = "proved", _("Proved")
    FAILING = "failing", _("Proof missing")


class SupportDecision(TextChoices):
    """Whether the tenant was asked about a support access, and what it said."""

    NOT_NEEDED = "not_needed", _("Not asked for")
    PENDING = "pending", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


class Switch(TextChoices):
    """What can be stopped at once, for one tenant or for all of them."""

    SESSIONS = "sessions", _("Sessions")
    UPLOADS = "uploads", _("Uploads")
    OPERATORS = "operators", _("Operator access")


class RunState(TextChoices):
    """One run of a tenant's daily job."""

    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


class Plan(TextChoices):
    """What a tenant has agreed to. What each includes stands in tenants.entitlements."""

    TRIAL = "trial", _("Trial")
    STANDARD = "standard", _("Standard")
    UNLIMITED = "unlimited", _("Unlimited")


class PoolState(TextChoices):
    """What a schema without a tenant is."""

    READY = "ready", _("Ready")
    LOST = "lost", _("Belongs to nobody")


class UpgradeState(TextChoices):
    """How far a tenant's schema has come with a release."""

    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Standing(TextChoices):
    """How a tenant's schema stands towards the release that is installed."""

    DONE = "done", _("Up to date")
    RUNNING = "running", _("Being brought to this release")
    PENDING = "pending", _("Not brought to this release yet")
    FAILED = "failed", _("Could not be brought to this release")
    WAITING = "waiting", _("Waits for migrate_tenants")
    PREPARING = "preparing", _("Still being made")


class RestorationState(TextChoices):
    """How far an attempt to bring a tenant back from an archive has come. The last two are final."""

    BUILDING = "building", _("Being built")
    SWITCHED = "switched", _("Changed over, and not open yet")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class SignUpState(TextChoices):
    """How far a sign-up has come: the last step that is finished. The last three are for those that come no further."""

    UNVERIFIED = "unverified", _("Waiting for the code")
    UNADDRESSED = "unaddressed", _("Waiting for another address")
    RESERVED = "reserved", _("Address reserved")
    DATABASE = "database", _("Database made")
    PEOPLE = "people", _("Owner invited")
    SCHEDULE = "schedule", _("Schedule set")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Given up")
    CANCELLING = "cancelling", _("Being cancelled")
    CANCELLED = "cancelled", _("Cancelled")


# Verified, and work is left that needs nobody.
IN_PREPARATION = frozenset(
    {SignUpState.RESERVED, SignUpState.DATABASE, SignUpState.PEOPLE, SignUpState.SCHEDULE}
)
# What the clockwork still has to do something about.
UNFINISHED = IN_PREPARATION | {SignUpState.CANCELLING}


class MoveState(TextChoices):
    """How far the move of a tenant to another database has come: the last step that is finished."""

    REQUESTED = "requested", _("Requested")
    FENCED = "fenced", _("Closed for the move")
    COPIED = "copied", _("Copied and compared")
    SWITCHED = "switched", _("Served from the new database")
    DROPPED = "dropped", _("Old copy dropped")
    CANCELLED = "cancelled", _("Cancelled")


class AgreementSide(TextChoices):
    """Which of the two sites of a roll-up agreement is meant."""

    PARENT = "parent", _("University")
    DEPARTMENT = "department", _("Department")


class AgreementState(TextChoices):
    """How a roll-up agreement stands. The last two are final."""

    OFFERED = "offered", _("Waiting for the department")
    IN_FORCE = "in_force", _("In force")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")
