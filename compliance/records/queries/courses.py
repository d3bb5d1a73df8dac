"""The cycles of one person as days: what a picture of the record is drawn from."""

from dataclasses import dataclass, field
from datetime import date

from compliance.core import triggers
from compliance.core.terms import CycleFacts, Trigger
from compliance.records.models import ComplianceRecord
from compliance.records.queries.excuses import excused_days
from compliance.records.queries.obligations import cycle_facts
from tenants import clock


@dataclass(frozen=True, slots=True)
class Round:
    """One cycle. `counts_until` is the last day of its completion: earlier where an event cut it short."""

    facts: CycleFacts
    counts_until: date | None
    was_due_on: date
    closed_on: date | None
    trigger: Trigger | None


@dataclass(slots=True)
class Course:
    """All cycles of one requirement, in order, and the days on which the person was excused from it."""

    title: str
    rounds: list[Round] = field(default_factory=list)
    excused: list[tuple[date, date | None]] = field(default_factory=list)


def courses_of(user_id: int) -> list[Course]:
    """Every requirement a person has or had, by title; three statements."""
    rows = (
        ComplianceRecord.objects.filter(user_id=user_id)
        .select_related("requirement", "event")
        .order_by("requirement__title", "requirement_id", "window_opens_on", "pk")
    )
    found: dict[int, list[ComplianceRecord]] = {}
    for row in rows:
        found.setdefault(row.requirement_id, []).append(row)
    courses = {key: Course(several[0].requirement.title, _rounds(several)) for key, several in found.items()}
    for requirement_id, first, last in excused_days(user_id):
        if requirement_id in courses:
            courses[requirement_id].excused.append((first, last))
    return list(courses.values())


def _rounds(rows: list[ComplianceRecord]) -> list[Round]:
    facts = [cycle_facts(row) for row in rows]
    rounds = []
    for place, row in enumerate(rows):
        later = (facts[after] for after in range(place + 1, len(rows)) if rows[after].closed_at is None)
        rounds.append(
            Round(
                facts[place],
                triggers.counts_until(facts[place], next(later, None)),
                row.original_due_on,
                clock.today(row.closed_at) if row.closed_at is not None else None,
                facts[place].trigger,
            )
        )
    return rounds
