"""What counts as compliant: whoever is trained, and by the university's decision whoever is in the days of grace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .terms import Status

TRAINED = frozenset({Status.COMPLIANT, Status.EXPIRING})
"""Training done and valid today. Nothing else counts without a decision."""


@dataclass(frozen=True, slots=True)
class GraceDecision:
    """From `from_on` (the tenant's day) on, whoever is in grace counts as compliant, or does not.

    `number` is the order in which decisions were made; `from_on` is never earlier than the day it was made on.
    """

    number: int
    from_on: date
    counts: bool


def in_force(decisions: Iterable[GraceDecision], on: date) -> GraceDecision | None:
    """The newest decision whose day has come by `on`; None: nobody has decided.

    From its day on a newer decision stands over every earlier one, also over one for a later day.
    """
    begun = (each for each in decisions if each.from_on <= on)
    return max(begun, key=lambda each: each.number, default=None)


def grace_counts(decisions: Iterable[GraceDecision], on: date) -> bool:
    """Whether whoever is in grace on that day counts as compliant; without a decision they do not."""
    found = in_force(decisions, on)
    return found is not None and found.counts


def compliant(*, grace_counts: bool) -> frozenset[Status]:
    """The statuses that count as compliant."""
    return TRAINED | {Status.IN_GRACE} if grace_counts else TRAINED


def turns_on(decisions: Iterable[GraceDecision], on: date) -> date | None:
    """The first day after `on` on which grace counts and did not, or the other way round; None: that is not known."""
    known = list(decisions)
    counts = grace_counts(known, on)
    days = sorted(each.from_on for each in known if each.from_on > on)
    return next((day for day in days if grace_counts(known, day) != counts), None)
