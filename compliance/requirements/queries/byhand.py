"""People named by hand: who they are, what naming more would do, and on which days that begins or ends to hold."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.core.namings import Naming
from compliance.core.plan import Outcome, Plan, decide, mails_by_day
from compliance.requirements import facts
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Individual, Requirement
from compliance.requirements.queries.plans import plan_for
from compliance.requirements.queries.previews import MAIL_DAYS, Affected, affected_row

_DAY = timedelta(days=1)
_Change: TypeAlias = Callable[[tuple[Naming, ...]], tuple[Naming, ...]]


def ever_named(user_ids: Collection[int]) -> set[int]:
    """Who of these people was ever named by hand; one statement."""
    return {*Individual.objects.filter(user_id__in=list(user_ids)).values_list("user_id", flat=True)}


def owning(user_ids: Collection[int]) -> set[int]:
    """Who of these people owns a requirement; one statement."""
    owned = Requirement.objects.filter(owner_id__in=list(user_ids))
    return {pk for pk in owned.values_list("owner_id", flat=True) if pk is not None}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a naming does to one person. `is_changed`: something else happens than would without it."""

    row: Affected
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """What naming some people would do on a day; `fingerprint` covers every person and every date of it."""

    rows: list[Consequence]
    gets_count: int
    loses_count: int
    same_count: int
    mail_count: int
    fingerprint: str


def individuals(requirement: Requirement) -> QuerySet[Individual]:
    """Everybody who is or was named by hand, the newest first."""
    found: QuerySet[Individual] = requirement.individuals.select_related("user", "by", "ended_by").order_by(
        "-starts_on", "-pk"
    )
    return found


def holding(requirement: Requirement, today: date) -> QuerySet[Individual]:
    """Those that hold on that day, or will."""
    over = Q(ended_on__lte=today) | Q(ended_on__isnull=True, ends_on__lt=today)
    return individuals(requirement).exclude(over)


def individual_by(requirement: Requirement, public_id: UUID) -> Individual | None:
    """One of a requirement."""
    return individuals(requirement).filter(public_id=public_id).first()


def consequences(
    requirement: Requirement, user_ids: Collection[int], naming: Naming, today: date
) -> Consequences:
    """What `naming` these people would do, by the engine itself; those whose lot changes come first."""
    return _compared(requirement, user_ids, today, lambda before: (*before, naming), repr(naming))


def consequences_of_ending(individual: Individual, today: date) -> Consequences:
    """What ending one on that day would do."""
    ended = replace(individual.named, returns_on=max(today, individual.starts_on))
    others = tuple(
        each.named
        for each in individuals(individual.requirement).filter(user_id=individual.user_id)
        if each.pk != individual.pk
    )
    return _compared(
        individual.requirement, [individual.user_id], today, lambda _before: (*others, ended), repr(ended)
    )


def naming_days(first: date, last: date) -> set[date]:
    """The days from `first` to `last`, both included, on which a naming begins to hold or no longer does."""
    live = Individual.objects.filter(requirement__state=RequirementState.ACTIVE)
    starts = live.filter(starts_on__range=(first, last)).values_list("starts_on", flat=True)
    ended = live.filter(ended_on__range=(first, last)).values_list("ended_on", flat=True)
    over = live.filter(ended_on__isnull=True, ends_on__range=(first - _DAY, last - _DAY))
    days = {*starts, *(on for on in ended if on is not None)}
    return days | {on + _DAY for on in over.values_list("ends_on", flat=True) if on is not None}


def named_by_hand() -> set[int]:
    """Everybody of whom something is or was said by hand for a requirement that is on; one statement."""
    rows = Individual.objects.filter(requirement__state=RequirementState.ACTIVE)
    return {*rows.values_list("user_id", flat=True)}


def named_people(on: date) -> set[int]:
    """For whom a naming begins to hold on that day, or no longer does."""
    turns = Q(starts_on=on) | Q(ended_on=on) | Q(ended_on__isnull=True, ends_on=on - _DAY)
    live = Individual.objects.filter(turns, requirement__state=RequirementState.ACTIVE)
    return {*live.values_list("user_id", flat=True)}


def _compared(
    requirement: Requirement, user_ids: Collection[int], today: date, change: _Change, what: str
) -> Consequences:
    planned = plan_for(requirement, facts.roster(user_ids=user_ids), today)
    held = facts.holders(requirement, user_ids)
    names = facts.names(requirement.rule.audience)
    before = {each.person_id: each for each in planned.plan.decisions}
    after = [
        decide(
            requirement.rule,
            replace(person, by_hand=change(person.by_hand)),
            person.id in held,
            planned.passes.get(person.id, ()),
            today,
        )
        for person in planned.people.values()
    ]
    rows = [
        Consequence(
            affected_row(each, planned.names[each.person_id], names),
            (each.outcome, each.dates, each.on) != (was.outcome, was.dates, was.on),
        )
        for each in after
        if (was := before[each.person_id])
    ]
    rows.sort(key=lambda each: (not each.is_changed, each.row.name, each.row.user_id))
    changed = [each.row.outcome for each in rows if each.is_changed]
    moved = Plan(tuple(each for each in after if each != before[each.person_id]))
    return Consequences(
        rows=rows,
        gets_count=_count(changed, (Outcome.ASSIGN, Outcome.CREDIT, Outcome.LATER, Outcome.WAIT)),
        loses_count=_count(changed, (Outcome.WITHDRAW, Outcome.OUT)),
        same_count=len(rows) - len(changed),
        mail_count=mails_by_day(moved, requirement.ladder, today, MAIL_DAYS).total(),
        fingerprint=_fingerprint(requirement, sorted(user_ids), rows, what),
    )


def _count(outcomes: Iterable[Outcome], wanted: tuple[Outcome, ...]) -> int:
    return sum(outcome in wanted for outcome in outcomes)


def _fingerprint(requirement: Requirement, user_ids: list[int], rows: list[Consequence], what: str) -> str:
    lines = sorted(
        [each.row.user_id, each.row.outcome.value, str(each.row.due_on), str(each.row.starts_on)]
        for each in rows
    )
    content = json.dumps([requirement.pk, user_ids, lines, what])
    return hashlib.sha256(content.encode()).hexdigest()
