"""The difference a change would make on a day, worked out by the engine: who, with which dates."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from compliance.changes.enums import Effect, Kind
from compliance.changes.models import Change
from compliance.core import answered, audience, outlook
from compliance.core import change as core
from compliance.core.change import Line, Reach
from compliance.core.holding import Due
from compliance.core.plan import Decision, Outcome, Rule, decide, end_of_waiting
from compliance.core.terms import Absence, Cause, Completion, Person
from compliance.records import queries as records
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.people import queries as people

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

# How many people are looked at in one go: that is seconds, so that whoever waits hears how far it is.
BATCH = 500
_GETS = frozenset({Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT})
# The state that each kind of change leads to; None: it stays.
LEADS_TO: dict[str, RequirementState | None] = {
    Kind.EDIT: None,
    Kind.TURN_ON: RequirementState.ACTIVE,
    Kind.RESUME: RequirementState.ACTIVE,
    Kind.PAUSE: RequirementState.PAUSED,
    Kind.RETIRE: RequirementState.RETIRED,
}
# While what it asks for cannot be put away.
_ASKING = {RequirementState.DRAFT, RequirementState.ACTIVE, RequirementState.PAUSED}


# What people did that could count: by what it says before (None: they would have lost it, or it is not on), and after.
_Passes: TypeAlias = "tuple[dict[int, list[Completion]] | None, dict[int, list[Completion]]]"


@dataclass(frozen=True, slots=True)
class Difference:
    """Everybody whom the change concerns, with the rows they have now; by person."""

    lines: list[Line]
    held: dict[int, records.Held]
    fingerprint: str

    def mails(self, today: date) -> tuple[int, int, int]:
        """Mails about it in the stretch ahead, in that stretch without the change, and on `today`."""
        before, after = core.mail_days(self.lines)
        return after.total(), before.total(), after[today]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The requirement before and after, and what people have of it."""

    before: "Requirement"
    after: "Requirement"
    old_rule: Rule
    rule: Rule
    held: dict[int, records.Held]
    today: date
    reach: Reach
    is_resuming: bool
    rested_since: date | None
    undone: "_Undone"
    look: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Undone:
    """What an undone change left behind: who lost it, which dates it moved (by cycle), and since when."""

    gone: dict[int, records.Held]
    shifts: dict[int, Due]
    since: datetime | None = None
    added: frozenset[int] = frozenset()


def difference(made: Change, today: date, look: Callable[[int], None] = lambda _count: None) -> Difference:
    """What the change would do on that day of the tenant; writes nothing.

    The requirement is taken as it is now. A change of one that rests concerns nobody yet. `look` is called now and then
    with the number of people that were looked at so far.
    """
    sides = _sides(made, today, look)
    lines = sorted(_lines(sides), key=lambda line: line.person_id)
    decided = {
        "kind": made.kind,
        "reach": made.reach,
        "content": made.content,
        "state": sides.after.state,
        "from": [sides.before.state, sides.before.number],
    }
    if made.takes_effect_on is not None:
        decided["on"] = made.takes_effect_on.isoformat()
    held = sides.held | {key: row for key, row in sides.undone.gone.items() if key not in sides.held}
    return Difference(lines, held, core.fingerprint(lines, decided))


def state_after(made: Change) -> RequirementState:
    """The state in which the change leaves the requirement."""
    if made.undoes is not None:
        return RequirementState(made.undoes.before["state"])
    return LEADS_TO[made.kind] or RequirementState(made.requirement.state)


def people_to_look_at(made: Change) -> int:
    """How many people the engine has to look at to say what the change does; one statement.

    Where a plan is made that is everybody: the engine says of each whether, when and why. Else whoever has it.
    """
    if state_after(made) == RequirementState.ACTIVE:
        return people.count_all()
    return len(records.holder_ids(made.requirement_id))


def put_away_meanwhile(made: Change) -> list[str]:
    """The names of groups and fields that it would ask for, that nothing asks for now, and that were put away since."""
    if state_after(made) not in _ASKING:
        return []
    requirement = made.requirement
    known = requirements.put_away(requirement.rule.audience) if requirement.state in _ASKING else []
    asked = requirements.put_away(audience.parse(made.content["audience"]))
    return [name for name in asked if name not in known]


def _sides(made: Change, today: date, look: Callable[[int], None]) -> _Sides:
    before = made.requirement
    after = requirements.proposed(before, made.content)
    after.state = state_after(made)
    is_resuming = before.state == RequirementState.PAUSED and after.state == RequirementState.ACTIVE
    # A rest that is undone has never been.
    rests = before.pauses.filter(resumes_on__isnull=True) if is_resuming and made.undoes is None else None
    return _Sides(
        before=before,
        after=after,
        old_rule=before.rule,
        rule=after.rule,
        held=_holdings(before.pk),
        today=today,
        reach=Reach(made.reach),
        is_resuming=is_resuming,
        rested_since=rests.values_list("starts_on", flat=True).first() if rests is not None else None,
        undone=_undone(made),
        look=look,
    )


def _holdings(requirement_id: int) -> dict[int, records.Held]:
    ids = records.holder_ids(requirement_id)
    held: dict[int, records.Held] = {}
    for start in range(0, len(ids), BATCH):
        held |= records.holdings(requirement_id, ids[start : start + BATCH])
    return held


def _undone(made: Change) -> _Undone:
    undone = made.undoes
    if undone is None or undone.made_at is None:
        return _Undone({}, {})
    dropped = undone.lines.filter(effect=Effect.DROP).exclude(difference="gone")
    gone = records.withdrawn_since(
        undone.requirement_id, dropped.values_list("user_id", flat=True), undone.made_at
    )
    same = set(dropped.values_list("assignment_id", flat=True))
    added = undone.lines.filter(effect__in=(Effect.ADD, Effect.CREDIT)).exclude(difference="gone")
    return _Undone(
        {key: row for key, row in gone.items() if row.assignment_id in same},
        records.shifts_of(undone.public_id),
        undone.made_at,
        frozenset(added.values_list("user_id", flat=True)),
    )


def _lines(sides: _Sides) -> Iterable[Line]:
    before, after = sides.before.state, sides.after.state
    if after == RequirementState.ACTIVE:
        return _planned(sides)
    if after == RequirementState.PAUSED and before == RequirementState.ACTIVE:
        return _resting(sides)
    if after == RequirementState.PAUSED and before == RequirementState.RETIRED:
        return [Line(key, core.Effect.RESTORE) for key in sides.undone.gone]
    if after in {RequirementState.RETIRED, RequirementState.DRAFT} and before != RequirementState.DRAFT:
        return [
            line
            for key, row in sides.held.items()
            if (line := _lost(sides, Person(key, ()), row)) is not None
        ]
    return []


def _lost(sides: _Sides, person: Person, row: records.Held, before: Decision | None = None) -> Line | None:
    return core.lost(before, person, row.holding, (sides.old_rule.terms, sides.before.ladder), sides.today)


def _resting(sides: _Sides) -> Iterator[Line]:
    """Everybody for whom it rests; whoever got it only by the change that is undone loses it."""
    for key, row in sides.held.items():
        line = _lost(sides, Person(key, ()), row)
        if line is not None:
            yield line if key in sides.undone.added else replace(line, effect=core.Effect.REST)


def _planned(sides: _Sides) -> Iterator[Line]:
    """Each person is decided alone, so parts of the population give the same lines as the whole."""
    count = 0
    for rows in _parts():
        yield from _planned_of(sides, rows)
        count += len(rows)
        sides.look(count)


def _parts() -> Iterator[requirements.Roster]:
    last = 0
    while rows := requirements.roster(after_id=last, limit=BATCH):
        yield rows
        if len(rows) < BATCH:
            return
        last = rows[-1].user_id


def _planned_of(sides: _Sides, rows: requirements.Roster) -> Iterator[Line]:
    old: dict[int, Decision] = {}
    passes: dict[int, list[Completion]] | None = None
    if sides.before.state == RequirementState.ACTIVE:
        planned = requirements.plan_for(sides.before, rows, sides.today)
        old, passes = {each.person_id: each for each in planned.plan.decisions}, planned.passes
    new = requirements.plan_for(sides.after, rows, sides.today)
    for decision in new.plan.decisions:
        key = decision.person_id
        row, person = sides.held.get(key), new.people[key]
        line: Line | None
        if decision.outcome is Outcome.WITHDRAW and row is not None:
            line = _lost(sides, person, row, old.get(key))
        elif key in sides.undone.added and row is not None and _only_by_it(sides, person, new):
            line = _lost(sides, person, row)
        elif decision.outcome is Outcome.KEEP and row is not None:
            was = old.get(key)
            keeps = was is not None and was.outcome is Outcome.KEEP
            line = _kept(sides, row, person, (passes if keeps else None, new.passes))
        elif key in sides.undone.gone and decision.outcome in _GETS:
            line = _given_back(sides, person, sides.undone.gone[key])
        else:
            line = _gained(sides, person, old.get(key), decision)
        if (line := outlook.onward(sides.rule, person, line, sides.today)) is not None:
            yield line


def _given_back(sides: _Sides, person: Person, gone: records.Held) -> Line:
    """Somebody who lost it by the undone change has it back, with its dates."""
    terms, steps = sides.rule.terms, sides.after.ladder
    due = core.due_now(terms, person, gone.holding)
    mails = core.mails_of((terms, steps), person, gone.holding, due, today=sides.today)
    due_on = due.due_on if due else None
    return Line(person.id, core.Effect.RESTORE, (None, due_on), mails=(frozenset(), mails))


def _only_by_it(sides: _Sides, person: Person, new: requirements.Planned) -> bool:
    """Whether somebody who got it by the undone change would not have it yet without."""
    without = decide(sides.rule, person, False, new.passes.get(person.id, ()), sides.today)
    return without.outcome not in _GETS


def _gained(sides: _Sides, person: Person, before: Decision | None, after: Decision) -> Line | None:
    return core.gained(
        sides.rule.terms,
        person,
        before=before,
        after=after,
        steps=sides.after.ladder,
        today=sides.today,
    )


def _kept(sides: _Sides, row: records.Held, person: Person, passes: _Passes) -> Line | None:
    held, terms = row.holding, sides.rule.terms
    due_on = held.cycle.due_on if held.cycle else None
    if _opened_by_it(sides, row, person):
        return Line(person.id, core.Effect.CLOSE, (due_on, None))
    if sides.rested_since is not None and sides.rested_since < sides.today:
        rest = Absence(sides.rested_since, sides.today, Cause.PAUSE)
        person = replace(person, absences=(*person.absences, rest))
    returned = sides.undone.shifts.get(row.record_id) if row.record_id is not None else None
    old = (sides.old_rule.terms, sides.before.ladder)
    if settled := _settled(sides, row, person, passes):
        return settled
    line = core.kept(
        old=old,
        rule=sides.rule,
        steps=sides.after.ladder,
        person=person,
        held=held,
        reach=sides.reach,
        today=sides.today,
        returned=returned,
    )
    if not sides.is_resuming:
        return line
    due = core.due_now(terms, person, held)
    said = core.told_of(person, held, due, sides.before.ladder, sides.today)
    mails = core.mails_of((terms, sides.after.ladder), person, held, due, today=sides.today, said=said)
    line = replace(line or Line(person.id, core.Effect.RESUME), mails=(frozenset(), mails))
    return replace(line, effect=core.Effect.RESUME, due=(due_on, due.due_on if due else None))


def _settled(sides: _Sides, row: records.Held, person: Person, passes: _Passes) -> Line | None:
    old, new = passes
    after = answered.Side(sides.rule, sides.after.ladder, person, new.get(person.id, ()))
    before = None
    if old is not None:
        before = answered.Side(sides.old_rule, sides.before.ladder, person, old.get(person.id, ()))
    return answered.line(before, after, row.holding, sides.today)


def _opened_by_it(sides: _Sides, row: records.Held, person: Person) -> bool:
    """Whether the open cycle is one that only the undone change let open already: a renewal, or the end of a wait."""
    held, since = row.holding, sides.undone.since
    if since is None or row.opened_at is None or row.opened_at < since:
        return False
    if held.last is None and held.waited and row.begun_at is not None and row.begun_at >= since:
        return end_of_waiting(sides.rule, person, held.assigned_on, (), sides.today) is None
    if held.last is None or held.keeps_date:
        return False
    following = core.following_of(sides.rule.terms, held.last)
    return following is None or following.window_opens_on > sides.today
