"""Who above people is told that something is late: the rungs of requirements, with the people who stand there."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

from compliance.core import escalation
from compliance.core.escalation import Above, Told, climb, highest
from compliance.core.plan import Outcome, Plan
from compliance.requirements.models import Requirement
from lms.people import queries as people


class Chain:
    """Who stands above some people on one day. What it answers are ids of people who may see the person asked about."""

    def __init__(self, user_ids: Collection[int], today: date, owners: Mapping[int, int | None]) -> None:
        self._found = people.superiors(user_ids, today)
        self._owners = owners

    def whom(self, user_id: int, to: str, requirement_id: int) -> Told:
        """Whom a rung of this requirement that goes `to` tells of this person."""
        owner = self._owners.get(requirement_id)
        above = Above(
            managers=self._found.managers.get(user_id, frozenset()),
            departments=self._found.chains.get(user_id, ()),
            owner=owner if owner in self._found.overseers else None,
            officers=self._found.officers,
        )
        return escalation.whom(to, user_id, above)


def chain_above(user_ids: Collection[int], requirement_ids: Collection[int], today: date) -> Chain:
    """Who stands above these people on that day of the tenant, for these requirements; five statements."""
    owners = dict(Requirement.objects.filter(pk__in=requirement_ids).values_list("pk", "owner_id"))
    return Chain(user_ids, today, owners)


def told_by_day(requirement: Requirement, planned: Plan, today: date, days: int) -> Counter[date]:
    """How many people above are written to on each of the next `days` days, if nobody completes anything.

    Of whom the plan gives it to, and of whom has it already: rungs that they passed before are told of today, the
    highest only, unless that was told. By the superiors of today; five statements, none without rungs.
    """
    rungs, last = requirement.escalation, today + timedelta(days=days - 1)
    if not rungs:
        return Counter()
    reached = list[tuple[int, str, date]]()
    for decision in planned.of(Outcome.ASSIGN, Outcome.LATER):
        made = decision.dates
        if made is not None and decision.credit is None and decision.paused_by is None:
            steps = climb(made.due_on, made.window_opens_on, rungs)
            reached += [(decision.person_id, step.to, step.on) for step in steps]
    kept = {each.person_id for each in planned.of(Outcome.KEEP) if each.paused_by is None}
    for user_id, due_on, opens_on, told in _open_cycles(requirement, kept):
        steps = climb(due_on, opens_on, rungs)
        now = highest(steps, today)
        later = [step for step in steps if step.on > today]
        on_days = [*([replace(now, on=today)] if now is not None else []), *later]
        reached += [(user_id, step.to, step.on) for step in on_days if step.days not in told]
    reached = [each for each in reached if today <= each[2] <= last]
    if not reached:
        return Counter()
    key = requirement.pk or 0
    chain = Chain({user_id for user_id, _to, _on in reached}, today, {key: requirement.owner_id})
    letters = {(on, told) for user_id, to, on in reached for told in chain.whom(user_id, to, key).people}
    return Counter(on for on, _told in letters)


def _open_cycles(
    requirement: Requirement, user_ids: Collection[int]
) -> list[tuple[int, date, date, set[int]]]:
    """(person, due, since when it is open, the rungs that were reached) of these people; one statement.

    The rows belong to `records` and `reminders`; they are reached through the relations.
    """
    if requirement._state.adding or not user_ids:
        return []
    rows = requirement.records.filter(
        user_id__in=user_ids, completed_at__isnull=True, closed_at__isnull=True, assignment__status="active"
    )
    columns = ("pk", "user_id", "due_on", "window_opens_on", "assignment__assigned_on", "escalations__days")
    found: dict[int, tuple[int, date, date, set[int]]] = {}
    for key, user_id, due_on, opens_on, assigned_on, days in rows.values_list(*columns):
        told = found.setdefault(key, (user_id, due_on, max(opens_on, assigned_on), set()))[3]
        told |= {days} - {None}
    return list(found.values())
