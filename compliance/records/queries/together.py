"""Requests for many at once: who would get one and who cannot, and what became of a batch."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from compliance.core import credits as core_credits
from compliance.core import exemptions, waivers
from compliance.records import rules
from compliance.records.enums import CreditSource, RequestState
from compliance.records.models import Assignment
from compliance.records.queries.certifying import why_not_certified
from compliance.records.queries.excuses import excuse_in_the_way
from compliance.records.queries.requests import KINDS, LeftOut, asked, moves
from lms.people import queries as people

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

MOST = 1000
"""People of one batch."""
UNDO = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Days:
    """What is asked for everybody; which of them belong to a kind is the kind's matter."""

    starts_on: date | None = None
    ends_on: date | None = None
    review_on: date | None = None
    moved_to: date | None = None
    on: date | None = None
    source: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who would get it. Of an extension: the cycle, and the due date before."""

    user_id: int
    public_id: UUID
    name: str
    record_id: int | None = None
    moved_from: date | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Who would get it and who cannot, by name, each of the latter with the reason in words."""

    kind: str
    requirement_id: int
    days: Days
    given: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """A digest of what is asked for whom: equal batches have equal fingerprints."""
        days = astuple(self.days)
        lines = sorted([one.user_id, one.record_id or 0, str(one.moved_from)] for one in self.given)
        whole = [self.kind, self.requirement_id, *map(str, days), lines]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def days_fault(kind: str, days: Days, today: date) -> str:
    """What is wrong with the days, whoever they are for; empty when they are possible."""
    fault = None
    if kind == "waivers" and days.starts_on and days.ends_on:
        fault = waivers.waiver_fault(days.starts_on, days.ends_on, today)
    if kind == "exemptions" and days.starts_on and days.review_on:
        fault = exemptions.exemption_fault(days.starts_on, days.ends_on, days.review_on, today)
    if kind == "extensions" and days.moved_to and days.moved_to < today:
        fault = waivers.Fault.IN_THE_PAST
    if kind == "certifications" and days.on:
        wrong = core_credits.credit_fault(
            days.on,
            today,
            (),
            is_from_before=True,
            valid_until=days.valid_until,
            is_temporary=days.source == CreditSource.MANUAL and days.valid_until is not None,
        )
        return rules.credit_text(wrong) if wrong else ""
    return rules.fault_text(fault) if fault else ""


def together(
    kind: str,
    requirement: "Requirement",
    days: Days,
    *,
    user_ids: Collection[int],
    today: date,
    by_id: int = 0,
) -> Together:
    """What asking for these people would do; a constant number of statements. `by_id` certifies not themself."""
    found = Together(kind, requirement.pk, days)
    if kind == "extensions" and days.moved_to:
        _extensions(found, user_ids, days.moved_to, today)
    elif kind == "certifications" and days.on:
        _certifications(found, requirement, user_ids, today, by_id)
    else:
        _excuses(found, user_ids)
    held = {one.user_id for one in _held(requirement.pk, user_ids)}
    names = {row.user_id: row for row in people.person_facts(user_ids=user_ids)}
    for user_id in sorted(set(user_ids) - held, key=lambda each: names[each].name if each in names else ""):
        if user_id in names:
            found.left_out.append(LeftOut(names[user_id].name, rules.not_held_text(kind)))
    return found


def _held(requirement_id: int, user_ids: Collection[int]) -> QuerySet[Assignment]:
    held = Assignment.objects.filter(
        requirement_id=requirement_id, user_id__in=list(user_ids), withdrawn_on__isnull=True
    )
    return held.select_related("user").order_by("user__family_name", "user__given_name", "user_id")


def _excuses(found: Together, user_ids: Collection[int]) -> None:
    if found.days.starts_on is None:
        raise AssertionError("An excuse begins on a day.")
    others = excuse_in_the_way(
        user_ids=user_ids,
        requirement_id=found.requirement_id,
        starts_on=found.days.starts_on,
        ends_on=found.days.ends_on,
    )
    held = _held(found.requirement_id, user_ids)
    _parted(found, held, {user_id: rules.overlap_text(other) for user_id, other in others.items()})


def _certifications(
    found: Together, requirement: "Requirement", user_ids: Collection[int], today: date, by_id: int
) -> None:
    days = found.days
    if days.on is None:
        raise AssertionError("A completion was on a day.")
    held = list(_held(found.requirement_id, user_ids))
    why = why_not_certified(
        requirement,
        [one.user for one in held],
        on=days.on,
        source=CreditSource(days.source),
        valid_until=days.valid_until,
        today=today,
    )
    _parted(found, held, why | {by_id: _("Nobody certifies themself. Somebody else has to.")})


def _parted(found: Together, held: Iterable[Assignment], why_not: Mapping[int, str]) -> None:
    """Who of those that have it gets it; who cannot, and for whom it was asked already, with the reason."""
    rows = list(held)
    waiting = KINDS[found.kind].objects.filter(
        requirement_id=found.requirement_id,
        user_id__in=[one.user_id for one in rows],
        state=RequestState.WAITING,
    )
    asked_for = set(waiting.values_list("user_id", flat=True))
    for one in rows:
        why = why_not.get(one.user_id) or (rules.waits_text() if one.user_id in asked_for else "")
        if why:
            found.left_out.append(LeftOut(one.user.display_name, why))
        else:
            found.given.append(Candidate(one.user_id, one.user.public_id, one.user.display_name))


def _extensions(found: Together, user_ids: Collection[int], moved_to: date, today: date) -> None:
    seen = moves(
        requirement_id=found.requirement_id, user_ids=user_ids, moved_to=moved_to, by_id=0, today=today
    )
    found.left_out.extend(seen.left_out)
    found.given.extend(
        Candidate(one.user_id, one.public_id, one.name, one.record_id, one.moved_from) for one in seen.moves
    )


def batch_of(kind: str, batch: UUID) -> QuerySet[Any]:
    """What was asked for together, by name."""
    rows = asked(kind).filter(batch=batch)
    return rows.order_by("user__family_name", "user__given_name", "user_id")


def one_a_batch(rows: QuerySet[Any]) -> QuerySet[Any]:
    """These requests, of those asked for together one for each decision; `also` says how many more there are."""
    same = rows.model.objects.filter(batch=OuterRef("batch"), state=OuterRef("state"))
    within = same.filter(pk__in=rows.order_by().values("pk"))
    others = within.order_by().values("batch").annotate(n=Count("pk")).values("n")
    lead = Q(batch__isnull=True) | ~Exists(within.filter(pk__lt=OuterRef("pk")))
    found: QuerySet[Any] = rows.filter(lead).annotate(also=Subquery(others, output_field=IntegerField()) - 1)
    return found


def can_be_undone(request: Any, at: datetime) -> bool:
    """Whether an extension given with others can still be taken back: for a day."""
    is_given = request.state == RequestState.APPROVED and request.batch is not None
    return bool(is_given and request.undone_at is None and at - request.decided_at <= UNDO)
