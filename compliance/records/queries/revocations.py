"""Cycles that were revoked: in force, taken back, and who may hear why."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from compliance.records.models import ComplianceRecord, Revocation

Spans = tuple[tuple[date, date | None], ...]
IN_FORCE = {"reinstatement__isnull": True}


def revoked_spans(assignment_ids: Collection[int]) -> dict[int, Spans]:
    """By record id: the stretches in which a cycle of these assignments counted no longer; most are not among them."""
    rows = Revocation.objects.filter(record__assignment_id__in=list(assignment_ids)).order_by("pk")
    found: dict[int, Spans] = defaultdict(tuple)
    for record_id, on, again in rows.values_list("record_id", "on", "reinstatement__on"):
        found[record_id] += ((on, again),)
    return dict(found)


def revocation_of(record_id: int) -> Revocation | None:
    """The revocation of this cycle that is in force, with who made it; None without one."""
    rows = Revocation.objects.filter(record_id=record_id, **IN_FORCE).select_related("by")
    return rows.first()


def revocations_of(user_id: int) -> list[Revocation]:
    """Every revocation that a person ever had, newest first, with what took it back; two statements."""
    rows = Revocation.objects.filter(record__user_id=user_id)
    return list(rows.select_related("record__requirement", "by", "reinstatement__by").order_by("-at", "-pk"))


def revocation_by(public_id: UUID) -> Revocation | None:
    """One revocation, in force or not, with its cycle; None when there is none."""
    rows = Revocation.objects.filter(public_id=public_id)
    return rows.select_related("record__user", "record__requirement", "by").first()


def finished_cycle(public_id: UUID) -> ComplianceRecord | None:
    """A finished cycle with its person and requirement; None when there is none."""
    rows = ComplianceRecord.objects.filter(public_id=public_id, completed_at__isnull=False)
    return rows.select_related("user", "requirement", "credit__by").first()
