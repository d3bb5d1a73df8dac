"""Which cycles are open, and how often each was asked before."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from compliance.records.models import ComplianceRecord, Revocation
from compliance.records.queries.revocations import IN_FORCE


def first_cycles(requirement_id: int, user_ids: Collection[int]) -> QuerySet[ComplianceRecord]:
    """Open cycles of these people that are the first of their assignment, and that no event asks for."""
    return ComplianceRecord.objects.filter(
        requirement_id=requirement_id,
        user_id__in=user_ids,
        cycle=1,
        event__isnull=True,
        completed_at__isnull=True,
        closed_at__isnull=True,
    )


def rounds_of(assignment_ids: Collection[int]) -> dict[int, int]:
    """The round that each of these is in: its finished cycles that count, bridged ones not, and one; one statement."""
    rows = ComplianceRecord.objects.filter(
        assignment_id__in=assignment_ids, completed_at__isnull=False, is_temporary=False
    ).exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
    finished = dict(rows.values_list("assignment_id").annotate(Count("pk")))
    return {key: finished.get(key, 0) + 1 for key in assignment_ids}
