"""What imports changed, kept as long as an import can be undone and dropped in the night after."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.enums import RosterFact


class RosterChange(models.Model):
    """One row of facts about a person, as it was before an import and as the import left it.

    `before` is null where the import added the row, `after` where it took it away. However often an import comes to the
    same row, there is one of these: from before the first time to after the last.
    """

    roster_import = models.ForeignKey("people.RosterImport", models.CASCADE, related_name="changes")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+")
    fact = models.CharField(max_length=12, choices=RosterFact)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change by a roster")
        constraints = [
            models.UniqueConstraint(
                fields=["roster_import", "fact", "row_id"], name="roster_change_once_a_row"
            ),
        ]
        indexes = [models.Index(fields=["roster_import", "user"], name="roster_change_by_person")]

    def __str__(self) -> str:
        return f"{self.fact} {self.row_id}"
