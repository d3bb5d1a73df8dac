"""What is written down of one person in a difference or an outlook."""

from datetime import date

from django.db import models

from .enums import GETS, Effect


class Effects(models.Model):
    """What happens to somebody, with the dates of `compliance.core.change.Line` before and after."""

    effect = models.CharField(max_length=10, choices=Effect)
    due_from = models.DateField(null=True)
    due_to = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    opens_from = models.DateField(null=True)
    opens_to = models.DateField(null=True)
    next_due_from = models.DateField(null=True)
    next_due_to = models.DateField(null=True)
    until_from = models.DateField(null=True)
    until_to = models.DateField(null=True)

    class Meta:
        abstract = True

    @property
    def happens_on(self) -> date | None:
        """The day on which it happens, where that is a later one."""
        return None if self.effect in {*GETS, Effect.DROP} else self.starts_on

    @property
    def loses_again_on(self) -> date | None:
        """The day on which whoever gets it now loses it again."""
        return self.starts_on if self.effect in GETS else None

    @property
    def gets_again_on(self) -> date | None:
        """The day on which whoever loses it now gets it again."""
        return self.starts_on if self.effect == Effect.DROP else None
