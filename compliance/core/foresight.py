"""What will become of one person: the daily turns of years, on facts alone, in no time.

The same judges as the real turns: `plan.decide`, `dates`, `ladder` and `standing_of`. Only days on which something can
happen are visited. What cannot be known (who is hired next, who passes early) does not happen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from . import dates, history, ladder, plan, satisfiers, triggers, waivers
from .duties import (
    ASSIGNED,
    COMPLETED,
    CREDITED,
    FELL_DUE,
    MAIL,
    NOTICE,
    OPENED,
    WITHDRAWN,
    Duty,
    Event,
    Habits,
    Held,
    StepKey,
)
from .standing import standing_of
from .states import State, in_order
from .terms import Completion, CycleDates, CycleFacts, Status, Validity
from .visits import Visits, turning_days

_DAY = timedelta(days=1)
__all__ = [
    "ASSIGNED",
    "COMPLETED",
    "CREDITED",
    "FELL_DUE",
    "MAIL",
    "NOTICE",
    "OPENED",
    "WITHDRAWN",
    "Duty",
    "Event",
    "Habits",
    "Held",
    "StepKey",
    "foresee",
    "turning_days",
]


def foresee(duties: Sequence[Duty], first: date, last: date, habits: Habits) -> list[Event]:
    """Everything that happens to one person from `first` to `last`, both included, in order.

    `duties` hold all that the person has or may get, so that one pass can answer several of them.
    """
    states = in_order([begin(duty) for duty in duties])
    calendar = Visits(last)
    events: list[Event] = []
    yesterday = first - _DAY
    calendar.add([first, *(day for state in states for day in state.turning)], yesterday)
    for state in states:
        state.status = _status(state, yesterday)
    for day in calendar:
        for state in states:
            state.learn(states)
            if day == first or day in state.turning:
                reconcile(state, day, events)
        _finish_and_open_all(states, day, events)
        _say(states, day, habits, calendar, events)
        if habits.done_before is not None:
            _study(states, day, first, habits.done_before, events)
        for state in states:
            _judge(state, day, events)
            calendar.add(_next_days(state, day, first, habits), day)
    return events


def begin(duty: Duty) -> State:
    """The duty as it stands before the first day."""
    held, turning = duty.held, turning_days(duty)
    state = State(duty, list(duty.completions), turning)
    if held is None:
        return state
    state.assigned_on, state.is_waiting, state.numbered = held.assigned_on, held.is_waiting, held.numbered
    state.finished = [cycle for cycle in held.cycles if cycle.completed_on is not None]
    state.open = next((cycle for cycle in held.cycles if cycle.completed_on is None), None)
    state.original_due_on, state.anchored_on = held.original_due_on, held.anchored_on
    state.said, state.waiting, state.taken = set(held.said), set(held.waiting), set(held.counted)
    return state


def reconcile(state: State, day: date, events: list[Event]) -> None:
    """The turn of the records: has it, gets it, loses it, rests."""
    duty = state.duty
    decision = plan.decide(duty.rule, duty.person, state.assigned_on is not None, state.done_by(day), day)
    match decision.outcome:
        case plan.Outcome.ASSIGN | plan.Outcome.CREDIT:
            _assign(state, decision, day)
            is_new = decision.outcome is plan.Outcome.ASSIGN
            events.append(Event(day, ASSIGNED if is_new else CREDITED, duty.key))
        case plan.Outcome.WAIT:
            _keep_past(state, decision)
            state.assigned_on, state.is_waiting = day, True
            state.is_paused = decision.paused_by is not None
            events.append(Event(day, ASSIGNED, duty.key))
        case plan.Outcome.WITHDRAW:
            state.clear()
            events.append(Event(day, WITHDRAWN, duty.key))
        case plan.Outcome.KEEP:
            state.is_paused = decision.paused_by is not None
            credit_late(state, day, events)
            _move(state)
        case _:
            pass


def _assign(state: State, decision: plan.Decision, day: date) -> None:
    if decision.dates is None:
        raise AssertionError("A plan that assigns without dates is a mistake in the engine.")
    made, before = decision.dates, max(len(state.finished), state.numbered)
    _keep_past(state, decision)
    cycle = _cycle(before + decision.cycle, made)
    state.assigned_on, state.original_due_on = state.assigned_on or day, made.original_due_on
    state.is_paused = decision.paused_by is not None
    if decision.credit is None or decision.validity is None:
        state.open = cycle
        return
    _finish(state, cycle, decision.credit, decision.validity)


def _keep_past(state: State, decision: plan.Decision) -> None:
    for number, done in enumerate(decision.past, start=len(state.finished) + 1):
        _finish(state, _cycle(number, done.cycle), done.completion, done.validity)


def _stop_waiting(state: State, day: date, events: list[Event]) -> bool:
    """The first cycle of who waited, if what its due date is counted from is known; whether something happened."""
    duty = state.duty
    if state.assigned_on is None:
        return False
    found = plan.end_of_waiting(duty.rule, duty.person, state.assigned_on, state.done_by(day), day)
    if found is None:
        return False
    state.is_waiting = False
    _assign(state, found, day)
    events.append(Event(day, OPENED if found.credit is None else CREDITED, duty.key))
    return True


def _finish_and_open_all(states: Sequence[State], day: date, events: list[Event]) -> None:
    for state in states:
        state.learn(states)
        finish_and_open(state, day, events)


def credit_late(state: State, day: date, events: list[Event]) -> None:
    """What was passed before, and is recognised only now, answers a first cycle."""
    duty = state.duty
    if state.open is None or state.open.number != 1 or state.open.trigger is not None:
        return
    found = plan.late_answer(duty.rule, duty.person, state.done_by(day), state.open.window_opens_on)
    if found is not None:
        _finish(state, state.open, found.completion, found.validity)
        events.append(Event(day, CREDITED, duty.key))


def _move(state: State) -> None:
    """An open due date is computed anew from the original one."""
    cycle, duty = state.open, state.duty
    if cycle is None or state.original_due_on is None:
        return
    moved = dates.after_absences(duty.rule.terms, state.original_due_on, duty.person.absences)
    due_on = max(moved, cycle.window_opens_on)
    if due_on != cycle.due_on:
        grace = cycle.grace_ends_on + (due_on - cycle.due_on)
        state.open = replace(cycle, due_on=due_on, grace_ends_on=grace)


def finish_and_open(state: State, day: date, events: list[Event]) -> None:
    """Passes finish open cycles; the next opens when its window has come."""
    while state.assigned_on is not None:
        if state.is_waiting and not _stop_waiting(state, day, events):
            return
        if state.open is None and not _open_next(state, day, events):
            return
        cycle = state.open
        if cycle is None or cycle.window_opens_on > day:
            return
        if cycle.trigger is None and _take_in(state, cycle, day, events):
            continue
        over_on = waivers.ended_within(cycle.window_opens_on, state.duty.person.absences, day)
        last_day = day if over_on is None else over_on - _DAY
        done = [each for each in state.passes if each.on <= last_day]
        first = satisfiers.first_inside(done, state.round, cycle.window_opens_on, taken=state.taken)
        if first is None and over_on is not None:
            _open_fresh(state, cycle, over_on, events)
            continue
        if first is None:
            return
        valid = triggers.validity(state.duty.rule.terms, first, _renewed(state), cycle.trigger)
        _finish(state, cycle, first, valid)
        events.append(Event(day, COMPLETED, state.duty.key))


def _take_in(state: State, cycle: CycleFacts, day: date, events: list[Event]) -> bool:
    """Credits from before the cycle opened; whether they answer it."""
    rule = state.duty.rule
    found = history.take_in(
        rule.terms,
        rule.audience,
        state.duty.person,
        cycle.window_opens_on,
        before=_renewed(state),
        completions=state.done_by(day),
    )
    if not found:
        return False
    kept = state.original_due_on, state.said, state.waiting
    for done in found.past:
        _finish(state, _cycle(cycle.number, done.cycle), done.completion, done.validity)
        cycle = replace(cycle, number=cycle.number + 1)
    if found.answer is None:
        state.open, (state.original_due_on, state.said, state.waiting) = cycle, kept
        return False
    if found.answer.completion.is_history:
        cycle = _cycle(cycle.number, found.answer.cycle)
    _finish(state, cycle, found.answer.completion, found.answer.validity)
    events.append(Event(day, COMPLETED, state.duty.key))
    return True


def _renewed(state: State) -> Validity | None:
    """The validity that the open cycle renews."""
    last = state.finished[-1] if state.finished else None
    if last is None or last.valid_from is None or state.anchored_on is None:
        return None
    return Validity(last.valid_from, last.valid_until, state.anchored_on, last.is_temporary)


def _cycle(number: int, made: CycleDates) -> CycleFacts:
    return CycleFacts(number, made.window_opens_on, made.due_on, made.grace_ends_on)


def _open_fresh(state: State, before: CycleFacts, on: date, events: list[Event]) -> None:
    """A waiver or an exemption has ended: the cycle before is over, and a fresh one opens that day."""
    duty = state.duty
    made = dates.after_waiver(duty.rule.terms, on, state.original_due_on, duty.person.absences)
    state.open = replace(_cycle(before.number + 1, made), trigger=before.trigger)
    state.original_due_on = made.original_due_on
    state.said, state.waiting = set(), set()
    events.append(Event(on, OPENED, duty.key))


def _finish(state: State, cycle: CycleFacts, done: Completion, valid: Validity) -> None:
    state.finished.append(
        replace(
            cycle,
            completed_on=done.on,
            valid_from=valid.valid_from,
            valid_until=valid.valid_until,
            is_temporary=valid.is_temporary,
        )
    )
    state.anchored_on, state.open = valid.anchored_on, None
    state.taken.add(satisfiers.source_of(done))
    if done.credit_id is not None:
        state.counted.add(done.credit_id)
    state.said, state.waiting = set(), set()


def _open_next(state: State, day: date, events: list[Event]) -> bool:
    last = state.finished[-1] if state.finished else None
    terms = state.duty.rule.terms
    if last is None or last.valid_until is None or last.completed_on is None:
        return False
    made = dates.renewal(
        terms,
        last.valid_until,
        last.completed_on,
        state.duty.person.absences,
        is_temporary=last.is_temporary,
    )
    if made.window_opens_on > day:
        return False
    state.open = _cycle(last.number + 1, made)
    state.original_due_on = made.original_due_on
    state.said, state.waiting = set(), set()
    events.append(Event(day, OPENED, state.duty.key))
    return True


def _say(states: Sequence[State], day: date, habits: Habits, calendar: Visits, events: list[Event]) -> None:
    """The turn of the reminders: plan the newest step of each cycle, and gather what waits into one mail."""
    talking = [state for state in states if _may_be_told(state, day)]
    for state in talking:
        reached = [step for step in _ladder(state) if step.on <= day]
        newest = ladder.newest(reached, day)
        if newest is not None and (newest.kind, newest.step) not in state.said:
            state.waiting = {(newest.kind, newest.step)}
        state.said |= {(step.kind, step.step) for step in reached}
    waiting = {key for state in talking for key in state.waiting}
    if not waiting:
        return
    if not habits.is_working_day(day) and not waiting & habits.urgent:
        calendar.add([day + _DAY], day)
        return
    events.append(Event(day, MAIL))
    for state in talking:
        events += [Event(day, NOTICE + kind, state.duty.key) for kind, _step in sorted(state.waiting)]
        state.waiting = set()


def _may_be_told(state: State, day: date) -> bool:
    person = state.duty.person
    return state.is_running and state.open is not None and person.is_active and not person.is_away(day)


def _ladder(state: State) -> tuple[ladder.Step, ...]:
    cycle, steps = state.open, state.duty.steps
    if cycle is None or state.assigned_on is None:
        return ()
    return ladder.ladder(
        cycle=cycle.number,
        assigned_on=state.assigned_on,
        window_opens_on=cycle.window_opens_on,
        due_on=cycle.due_on,
        before=steps.before,
        after_every=steps.after_every,
        after_max=steps.after_max,
    )


def _study(states: Sequence[State], day: date, first: date, before: int, events: list[Event]) -> None:
    """In the afternoon everybody whose day it is passes the course that is offered first."""
    studying = [state for state in states if _study_day(state, first, before) == day]
    # By what they owed in the morning: one pass answers every duty that its course counts for.
    passed = {state.duty.satisfiers.set_for(state.round).courses[0] for state in studying}
    for course_id in sorted(passed):
        for other in states:
            done = other.duty.satisfiers.completion(course_id, day)
            other.passes += [done] if done is not None else []
    _finish_and_open_all(states, day, events)


def _study_day(state: State, first: date, before: int) -> date | None:
    cycle = state.open
    if cycle is None or not state.is_running:
        return None
    wanted = max(cycle.due_on - timedelta(days=before), cycle.window_opens_on, first)
    for absence in sorted(state.duty.person.absences, key=lambda each: each.starts_on):
        if absence.covers(wanted):
            if absence.returns_on is None:
                return None
            wanted = absence.returns_on
    return wanted


def _status(state: State, day: date) -> Status | None:
    if state.assigned_on is None:
        return None
    return _standing(state, day)[0]


def _standing(state: State, day: date) -> tuple[Status, date | None]:
    cycles = [*state.finished, *([state.open] if state.open is not None else [])]
    excused = None if state.is_running else ()
    found = standing_of(cycles, day, excused_because=excused, waits_for=state.waits_for)
    return found.status, found.next_change_on


def _judge(state: State, day: date, events: list[Event]) -> None:
    """What the day makes of the person's standing, and a due date that passes with the cycle open."""
    status = _status(state, day)
    if status is not None and status is not state.status:
        events.append(Event(day, status.value, state.duty.key))
    state.status = status
    if state.is_running and state.open is not None and state.open.due_on == day:
        events.append(Event(day, FELL_DUE, state.duty.key))


def _next_days(state: State, day: date, first: date, habits: Habits) -> set[date]:
    """When this duty is to be looked at again."""
    if state.assigned_on is None:
        return set()
    days: set[date] = {*state.gives_up_on}
    last, terms = (state.finished[-1] if state.finished else None), state.duty.rule.terms
    if state.open is not None:
        days |= {step.on for step in _ladder(state)} | {state.open.due_on, state.open.window_opens_on}
        if habits.done_before is not None:
            study_on = _study_day(state, first, habits.done_before)
            days |= {study_on} if study_on is not None else set()
    elif last is not None and last.valid_until and last.completed_on:
        made = dates.renewal(terms, last.valid_until, last.completed_on, is_temporary=last.is_temporary)
        days.add(made.window_opens_on)
    change_on = _standing(state, day)[1]
    return days if change_on is None else days | {change_on}
