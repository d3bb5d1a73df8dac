"""What counts as compliant: whoever is trained, and by the university's decision whoever is in the days of grace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

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


def counts_until(decisions: Iterable[GraceDecision], on: date, until: date) -> date:
    """The last day from `on` to `until` up to which whoever is in grace counts without a break; they count on `on`."""
    known = list(decisions)
    turns = sorted(each.from_on for each in known if on < each.from_on <= until)
    ends = (day for day in turns if not grace_counts(known, day))
    return next((day - timedelta(days=1) for day in ends), until)
