"""Changes of the list of holidays, with what each does to due dates in an outlook of its own."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from .models_proposals import Proposal, proposal_constraints


class HolidayChange(Proposal):
    """One change of the list of holidays; `number` is what people call it.

    `before` and `after` are the whole list as pairs of an ISO date and a name, by day. `fingerprint` is that of what it
    does on the day its outlook was worked out; it concerns `affected_count` of `people_count` active people, and more
    than `limit` need a second person (None: nobody does).
    """

    before = models.JSONField()
    after = models.JSONField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta(Proposal.Meta):
        verbose_name = _("change of the holidays")
        constraints = [
            *proposal_constraints("holiday_change"),
            models.UniqueConstraint(fields=["number"], name="holiday_change_number_once"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def has_reach(self) -> bool:
        """Whether somebody chooses which due dates follow; an undo takes back what was chosen."""
        return self.undoes_id is None

    @property
    def days_before(self) -> dict[date, str]:
        """The list it starts from: names by day."""
        return {date.fromisoformat(on): name for on, name in self.before}

    @property
    def days_after(self) -> dict[date, str]:
        """The list it leads to."""
        return {date.fromisoformat(on): name for on, name in self.after}
