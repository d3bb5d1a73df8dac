"""Whether whoever is in grace counts as compliant on a day: `compliance.core.grace` in set form, held by a property."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Q, Subquery, Value
from django.db.models.functions import Coalesce

from compliance.core import grace
from compliance.core.terms import Status
from compliance.records.models import GraceDecision


@dataclass(frozen=True, slots=True)
class Counting:
    """How grace counts on a day. `decision`: by which it does; None: nobody has decided, and it does not.

    `coming` are later days on which that turns, with what it turns to, the earliest first.
    """

    on: date
    decision: GraceDecision | None
    coming: tuple[tuple[date, bool], ...] = ()

    @property
    def grace_counts(self) -> bool:
        """Whether whoever is in grace counts as compliant."""
        return self.decision is not None and self.decision.counts


def grace_condition(today: date) -> Coalesce:
    """The answer for a day as one expression, so that no list or figure asks for it in a statement of its own."""
    begun = GraceDecision.objects.filter(from_on__lte=today).order_by("-number")
    return Coalesce(Subquery(begun.values("counts")[:1]), Value(False), output_field=BooleanField())


def counts_as_compliant() -> Q:
    """The condition over rows with a `status` and `grace_counts`; the one definition of compliant."""
    trained = [status.value for status in grace.TRAINED]
    return Q(status__in=trained) | Q(status=Status.IN_GRACE.value, grace_counts=True)


def grace_decisions() -> list[GraceDecision]:
    """Every decision that was made, the newest first; one statement."""
    return list(GraceDecision.objects.select_related("decided_by").order_by("-number"))


def counting_on(on: date, decisions: Sequence[GraceDecision] | None = None) -> Counting:
    """How grace counts on that day, and which change of it is to come; one statement, none with `decisions`."""
    made = grace_decisions() if decisions is None else decisions
    by_number = {each.number: each for each in made}
    facts = [each.facts for each in made]
    found = grace.in_force(facts, on)
    coming, counts = [], grace.grace_counts(facts, on)
    for day in sorted({each.from_on for each in facts if each.from_on > on}):
        if grace.grace_counts(facts, day) != counts:
            counts = not counts
            coming.append((day, counts))
    return Counting(on, by_number[found.number] if found else None, tuple(coming))


def grace_turns_on(on: date) -> date | None:
    """The first day after `on` on which whoever is in grace counts and did not, or the reverse; one statement."""
    return grace.turns_on([each.facts for each in GraceDecision.objects.all()], on)
