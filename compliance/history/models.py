"""One table for what was believed before: written by triggers on the tables of facts, and by nothing else."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """A row of facts changed at that moment, and this is what it said until then.

    `before` is null when the row was not there before. The belief of now is the row itself: nothing is kept twice, and
    a row without changes has been believed since it was written. `source` names the table. Append-only: a trigger
    refuses UPDATE, DELETE and TRUNCATE. `recorded_at` is the database's time of the transaction.
    """

    source = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change of a fact")
        verbose_name_plural = _("changes of facts")
        indexes = [
            models.Index(fields=["source", "recorded_at"], name="change_by_moment"),
            models.Index(fields=["source", "row_id", "id"], name="change_by_row"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.row_id}: {self.recorded_at}"
