"""What the university decided about the days of grace."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.core.grace import GraceDecision as Decision


class GraceDecision(models.Model):
    """From `from_on` on, whoever is in grace `counts` as compliant, or does not; nobody has decided: they do not.

    Append-only, and never for a day that was over (`decided_on`, the tenant's day it was made on): so a past day is
    counted today as it was counted then, whatever is decided since.
    """

    number = models.PositiveIntegerField()
    counts = models.BooleanField(_("counts as compliant"))
    from_on = models.DateField(_("from which day on"))
    reason = models.TextField(_("reason"), max_length=1000)
    decided_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_on = models.DateField()

    class Meta:
        verbose_name = _("decision about the days of grace")
        constraints = [
            models.UniqueConstraint(fields=["number"], name="grace_decision_number_once"),
            models.CheckConstraint(
                condition=Q(from_on__gte=F("decided_on")), name="grace_decision_for_no_past_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grace_decision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.counts} from {self.from_on}"

    @property
    def facts(self) -> Decision:
        """In the engine's words."""
        return Decision(self.number, self.from_on, self.counts)
