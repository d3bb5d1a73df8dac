"""What turning a requirement on, or changing it, would do: in numbers, in dates, and person by person."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from compliance.core import byhand
from compliance.core.milestones import DateField, FirstSignIn
from compliance.core.plan import Decision, Outcome, Plan, decide, mails_by_day
from compliance.core.reasons import Part, grouped
from compliance.core.terms import Cause, Fact
from compliance.requirements import facts, rules
from compliance.requirements.enums import DueFrom
from compliance.requirements.models import Requirement
from compliance.requirements.queries.above import told_by_day
from compliance.requirements.queries.examples import Example, examples
from compliance.requirements.queries.passes import passes_of
from compliance.requirements.queries.plans import Planned, plan_for_everyone, with_names

MAIL_DAYS = 30
_SHOWN = (
    Outcome.WITHDRAW,
    Outcome.ASSIGN,
    Outcome.WAIT,
    Outcome.LATER,
    Outcome.CREDIT,
    Outcome.KEEP,
)


@dataclass(frozen=True, slots=True)
class Affected:
    """One person the requirement reaches. `starts_on` is set for those it reaches later."""

    user_id: int
    name: str
    email: str
    outcome: Outcome
    due_on: date | None
    starts_on: date | None
    credited_on: date | None
    is_adjusted: bool
    is_away: bool
    why: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class DueDay:
    """How many people are due on one day; `last_on` differs from `first_on` when days are drawn together."""

    first_on: date
    last_on: date
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The numbers and the people. `affected` is everyone the requirement touches, those to do first.

    `waiting_count` get it without a due date until they complete another requirement, and `never_count` of them are not
    asked for that one; or until the field called `waits_for_field` names a day; or until they
    first sign in.
    """

    today: date
    new_count: int
    credited_count: int
    kept_count: int
    later_count: int
    later_from: date | None
    withdrawn_count: int
    away_count: int
    adjusted_count: int
    waiting_count: int
    never_count: int
    waits_for_field: str
    waits_for_sign_in: bool
    due_days: list[DueDay]
    mail_count: int
    mail_peak_on: date | None
    mail_peak_count: int
    told_above_count: int
    affected: list[Affected]
    examples: list[Example]
    fingerprint: str

    @property
    def now_count(self) -> int:
        """Everyone who has it from today on."""
        return self.new_count + self.credited_count + self.kept_count + self.waiting_count


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happens to one person and why, test by test, in the groups of the rule."""

    name: str
    email: str
    parts: tuple[Part, ...]
    decision: Decision
    mail_days: list[date]


def preview(requirement: Requirement, today: date) -> Preview:
    """What the requirement, as it stands (saved or not), would do on that day of the tenant.

    A constant number of statements. The fingerprint covers every person, every date and all that was decided.
    """
    planned = plan_for_everyone(requirement, today)
    made = planned.plan
    mails = mails_by_day(made, requirement.ladder, today, MAIL_DAYS)
    peak_on = max(mails, key=lambda day: (mails[day], -day.toordinal()), default=None)
    later = made.of(Outcome.LATER)
    present = made.of(Outcome.ASSIGN, Outcome.CREDIT, Outcome.KEEP, Outcome.WAIT)
    waiting, terms = made.of(Outcome.WAIT), requirement.terms
    return Preview(
        today=today,
        new_count=made.count(Outcome.ASSIGN),
        credited_count=made.count(Outcome.CREDIT),
        kept_count=made.count(Outcome.KEEP),
        later_count=len(later),
        later_from=min((each.on for each in later if each.on is not None), default=None),
        withdrawn_count=made.count(Outcome.WITHDRAW),
        away_count=sum(each.paused_by is Cause.LEAVE for each in present),
        adjusted_count=sum(each.is_adjusted for each in made.of(Outcome.ASSIGN)),
        waiting_count=len(waiting),
        never_count=_never_count(requirement, waiting),
        waits_for_field=terms.waits_for.title if isinstance(terms.waits_for, DateField) else "",
        waits_for_sign_in=isinstance(terms.waits_for, FirstSignIn),
        due_days=_due_days(made.of(Outcome.ASSIGN, Outcome.LATER)),
        mail_count=mails.total(),
        mail_peak_on=peak_on,
        mail_peak_count=mails[peak_on] if peak_on else 0,
        told_above_count=told_by_day(requirement, made, today, MAIL_DAYS).total(),
        affected=_affected(planned, facts.names(requirement.rule.audience)),
        examples=examples(planned, terms, today),
        fingerprint=_fingerprint(requirement, made.fingerprint),
    )


def explain(requirement: Requirement, user_id: int, today: date) -> Explanation | None:
    """What the requirement would do to one person; None when there is no such person."""
    population = facts.population(requirement, facts.roster(user_ids=[user_id]))
    if not population.people:
        return None
    person, named = population.people[0], population.names[user_id]
    holds = user_id in facts.holders(requirement, [user_id])
    done = passes_of(requirement, [user_id]).get(user_id, [])
    decision = decide(requirement.rule, person, holds, done, today)
    on = decision.on if decision.outcome is Outcome.LATER and decision.on else today
    rule = requirement.rule.audience
    names = facts.names(rule, people=[person])
    parts = grouped(rule, facts.told(byhand.explain(rule, person, on), names))
    mail_days = sorted(mails_by_day(Plan((decision,)), requirement.ladder, today, days=366))
    return Explanation(named.name, named.email, parts, with_names(decision, names), mail_days)


def affected_row(decision: Decision, named: facts.Named, names: dict[str, str]) -> Affected:
    """One decision as it is shown."""
    return _row(with_names(decision, names), named)


def _affected(planned: Planned, names: dict[str, str]) -> list[Affected]:
    rank = {outcome: place for place, outcome in enumerate(_SHOWN)}
    rows = [
        _row(with_names(each, names), planned.names[each.person_id])
        for each in planned.plan.decisions
        if each.outcome is not Outcome.OUT
    ]
    return sorted(rows, key=lambda row: (rank[row.outcome], row.due_on or date.max, row.name, row.user_id))


def _row(decision: Decision, named: facts.Named) -> Affected:
    return Affected(
        user_id=decision.person_id,
        name=named.name,
        email=named.email,
        outcome=decision.outcome,
        due_on=decision.dates.due_on if decision.dates and decision.credit is None else None,
        starts_on=decision.on if decision.outcome is Outcome.LATER else None,
        credited_on=decision.credit.on if decision.credit else None,
        is_adjusted=decision.is_adjusted,
        is_away=decision.paused_by is Cause.LEAVE,
        why=decision.because,
    )


def _never_count(requirement: Requirement, waiting: Iterable[Decision]) -> int:
    """How many of those who wait do not have the requirement that they wait for."""
    if requirement.due_from != DueFrom.COMPLETION or requirement.due_after is None:
        return 0
    return len({each.person_id for each in waiting} - facts.holders(requirement.due_after))


def _due_days(decisions: tuple[Decision, ...]) -> list[DueDay]:
    """People by due date; by month when there are more dates than a reader would take in."""
    days = Counter(each.dates.due_on for each in decisions if each.dates is not None and each.credit is None)
    if len(days) <= 8:
        return [DueDay(day, day, days[day]) for day in sorted(days)]
    months: Counter[date] = Counter()
    for day, count in days.items():
        months[day.replace(day=1)] += count
    return [DueDay(first, _month_end(first), months[first]) for first in sorted(months)]


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _fingerprint(requirement: Requirement, of_plan: str) -> str:
    """Covers the plan and everything that was decided, reminders too."""
    content = json.dumps(rules.content_of(requirement), sort_keys=True)
    return hashlib.sha256(f"{of_plan}\n{content}".encode()).hexdigest()
