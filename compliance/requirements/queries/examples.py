"""The terms lived through by a few real people, so that whoever writes them sees dates and not lengths."""

from dataclasses import dataclass
from datetime import date

from compliance.core import anchors, dates
from compliance.core.plan import Decision, Outcome
from compliance.core.terms import Completion, Fact, Terms
from compliance.requirements.queries.plans import Planned

EXAMPLES = 3
_SHOWN = (Outcome.ASSIGN, Outcome.WAIT, Outcome.LATER, Outcome.CREDIT, Outcome.KEEP)


@dataclass(frozen=True, slots=True)
class Example:
    """One person's dates: first due (None when it is done, or open with dates that stay), and the round after it.

    `joins_on` is set for whoever is meant later. `done_on` is the due date, the completion that counts already, or
    today for who has it and keeps it; `waits` is who gets it without a due date.
    """

    name: str
    is_done: bool
    waits: bool
    joins_on: date | None
    due_on: date | None
    because: tuple[Fact, ...]
    done_on: date
    valid_until: date | None
    opens_on: date | None
    next_due_on: date | None


def examples(planned: Planned, terms: Terms, today: date) -> list[Example]:
    """Three people whom the terms treat as differently as possible, by id; fewer when fewer are meant."""
    meant = planned.plan.of(*_SHOWN)
    different = list({_kind(each): each for each in reversed(meant)}.values())[::-1]
    different.sort(key=lambda each: _SHOWN.index(each.outcome))
    chosen = different[:EXAMPLES]
    chosen += [each for each in meant if each not in chosen][: EXAMPLES - len(chosen)]
    return [_example(each, planned, terms, today) for each in chosen]


def _kind(decision: Decision) -> tuple[str, ...]:
    facts = dict(decision.because)
    told = ("counted_from", "rolled_from", "moved_from")
    return (
        decision.outcome.value,
        *(facts.get(name, "") if name == told[0] else str(name in facts) for name in told),
    )


def _example(decision: Decision, planned: Planned, terms: Terms, today: date) -> Example:
    is_due = decision.credit is None and decision.dates is not None
    done_on = decision.dates.due_on if is_due and decision.dates else today
    valid = decision.validity or anchors.if_done(
        terms, Completion(done_on), planned.passes.get(decision.person_id, ())
    )
    upcoming = None
    if terms.recurs is not None and valid.valid_until is not None:
        absences = planned.people[decision.person_id].absences
        upcoming = dates.renewal(terms, valid.valid_until, valid.valid_from, absences)
    return Example(
        name=planned.names[decision.person_id].name,
        is_done=decision.credit is not None,
        waits=decision.outcome is not Outcome.KEEP and not is_due and decision.credit is None,
        joins_on=decision.on if decision.outcome is Outcome.LATER else None,
        due_on=done_on if is_due else None,
        because=decision.because,
        done_on=valid.valid_from,
        valid_until=valid.valid_until,
        opens_on=upcoming.window_opens_on if upcoming else None,
        next_due_on=upcoming.due_on if upcoming else None,
    )
