"""Waivers and exemptions: which are in force, which have ended, and which are to be looked at."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.core import exemptions as core_exemptions
from compliance.core import terms
from compliance.core import waivers as core
from compliance.records.enums import AssignmentStatus, RequestState
from compliance.records.models import ComplianceRecord, Exemption, Waiver
from compliance.requirements.enums import RequirementState

Excuse = Waiver | Exemption
_DAY = timedelta(days=1)
BY_STATUS: dict[str, type[Excuse]] = {AssignmentStatus.WAIVED: Waiver, AssignmentStatus.EXEMPT: Exemption}
"""What stands behind an assignment that says so."""
KINDS: tuple[type[Excuse], ...] = (Waiver, Exemption)


def excuses_over(records: Collection[ComplianceRecord]) -> dict[int, tuple[terms.Absence, ...]]:
    """The approved waivers and exemptions over the person and requirement of each record, by record id."""
    users = {record.user_id for record in records}
    by_pair: dict[tuple[int, int], list[terms.Absence]] = defaultdict(list)
    for kind in KINDS:
        for row in _approved(kind).filter(user_id__in=users):
            by_pair[row.user_id, row.requirement_id].append(row.days.absence)
    return {record.pk: tuple(by_pair[record.user_id, record.requirement_id]) for record in records}


def excuses_of(
    pairs: Collection[tuple[int, int]], on: date, *, kind: type[Excuse]
) -> dict[tuple[int, int], tuple[core.Excuse, ...]]:
    """The waivers or exemptions in force on that day, by (person, requirement); one statement."""
    users = {user_id for user_id, _requirement in pairs}
    covering = _approved(kind).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    rows = covering.filter(user_id__in=users).select_related("decided_by")
    return {(row.user_id, row.requirement_id): (row.told,) for row in rows if row.days.covers(on)}


def ended_excuses(today: date) -> list[tuple[int, int]]:
    """(requirement, person) of every excuse that ended by `today` after the person's open cycle had begun."""
    found: set[tuple[int, int]] = set()
    unfinished = ComplianceRecord.objects.filter(
        user_id=OuterRef("user_id"),
        requirement_id=OuterRef("requirement_id"),
        completed_at__isnull=True,
        closed_at__isnull=True,
    )
    over = Q(ends_on__lt=today) | Q(ended_on__lte=today)
    begun = unfinished.filter(
        Q(window_opens_on__lte=OuterRef("ends_on")) | Q(window_opens_on__lt=OuterRef("ended_on"))
    )
    for kind in KINDS:
        rows = _approved(kind).filter(over).filter(Exists(begun))
        found |= set(rows.values_list("requirement_id", "user_id"))
    return sorted(found)


def excuse_in_the_way(
    *, user_ids: Collection[int], requirement_id: int, starts_on: date, ends_on: date | None
) -> dict[int, Excuse]:
    """By person: an approved waiver or exemption that shares a day with this stretch (`ends_on` None: no end)."""
    found: dict[int, Excuse] = {}
    for kind in KINDS:
        rows = _approved(kind).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on),
            user_id__in=list(user_ids),
            requirement_id=requirement_id,
        )
        if ends_on is not None:
            rows = rows.filter(starts_on__lte=ends_on)
        for row in rows:
            over_on = row.days.returns_on
            if over_on is None or row.starts_on < over_on > starts_on:
                found.setdefault(row.user_id, row)
    return found


def excused_days(user_id: int) -> list[tuple[int, date, date | None]]:
    """(requirement, first, last day) of every stretch in which a person was, is or will be excused; two statements.

    Without a last day it goes on.
    """
    spans: list[tuple[int, date, date | None]] = []
    for kind in KINDS:
        for row in _approved(kind).filter(user_id=user_id):
            over_on = row.days.returns_on
            if over_on is None:
                spans.append((row.requirement_id, row.starts_on, None))
            elif row.starts_on < over_on:
                spans.append((row.requirement_id, row.starts_on, over_on - _DAY))
    return spans


def beginning_or_over(on: date) -> set[int]:
    """Whose waiver or exemption begins on that day, or was over the day before."""
    over = Q(ended_on=on) | Q(ended_on__isnull=True, ends_on=on - _DAY)
    return {
        user_id
        for kind in KINDS
        for user_id in _approved(kind).filter(Q(starts_on=on) | over).values_list("user_id", flat=True)
    }


def excused_since(first: date) -> set[int]:
    """Whose waiver or exemption is in force on that day or later."""
    later = (Q(ends_on__isnull=True) | Q(ends_on__gte=first)) & (
        Q(ended_on__isnull=True) | Q(ended_on__gte=first)
    )
    return {
        user_id
        for kind in KINDS
        for user_id in _approved(kind).filter(later).values_list("user_id", flat=True)
    }


def up_for_review(today: date) -> QuerySet[Exemption]:
    """Exemptions that somebody has to look at by `today`, of requirements in force, the longest due first."""
    rows = Exemption.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        state=RequestState.APPROVED,
        ended_on__isnull=True,
        review_on__lte=today,
        requirement__state=RequirementState.ACTIVE,
        user__is_active=True,
    )
    return rows.order_by("review_on", "pk")


def is_up_for_review(found: Exemption, today: date) -> bool:
    """Whether this one is."""
    is_approved = found.state == RequestState.APPROVED
    return is_approved and core_exemptions.is_up_for_review(found.days, found.review_on, today)


def _approved(kind: type[Excuse]) -> QuerySet[Any]:
    return kind.objects.filter(state=RequestState.APPROVED)
