"""Loads of past completions: which there are, their lines, and what taking one back as a whole would do."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from compliance.core import dates, grace
from compliance.core.standing import standing_of
from compliance.core.terms import CycleDates, CycleFacts, Status
from compliance.records.enums import LoadState
from compliance.records.models import ComplianceRecord, Credit, Load, LoadUndo, Obligation, Revocation
from compliance.records.queries.grace import counting_on
from compliance.records.queries.obligations import excuse, waited_for
from compliance.records.queries.positions import Position, positions
from compliance.records.queries.revocations import IN_FORCE
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.access import roles
from lms.access.permissions import Permission
from lms.people import queries as people

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

COUNTING = Q(batch__isnull=True) | ~Q(
    batch__in=LoadUndo.objects.filter(state=LoadState.MADE).values("load__public_id")
)
"""Of credits: those that came with no load which was taken back."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a load back does to one person and requirement.

    `record_ids`: the finished cycles that are revoked, oldest first. `opens`: the cycle that opens instead, where the
    standing rests on the newest of them; None where something else carries it, or nothing is owed any more.
    `counted` are the statuses that count as compliant on the day.
    """

    assignment_id: int
    user: "User"
    requirement: "Requirement"
    record_ids: tuple[int, ...]
    done_on: date | None
    opens: CycleDates | None = None
    before: Status | None = None
    after: Status | None = None
    counted: frozenset[Status] = grace.TRAINED

    @property
    def is_lost(self) -> bool:
        """Whether the person is in good standing because of it, and then no longer."""
        return self.before in self.counted and self.after not in self.counted


@dataclass(slots=True)
class Back:
    """The whole load, taken back. `kept_count`: lines that no cycle rests on; they count no longer either.

    `revoked_count`: cycles that were revoked by hand before, and stay so. `resting`: requirements that rest.
    """

    load: Load
    rows: list[Undone] = field(default_factory=list)
    kept_ids: list[int] = field(default_factory=list)
    revoked_count: int = 0
    resting: list[str] = field(default_factory=list)

    @property
    def opened(self) -> list[Undone]:
        """Those who owe it again because of it."""
        return [row for row in self.rows if row.opens is not None]

    @property
    def lost(self) -> list[Undone]:
        """Those who are in good standing now and then no longer."""
        return [row for row in self.rows if row.is_lost]

    @property
    def kept_count(self) -> int:
        """How many lines are in no cycle."""
        return len(self.kept_ids)

    @property
    def cycle_count(self) -> int:
        """How many finished cycles are revoked."""
        return sum(len(row.record_ids) for row in self.rows)

    @property
    def user_ids(self) -> set[int]:
        """Of whom something is revoked."""
        return {row.user.pk for row in self.rows}

    @property
    def told_ids(self) -> set[int]:
        """Who would be written to: everybody who owes something again and is still here; one mail each."""
        return {row.user.pk for row in self.opened if row.user.is_active}

    @property
    def fingerprint(self) -> str:
        """A digest of every cycle that is revoked, of each that opens with its dates, and of how people then stand."""
        lines = [
            [row.assignment_id, list(row.record_ids), str(row.opens), str(row.before), str(row.after)]
            for row in self.rows
        ]
        whole = [self.load.pk, sorted(lines), sorted(self.kept_ids), sorted(self.resting)]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def all_loads() -> QuerySet[Any]:
    """Every load: those that wait for somebody first, then the newest; `undo_state` is that of taking it back."""
    undo = LoadUndo.objects.filter(load=OuterRef("pk"), state__in=(LoadState.WAITING, LoadState.MADE))
    rows = Load.objects.select_related("asked_by", "decided_by").defer("text")
    waits = Q(state=LoadState.WAITING) | Q(undo_state=LoadState.WAITING)
    rank = Case(When(waits, then=Value(0)), default=Value(1), output_field=IntegerField())
    found: QuerySet[Any] = rows.annotate(undo_state=Subquery(undo.values("state")[:1])).annotate(rank=rank)
    return found.order_by("rank", "-asked_at", "-pk")


def load_deciders(by: "User", *, today: date) -> list["User"]:
    """Who may decide on that day about a load that this person asks for: everybody else who may certify."""
    needed = Permission.COMPLETIONS_CERTIFY
    holders = people.holders_of((role.key for role in roles.ALL if needed in role.permissions), today=today)
    return [one for one in holders if one.pk != by.pk]


def waiting_loads() -> int:
    """How many loads, and loads to be taken back, wait for a second person."""
    waiting = {"state": LoadState.WAITING}
    return Load.objects.filter(**waiting).count() + LoadUndo.objects.filter(**waiting).count()


def load_by(public_id: UUID) -> Load | None:
    """One load with its people; None when there is none."""
    return Load.objects.select_related("asked_by", "decided_by").filter(public_id=public_id).first()


def undos_of(load: Load) -> list[LoadUndo]:
    """Every time that taking it back was asked for or done, newest first."""
    return list(load.undos.select_related("asked_by", "decided_by", "load").order_by("-asked_at", "-pk"))


def undo_by(public_id: UUID) -> LoadUndo | None:
    """One taking back with its load; None when there is none."""
    rows = LoadUndo.objects.select_related("load", "asked_by", "decided_by")
    return rows.filter(public_id=public_id).first()


def lines_of(load: Load) -> QuerySet[Any]:
    """What was loaded, by family name: `cycle` is the newest cycle that a line finished, if it `is_revoked` or not."""
    made = ComplianceRecord.objects.filter(credit=OuterRef("pk")).order_by("-pk")
    revoked = Revocation.objects.filter(record__credit=OuterRef("pk"), **IN_FORCE)
    rows = Credit.objects.filter(batch=load.public_id).select_related("user", "requirement")
    found: QuerySet[Any] = rows.annotate(cycle=Subquery(made.values("cycle")[:1]), is_revoked=Exists(revoked))
    return found.order_by("user__family_name", "user__given_name", "user_id", "requirement_id", "on", "pk")


def requirement_ids(load: Load) -> list[int]:
    """The requirements that the lines of a load are for, in the order in which they are locked."""
    rows = Credit.objects.filter(batch=load.public_id).order_by("requirement_id")
    return list(rows.values_list("requirement_id", flat=True).distinct())


def taking_back(load: Load, today: date) -> Back:
    """What taking the load back on `today` (tenant's day) would do; statements by requirement, not by person."""
    back = Back(load)
    counted = grace.compliant(grace_counts=counting_on(today).grace_counts)
    lines = Credit.objects.filter(batch=load.public_id)
    back.kept_ids = list(lines.filter(records__isnull=True).order_by("pk").values_list("pk", flat=True))
    cycles = ComplianceRecord.objects.filter(credit__in=lines, completed_at__isnull=False)
    in_force = Exists(Revocation.objects.filter(record=OuterRef("pk"), **IN_FORCE))
    back.revoked_count = cycles.filter(in_force).count()
    rows = (
        cycles.filter(~in_force)
        .select_related("user", "requirement")
        .order_by("requirement_id", "user_id", "cycle")
    )
    by_requirement: dict[Requirement, dict[int, list[ComplianceRecord]]] = {}
    for row in rows:
        by_requirement.setdefault(row.requirement, {}).setdefault(row.assignment_id, []).append(row)
    for requirement, taken in by_requirement.items():
        if requirement.state == RequirementState.PAUSED:
            back.resting.append(requirement.title)
        back.rows += [replace(one, counted=counted) for one in _undone(requirement, taken, today)]
    return back


def _undone(
    requirement: "Requirement", taken: dict[int, list[ComplianceRecord]], today: date
) -> list[Undone]:
    """By assignment: its cycles of the load, and what follows where the standing rests on one of them."""
    newest = [row.pk for several in taken.values() for row in several]
    resting = {
        row.assignment_id: row
        for row in Obligation.objects.filter(
            assignment_id__in=list(taken), done_record_id__in=newest
        ).select_related("assignment")
    }
    user_ids = [row.user_id for row in resting.values()]
    fresh = fresh_cycles(requirement, user_ids, today) if user_ids else {}
    held = positions(requirement.pk, user_ids) if user_ids else {}
    found = []
    for assignment_id, several in taken.items():
        last, obligation = several[-1], resting.get(assignment_id)
        one = Undone(
            assignment_id, last.user, requirement, tuple(row.pk for row in several), last.completed_on
        )
        if obligation is not None:
            opens = fresh[last.user_id]
            before, after = _standings(obligation, held[last.user_id], several, opens, today)
            one = Undone(
                assignment_id, last.user, requirement, one.record_ids, last.completed_on, opens, before, after
            )
        found.append(one)
    return found


def fresh_cycles(requirement: "Requirement", user_ids: list[int], today: date) -> dict[int, CycleDates]:
    """By person: the cycle that would open on `today` in the place of one that is revoked, with the usual due date."""
    terms = requirement.terms
    return {
        person.id: dates.opened(
            terms, today, dates.after_waiver(terms, today, None, person.absences).due_on, person.absences
        )
        for person in requirements.people_of(requirement, user_ids)
    }


def _standings(
    obligation: Obligation, position: Position, taken: list[ComplianceRecord], opens: CycleDates, today: date
) -> tuple[Status, Status]:
    """How the person stands with and without these cycles."""
    cycles, numbers = position.held.cycles, {row.cycle for row in taken}
    rest = [each for each in cycles if each.completed_on is not None and each.number not in numbers]
    number = (position.held.numbered or 0) + 1
    instead = CycleFacts(
        number=number,
        window_opens_on=opens.window_opens_on,
        due_on=opens.due_on,
        grace_ends_on=opens.grace_ends_on,
    )
    waits = obligation.assignment_status == "waiting"
    how: dict[str, Any] = {
        "excused_because": excuse(obligation.assignment_status),
        "waits_for": waited_for(obligation.assignment.reason) if waits else None,
    }
    return standing_of(cycles, today, **how).status, standing_of([*rest, instead], today, **how).status
