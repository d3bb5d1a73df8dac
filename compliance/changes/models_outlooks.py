"""What roster imports and changed lists of holidays would do to obligations, as it was shown before they were made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models_lines import Effects


class Outlook(models.Model):
    """What one roster import, or one change of the holidays, does, worked out on the facts as they would be after it.

    `fingerprint` is that of what the file does, `absent_fingerprint` that of what the file and ending everybody who is
    not in it do; the affected are counted apart. A change of the holidays has the first only. `mails` holds for each
    requirement and part ("file", "absent") the mails on the day it was worked out, in the stretch ahead, and in that
    stretch without it.
    """

    roster_import = models.OneToOneField("people.RosterImport", models.CASCADE, null=True, related_name="+")
    holidays = models.OneToOneField(
        "changes.HolidayChange", models.CASCADE, null=True, related_name="outlook"
    )
    worked_out_on = models.DateField()
    worked_out_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64, blank=True)
    absent_fingerprint = models.CharField(max_length=64, blank=True)
    affected_count = models.PositiveIntegerField(default=0)
    mails = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("outlook")
        constraints = [
            models.CheckConstraint(
                condition=Q(roster_import__isnull=False, holidays__isnull=True)
                | Q(roster_import__isnull=True, holidays__isnull=False),
                name="outlook_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_import_id or self.holidays_id}: {self.worked_out_on}"


class OutlookLine(Effects):
    """What happens to one person in one requirement.

    `user` is empty for somebody new, who is known by name and address only. `is_absent`: not in the file, and it
    happens only if those are ended.
    """

    outlook = models.ForeignKey(Outlook, models.CASCADE, related_name="lines")
    requirement = models.ForeignKey("requirements.Requirement", models.CASCADE, related_name="+")
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=320)
    email = models.CharField(max_length=254)
    is_absent = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line of an outlook")
        indexes = [models.Index(fields=["outlook", "requirement", "effect"], name="outlook_lines_by_effect")]

    def __str__(self) -> str:
        return f"{self.outlook_id}: {self.email}, {self.effect}"
