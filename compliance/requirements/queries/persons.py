"""One person as several requirements see them, for pages that explain: as many statements for three as for one."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.apps import apps

from compliance.core import audience, byhand
from compliance.core.milestones import DateField, Other
from compliance.core.namings import Naming
from compliance.core.plan import Rule
from compliance.core.terms import Absence, Calendar, Cause, Fact, Person
from compliance.core.waivers import RequestState
from compliance.requirements import facts
from compliance.requirements.models import Individual, Requirement, RequirementPause, working_calendar


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as one requirement sees them, and what that says now; what is waited for has no name here."""

    rule: Rule
    person: Person

    def means(self, on: date) -> tuple[Fact, ...]:
        """The facts by which the person is meant on that day; empty when they are not."""
        found = byhand.match(self.rule.audience, self.person, on)
        return found.facts if found is not None else ()


def seen_by(requirements: Collection[Requirement], user_id: int) -> dict[int, Seen]:
    """The person as each of these requirements (by id) sees them; a constant number of statements."""
    rows = facts.roster(user_ids=[user_id]) if requirements else []
    if not rows:
        return {}
    ids = [each.pk for each in requirements]
    observes = any(each.observes_calendar for each in requirements)
    calendar = working_calendar() if observes else Calendar()
    rests, excused, by_hand = _rests(ids), _excused(ids, user_id), _by_hand(ids, user_id)
    found = {}
    for each in requirements:
        person = facts.person_of(rows[0], (*excused[each.pk], *rests[each.pk]))
        waits_for = Other(each.due_after_id) if each.due_after_id is not None else None
        field = DateField(each.due_field) if each.due_field else None
        rule = Rule(each.terms_by(calendar, waits_for, field), audience.parse(each.audience))
        found[each.pk] = Seen(rule, replace(person, by_hand=by_hand[each.pk]))
    return found


def _rests(ids: Collection[int]) -> dict[int, tuple[Absence, ...]]:
    found: dict[int, tuple[Absence, ...]] = defaultdict(tuple)
    for row in RequirementPause.objects.filter(requirement_id__in=ids, resumes_on__isnull=False):
        found[row.requirement_id] += (Absence(row.starts_on, row.resumes_on, Cause.PAUSE),)
    return found


def _excused(ids: Collection[int], user_id: int) -> dict[int, tuple[Absence, ...]]:
    """Approved waivers and exemptions. The rows belong to `records`."""
    found: dict[int, tuple[Absence, ...]] = defaultdict(tuple)
    for name in ("Waiver", "Exemption"):
        kind: Any = apps.get_model("records", name)
        for row in kind.objects.filter(requirement_id__in=ids, user_id=user_id, state=RequestState.APPROVED):
            found[row.requirement_id] += (row.days.absence,)
    return found


def _by_hand(ids: Collection[int], user_id: int) -> dict[int, tuple[Naming, ...]]:
    found: dict[int, tuple[Naming, ...]] = defaultdict(tuple)
    rows = Individual.objects.filter(requirement_id__in=ids, user_id=user_id).select_related("by")
    for row in rows.order_by("starts_on", "pk"):
        found[row.requirement_id] += (row.named,)
    return found
