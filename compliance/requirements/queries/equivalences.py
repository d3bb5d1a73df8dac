"""Which courses count for which others."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from compliance.core import satisfiers
from compliance.requirements.enums import EquivalenceState
from compliance.requirements.models import Equivalence


def equivalences(*, before: datetime | None = None) -> tuple[satisfiers.Equivalence, ...]:
    """Those that were approved, in the engine's words; ended ones still cover the days before; one statement.

    `before`: as was decided by just before that moment (UTC), instead of now.
    """
    rows = Equivalence.objects.filter(state=EquivalenceState.APPROVED)
    if before is None:
        return tuple(each.facts for each in rows)
    return tuple(each.facts_before(before) for each in rows.filter(decided_at__lt=before))


def all_equivalences(*, state: str = "", search: str = "") -> QuerySet[Equivalence]:
    """Every proposal, the newest first; `state` also `ended`."""
    rows = Equivalence.objects.select_related("course", "counts_for", "asked_by", "decided_by")
    if state == "ended":
        rows = rows.filter(ended_on__isnull=False)
    elif state:
        rows = rows.filter(state=state, ended_on__isnull=True)
    for word in search.split()[:6]:
        rows = rows.filter(course__title__icontains=word) | rows.filter(counts_for__title__icontains=word)
    return rows


def equivalence_by(public_id: UUID) -> Equivalence:
    """One of them. Raises Http404."""
    rows = Equivalence.objects.select_related("course", "counts_for", "asked_by", "decided_by", "ended_by")
    return get_object_or_404(rows, public_id=public_id)


def waiting_equivalences() -> int:
    """How many wait for a decision."""
    return Equivalence.objects.filter(state=EquivalenceState.WAITING).count()
