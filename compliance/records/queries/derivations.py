"""Why a person has what they have, and why it is due when it is: the stored facts, and what moved the date since.

A constant number of statements, however many requirements a person has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.text import capfirst

from compliance.core import change, derivation
from compliance.core.derivation import Derivation, Mover, Opened, Wish
from compliance.core.terms import CycleDates, CycleFacts, Fact, Terms
from compliance.records.enums import AssignmentStatus, CloseReason, EventOutcome
from compliance.records.models import (
    ComplianceRecord,
    Concern,
    Obligation,
    Revocation,
    Shift,
    TriggeringEvent,
)
from compliance.records.queries.derived_words import counts_texts, date_texts, why_texts
from compliance.records.queries.obligations import cycle_facts, waited_for
from compliance.records.queries.requests import in_force
from compliance.records.queries.words import waiting_text, why_text
from compliance.requirements import queries as requirements
from lms.people import queries as people
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

EXPLAINED = ("requirement__owner", "assignment", "open_record", "done_record__credit", "done_record__event")
"""What has to be read with obligations that are explained."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One obligation explained: facts, and the same sentences for everybody who may see it.

    `first` are the facts that matched when it was assigned, `now` those of today where they say something else. `due`
    is how the open cycle came to its date, `done` how long what was done last counts. `again` says how often it comes
    back, `next` when it does; both as the requirement says now.
    `owner` is the name and address of whoever answers for it.
    """

    assigned_on: date
    first: tuple[Fact, ...]
    now: tuple[Fact, ...] = ()
    due: Derivation | None = None
    done: tuple[Fact, ...] = ()
    again: str = ""
    next: CycleDates | None = None
    owner: tuple[str, str] | None = None

    @property
    def why(self) -> tuple[str, ...]:
        """Why this person has it."""
        return why_texts(self.first, self.now, self.assigned_on)

    @property
    def dates(self) -> tuple[str, ...]:
        """Why it is due when it is; who waits for what it is counted from reads for what."""
        if self.due is not None:
            return date_texts(self.due, self.first)
        text = waiting_text(waited_for(self.first))
        return (f"{text}.",) if text else ()

    @property
    def counts(self) -> tuple[str, ...]:
        """When it was done last, and until when and why that counts."""
        return counts_texts(self.done)


def explained(rows: Sequence[Obligation], user_id: int, today: date) -> dict[int, Explained]:
    """By assignment: these obligations of one person, read with EXPLAINED."""
    seen = requirements.seen_by([row.requirement for row in rows], user_id)
    begun = [row.open_record for row in rows if row.open_record is not None]
    wishes, beside = _wishes(begun), _beside([one for one in begun if not one.derivation])
    now = {
        row.assignment_id: seen[row.requirement_id].means(today) for row in rows if row.requirement_id in seen
    }
    changed = {
        row.assignment_id: facts
        for row in rows
        if (facts := now.get(row.assignment_id)) and _bare(facts) != _bare(_reason(row))
    }
    asked = (seen[row.requirement_id].rule.audience for row in rows if row.assignment_id in changed)
    names = requirements.names(*asked) if changed else {}
    found = {}
    for row in rows:
        if row.requirement_id in seen:
            told = requirements.named_facts(changed.get(row.assignment_id, ()), names)
            found[row.assignment_id] = _explained(
                row, seen[row.requirement_id], told, wishes, beside, today=today
            )
    return found


def explained_of(user_id: int, record_ids: Collection[int], today: date) -> dict[int, Explained]:
    """By open cycle: these cycles of one person."""
    rows = Obligation.objects.filter(user_id=user_id, open_record_id__in=list(record_ids))
    held = list(rows.select_related(*EXPLAINED))
    found = explained(held, user_id, today)
    return {
        row.open_record_id: found[row.assignment_id]
        for row in held
        if row.open_record_id is not None and row.assignment_id in found
    }


def _explained(
    row: Obligation,
    seen: requirements.Seen,
    now: tuple[Fact, ...],
    wishes: dict[int, list[Wish]],
    beside: "_Beside",
    *,
    today: date,
) -> Explained:
    terms, done, absences = seen.rule.terms, row.done_record, seen.person.absences
    last = cycle_facts(done) if done is not None else None
    due = None
    if row.open_record is not None and row.assignment_status != AssignmentStatus.WAITING:
        cycle = _dates(row.open_record)
        facts = tuple((name, value) for name, value in row.open_record.derivation)
        moves = derivation.moves(terms, cycle, wishes[row.open_record.pk], absences)
        due = Derivation(facts or beside.facts(row, seen), cycle.original_due_on, moves)
    counts = (
        derivation.counted(terms, last, done.anchored_on, _lasts_until(done))
        if done is not None and last is not None
        else ()
    )
    following = change.following_of(terms, last, absences) if last and row.open_record is None else None
    again = capfirst(requirements.again_text(terms))
    owner = _owner(row.requirement, today)
    return Explained(row.assignment.assigned_on, _reason(row), now, due, counts, again, following, owner)


def _owner(requirement: "Requirement", today: date) -> tuple[str, str] | None:
    """As long as they are here."""
    found = requirement.owner
    return (found.display_name, found.email) if found is not None and people.is_here(found, today) else None


def _reason(row: Obligation) -> tuple[Fact, ...]:
    return tuple((name, value) for name, value in row.assignment.reason)


def _bare(facts: Iterable[Fact]) -> str:
    """What facts say without the names that things have: a department that is renamed moves nobody."""
    bare = [
        (name, value)
        for name, value in facts
        if not name.endswith("_name") and not name.startswith("field_name:")
    ]
    return f"{why_text(bare)} {dict(bare).get('manager', '')}"


def _dates(record: ComplianceRecord) -> CycleDates:
    return CycleDates(record.window_opens_on, record.due_on, record.grace_ends_on, record.original_due_on)


def _lasts_until(record: ComplianceRecord) -> date | None:
    return record.credit.valid_until if record.credit is not None else None


def _wishes(records: Sequence[ComplianceRecord]) -> dict[int, list[Wish]]:
    """By cycle: changes of the requirement, then extensions and events in the order they were decided in."""
    found: dict[int, list[Wish]] = defaultdict(list)
    ids = [record.pk for record in records]
    if not ids:
        return found
    for row in Shift.objects.filter(record_id__in=ids).select_related("by").order_by("pk"):
        facts = _decided(row.by.display_name if row.by else "", row.at)
        facts += (("number", str(row.number)), ("reason", row.reason))
        found[row.record_id].append(Wish(Mover.CHANGE, row.moved_to, facts))
    for _at, record_id, wish in sorted([*_extended(ids), *_pressed(ids)], key=lambda each: each[0]):
        found[record_id].append(wish)
    return found


def _extended(ids: Collection[int]) -> Iterable[tuple[datetime, int, Wish]]:
    for row in in_force().filter(record_id__in=ids).select_related("decided_by").order_by("pk"):
        if row.decided_at is not None:
            facts = _decided(row.decided_by.display_name if row.decided_by else "", row.decided_at)
            yield row.decided_at, row.record_id, Wish(Mover.EXTENSION, row.moved_to, facts)


def _pressed(ids: Collection[int]) -> Iterable[tuple[datetime, int, Wish]]:
    rows = Concern.objects.filter(
        record_id__in=ids, outcome=EventOutcome.JOINED, event__ended_at__isnull=True
    ).select_related("event")
    for row in rows.order_by("pk"):
        event = row.event
        if row.record_id is not None and row.presses_to is not None:
            facts = (
                *event.trigger.facts,
                ("recorded_on", clock.today(event.recorded_at).isoformat()),
                ("given_days", str(event.days)),
            )
            yield event.recorded_at, row.record_id, Wish(Mover.EVENT, row.presses_to, facts)


def _decided(by: str, at: datetime) -> tuple[Fact, ...]:
    return (("by", by), ("decided_on", clock.today(at).isoformat()))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside cycles that were opened before the facts behind their date were kept."""

    asked: dict[int, Concern]
    excused: dict[int, int]
    revoked: dict[tuple[int, date], Revocation]

    def facts(self, row: Obligation, seen: requirements.Seen) -> tuple[Fact, ...]:
        """The facts as far as they can be told now."""
        record, done, terms = row.open_record, row.done_record, seen.rule.terms
        if record is None:
            return ()
        cycle, last = _dates(record), cycle_facts(done) if done is not None else None
        revocation = self.revoked.get((record.assignment_id, record.window_opens_on))
        opened = derivation.opened_as(
            cycle,
            assigned_on=row.assignment.assigned_on,
            waited=bool(waited_for(row.assignment.reason)),
            last=last,
            is_asked=record.pk in self.asked,
            was_excused=self.excused.get(record.assignment_id) == record.cycle - 1,
            was_revoked=revocation is not None,
        )
        match opened:
            case Opened.EVENT:
                return _asked(terms, self.asked[record.pk].event, last, cycle)
            case Opened.EXCUSE:
                return derivation.excuse(terms, seen.person.absences, cycle)
            case Opened.RENEWAL if last is not None and done is not None:
                return derivation.renewal(
                    terms, last, done.anchored_on, cycle, lasts_until=_lasts_until(done)
                )
            case Opened.REVOCATION if revocation is not None and revocation.due_on is not None:
                done_on = revocation.record.completed_on
                return derivation.revocation(done_on, revocation.on, revocation.due_on, cycle)
            case _:
                return derivation.first()


def _asked(
    terms: Terms, event: TriggeringEvent, last: CycleFacts | None, cycle: CycleDates
) -> tuple[Fact, ...]:
    dated = derivation.event(terms, clock.today(event.recorded_at), event.days, last, cycle)
    return (("opened", Opened.EVENT.value), *event.trigger.facts, *dated)


def _beside(records: Sequence[ComplianceRecord]) -> _Beside:
    """Three statements for those that say nothing themselves; none where all do."""
    if not records:
        return _Beside({}, {}, {})
    ids, assignments = [one.pk for one in records], [one.assignment_id for one in records]
    asked = Concern.objects.filter(record_id__in=ids, outcome=EventOutcome.OPENED).select_related("event")
    closed = ComplianceRecord.objects.filter(
        assignment_id__in=assignments, close_reason=CloseReason.WAIVED
    ).order_by("cycle")
    revoked = Revocation.objects.filter(record__assignment_id__in=assignments).select_related("record")
    return _Beside(
        {one.record_id: one for one in asked if one.record_id is not None},
        dict(closed.values_list("assignment_id", "cycle")),
        {(one.record.assignment_id, one.on): one for one in revoked if one.due_on is not None},
    )
