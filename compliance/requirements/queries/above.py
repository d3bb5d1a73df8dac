"""Who above people is told that something is late: the rungs of requirements, with the people who stand there."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from compliance.core import escalation
from compliance.core.days import rolled
from compliance.core.escalation import Above, Reached, Told, climb
from compliance.core.plan import Outcome, Plan
from compliance.core.terms import Calendar, Roll
from compliance.requirements.models import Requirement, working_calendar
from lms.people import queries as people

_TOLD = {"told", "nobody"}


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

    Of whom the plan gives it to, and of whom has it already: rungs that they passed before are told of on the first
    working day, the highest only, unless that was told. By the superiors of today; six statements, none without rungs.
    """
    rungs, last = requirement.escalation, today + timedelta(days=days - 1)
    if not rungs:
        return Counter()
    calendar = working_calendar()
    reached = list[tuple[int, str, date]]()
    for decision in planned.of(Outcome.ASSIGN, Outcome.LATER):
        made = decision.dates
        if made is not None and decision.credit is None and decision.paused_by is None:
            steps = climb(made.due_on, made.window_opens_on, rungs)
            reached += [(decision.person_id, step.to, on) for on, step in _sent(steps, today, calendar)]
    kept = {each.person_id for each in planned.of(Outcome.KEEP) if each.paused_by is None}
    for user_id, due_on, opens_on, kept_rungs in _open_cycles(requirement, kept):
        coming = _sent(climb(due_on, opens_on, rungs), today, calendar)
        reached += [(user_id, step.to, on) for on, step in coming if not _is_over(step, kept_rungs)]
    reached = [each for each in reached if today <= each[2] <= last]
    if not reached:
        return Counter()
    key = requirement.pk or 0
    chain = Chain({user_id for user_id, _to, _on in reached}, today, {key: requirement.owner_id})
    letters = {(on, told) for user_id, to, on in reached for told in chain.whom(user_id, to, key).people}
    return Counter(on for on, _told in letters)


def _sent(steps: Iterable[Reached], first: date, calendar: Calendar) -> list[tuple[date, Reached]]:
    """The rungs of one cycle, the lowest first, with the day on which each leaves: of one such day the highest only."""
    by_day: dict[date, Reached] = {}
    for step in steps:
        on = max(step.on, first)
        by_day[rolled(on, Roll.LATER, calendar, on)] = step
    return list(by_day.items())


def _is_over(step: Reached, kept: Mapping[int, tuple[str, date]]) -> bool:
    """Whether it was told or is no longer needed; one that was passed over is reached anew if the due date moved."""
    state, planned_on = kept.get(step.days, ("planned", step.on))
    is_anew = state == "superseded" and planned_on < step.on
    return state != "planned" and not (
        is_anew and not any(days > step.days and was in _TOLD for days, (was, _on) in kept.items())
    )


def _open_cycles(
    requirement: Requirement, user_ids: Collection[int]
) -> list[tuple[int, date, date, dict[int, tuple[str, date]]]]:
    """(person, due, since when it is open, what became of its rungs and when) of these people; one statement.

    The rows belong to `records` and `reminders`; they are reached through the relations.
    """
    if requirement._state.adding or not user_ids:
        return []
    rows = requirement.records.filter(
        user_id__in=user_ids, completed_at__isnull=True, closed_at__isnull=True, assignment__status="active"
    )
    rung = ("escalations__days", "escalations__state", "escalations__planned_on")
    columns = ("pk", "user_id", "due_on", "window_opens_on", "assignment__assigned_on", *rung)
    found: dict[int, tuple[int, date, date, dict[int, tuple[str, date]]]] = {}
    for key, user_id, due_on, opens_on, assigned_on, days, state, on in rows.values_list(*columns):
        kept = found.setdefault(key, (user_id, due_on, max(opens_on, assigned_on), {}))[3]
        if days is not None:
            kept[days] = state, on
    return list(found.values())
