"""The words of a tenant's life."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TenantStatus(TextChoices):
    """Where a tenant is in its life. Only TRIAL and ACTIVE serve pages."""

    PREPARING = "preparing", _("Preparing")
    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


SERVING = frozenset({TenantStatus.TRIAL, TenantStatus.ACTIVE})


class RunState(TextChoices):
    """One run of a tenant's daily job."""

    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


class SignUpState(TextChoices):
    """How far a sign-up has come: the last step that is finished."""

    UNVERIFIED = "unverified", _("Waiting for the code")
    UNADDRESSED = "unaddressed", _("Waiting for another address")
    RESERVED = "reserved", _("Address reserved")
    DATABASE = "database", _("Database made")
    PEOPLE = "people", _("Owner invited")
    SCHEDULE = "schedule", _("Schedule set")
    READY = "ready", _("Ready")


# Verified, and work is left that needs nobody.
IN_PREPARATION = frozenset(
    {SignUpState.RESERVED, SignUpState.DATABASE, SignUpState.PEOPLE, SignUpState.SCHEDULE}
)
