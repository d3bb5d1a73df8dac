"""Changes of requirements with the difference that was decided on, person by person."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants import clock

from .enums import Difference, Kind, State
from .models_holidays import HolidayChange
from .models_lines import Effects
from .models_outlooks import Outlook, OutlookLine
from .models_proposals import Proposal, proposal_constraints

__all__ = ["UNDO_HOURS", "Change", "HolidayChange", "Line", "Outlook", "OutlookLine", "Proposal", "Threshold"]

UNDO_HOURS = 24


class Change(Proposal):
    """One change of one requirement; its number counts within the requirement.

    `content` is what the requirement is to say, `before` what it said and which state it had. `fingerprint` is that of
    the difference on `worked_out_on` (the tenant's day). `affected_count` people of `people_count` active ones; more
    than `limit` need a second person (None: nobody does). Mails are counted from that day on. Without a fingerprint it
    has not been worked out yet: the job of this public id is at it, or has failed.

    `takes_effect_on` is the tenant's day it is to take effect on, and is worked out for; None: at once. `agreed_at` and
    `agreed_count` say when it was agreed, and for how many people; `problem` why a machine did not make it on its day,
    for people to look at it again.
    """

    # Only a draft can be deleted, and with it what was proposed and never made.
    requirement = models.ForeignKey("requirements.Requirement", models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.JSONField()
    before = models.JSONField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    fingerprint = models.CharField(max_length=64, blank=True)
    worked_out_on = models.DateField()
    worked_out_at = models.DateTimeField()
    job_public_id = models.UUIDField(null=True)
    mails_today = models.PositiveIntegerField(default=0)
    mails_ahead = models.PositiveIntegerField(default=0)
    mails_ahead_before = models.PositiveIntegerField(default=0)
    version_number = models.PositiveIntegerField(null=True)
    takes_effect_on = models.DateField(_("takes effect on"), null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_count = models.PositiveIntegerField(null=True)
    problem = models.TextField(blank=True, default="", db_default="")
    withdrawn_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = models.TextField(blank=True, default="", db_default="")

    class Meta(Proposal.Meta):
        verbose_name = _("change")
        constraints = [
            *proposal_constraints("change"),
            models.UniqueConstraint(fields=["requirement", "number"], name="change_number_once"),
            models.UniqueConstraint(
                fields=["requirement"], name="change_one_agreed_ahead", condition=Q(state=State.AGREED)
            ),
            models.CheckConstraint(
                condition=~Q(state=State.AGREED)
                | Q(takes_effect_on__isnull=False, agreed_at__isnull=False, agreed_count__isnull=False),
                name="change_agreed_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.number}"

    def as_of(self, today: date) -> date:
        """The day it is worked out for: the one it is to take effect on, but no past one."""
        return max(today, self.takes_effect_on or today)

    @property
    def first_day(self) -> date | None:
        """The tenant's day on which it took effect, once it is made."""
        if self.made_at is None:
            return None
        return self.takes_effect_on or clock.today(self.made_at)

    @property
    def has_reach(self) -> bool:
        """Whether somebody chooses which due dates follow: those of new terms do, if that is wanted."""
        return self.kind == Kind.EDIT


class Line(Effects):
    """One person in the difference.

    `assignment_id`, `assignment_status` and `record_id` say what they had when it was worked out.
    """

    change = models.ForeignKey(Change, models.CASCADE, related_name="lines")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    difference = models.CharField(max_length=5, choices=Difference, default=Difference.SAME, blank=True)
    shifted_from = models.DateField(null=True)
    shifted_to = models.DateField(null=True)
    grace_from = models.PositiveIntegerField(default=0)
    grace_to = models.PositiveIntegerField(default=0)
    assignment_id = models.BigIntegerField(null=True)
    assignment_status = models.CharField(max_length=10, blank=True)
    record_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("line of a change")
        constraints = [models.UniqueConstraint(fields=["change", "user"], name="change_line_once_a_person")]
        indexes = [models.Index(fields=["change", "effect"], name="change_lines_by_effect")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.user_id}, {self.effect}"


class Threshold(models.Model):
    """One row: from how many people a change needs a second person. Without a row, as it begins."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(_("a second person is needed"), default=True)
    percent = models.PositiveSmallIntegerField(_("share of active people, in percent"), default=10)
    at_least = models.PositiveIntegerField(_("and at least"), default=50)

    class Meta:
        verbose_name = _("threshold")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="threshold_is_one_row"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="threshold_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %, {self.at_least}"
