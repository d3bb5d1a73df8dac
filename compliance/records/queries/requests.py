"""What was asked for and waits or was decided; and whose due dates can be moved where to."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Max, QuerySet, Value, When
from django.utils.translation import gettext as _

from compliance.core import triggers
from compliance.core import waivers as core
from compliance.records import rules
from compliance.records.enums import AssignmentStatus, RequestState
from compliance.records.models import (
    Assignment,
    CertificationRequest,
    ComplianceRecord,
    Concern,
    Credit,
    Exemption,
    Extension,
    ReinstatementRequest,
    RevocationRequest,
    Shift,
    Waiver,
)
from compliance.requirements.enums import RequirementState

Certifying = CertificationRequest | RevocationRequest | ReinstatementRequest
CERTIFYING: dict[str, type[Certifying]] = {
    one.word: one for one in (CertificationRequest, RevocationRequest, ReinstatementRequest)
}
"""What is written into the record once a second person approves."""
Asked = Waiver | Exemption | Extension | Certifying
KINDS: dict[str, type[Asked]] = {one.word: one for one in (Waiver, Exemption, Extension)} | CERTIFYING
"""By the word that addresses and letters name them with."""


def base_due_dates(records: Collection[ComplianceRecord]) -> dict[int, date]:
    """When each of these cycles is due before any absence moves it: extended, shifted, or as it was opened."""
    by_id = {record.pk: record.original_due_on for record in records}
    by_id |= shifted_due_dates(by_id)
    moved = moves_of(records)
    return {pk: triggers.pressed(due_on, moved.get(pk, ())) for pk, due_on in by_id.items()}


def moves_of(records: Collection[ComplianceRecord]) -> dict[int, tuple[triggers.Move, ...]]:
    """What extensions and events made of the due dates of these cycles, in the order of deciding; most have none.

    One statement, and one more where an event asks for some of them.
    """
    moves: dict[int, list[tuple[datetime, date | None, date | None]]] = defaultdict(list)
    if not records:
        return {}
    extensions = in_force().filter(record_id__in=[record.pk for record in records])
    for record_id, at, day in extensions.values_list("record_id", "decided_at", "moved_to"):
        if at is not None:
            moves[record_id].append((at, day, None))
    caused = [record.pk for record in records if record.event_id is not None]
    concerns = Concern.objects.filter(record_id__in=caused, event__ended_at__isnull=True)
    for record_id, at, asked_by in (
        concerns.values_list("record_id", "event__recorded_at", "presses_to") if caused else ()
    ):
        if record_id is not None:
            moves[record_id].append((at, None, asked_by))
    return {
        pk: tuple(move[1:] for move in sorted(found, key=lambda each: each[0])) for pk, found in moves.items()
    }


def in_force() -> QuerySet[Extension]:
    """The extensions that were approved and not undone since."""
    return Extension.objects.filter(state=RequestState.APPROVED, undone_at__isnull=True)


def shifted_due_dates(record_ids: Collection[int]) -> dict[int, date]:
    """The day to which a change of the requirement moved each of these cycles last; the others are left out."""
    if not record_ids:
        return {}
    rows = Shift.objects.filter(record_id__in=list(record_ids)).order_by("pk")
    return dict(rows.values_list("record_id", "moved_to"))


def extended_due_dates(record_ids: Collection[int]) -> dict[int, date]:
    """The latest day each of these cycles was extended to; those never extended are left out."""
    if not record_ids:
        return {}
    rows = in_force().filter(record_id__in=list(record_ids))
    return dict(rows.values_list("record_id").annotate(Max("moved_to")))


@dataclass(frozen=True, slots=True)
class MovedBy:
    """The change of a requirement that moved a due date: number, the day it was made, by whom, why, and from where.

    Number 0: it was another list of holidays.
    """

    number: int
    on: date
    by: str
    reason: str
    moved_from: date


@dataclass(frozen=True, slots=True)
class Move:
    """One due date that would be moved. Dates are days in the tenant's zone."""

    record_id: int
    user_id: int
    public_id: UUID
    name: str
    original_due_on: date
    moved_from: date
    moved_to: date


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who was chosen and whose due date stays, with the reason in words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What an extension of many would do."""

    moves: list[Move]
    left_out: list[LeftOut]

    @property
    def fingerprint(self) -> str:
        """A digest of who moves from which day to which: equal moves have equal fingerprints."""
        lines = [[one.record_id, one.moved_from.isoformat(), one.moved_to.isoformat()] for one in self.moves]
        return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def moves(
    *, requirement_id: int, user_ids: Collection[int], moved_to: date, by_id: int, today: date
) -> Moves:
    """Whose due date would move to that day, and who is left out and why. `by_id` moves no date of their own."""
    held = (
        Assignment.objects.filter(
            requirement_id=requirement_id,
            requirement__state=RequirementState.ACTIVE,
            user_id__in=list(user_ids),
            withdrawn_on__isnull=True,
        )
        .select_related("user")
        .order_by("user__family_name", "user__given_name", "user_id")
    )
    unfinished = {
        record.assignment_id: record
        for record in ComplianceRecord.objects.filter(
            assignment__in=held, completed_at__isnull=True, closed_at__isnull=True
        )
    }
    waiting = set(
        Extension.objects.filter(
            state=RequestState.WAITING, requirement_id=requirement_id, user_id__in=list(user_ids)
        ).values_list("record_id", flat=True)
    )
    found = Moves([], [])
    for assignment in held:
        record = unfinished.get(assignment.pk)
        why = _stays(assignment, record, moved_to, by_id, today)
        if record is not None and not why and record.pk in waiting:
            why = _("A request to move this date waits for a decision; decide it first.")
        if record is None or why:
            found.left_out.append(LeftOut(assignment.user.display_name, why))
            continue
        found.moves.append(
            Move(
                record.pk, assignment.user_id, assignment.user.public_id, assignment.user.display_name,
                record.original_due_on, record.due_on, moved_to,
            )
        )  # fmt: skip
    return found


def _stays(
    assignment: Assignment, record: ComplianceRecord | None, moved_to: date, by_id: int, today: date
) -> str:
    """Why this person's due date stays; empty when it can be moved."""
    if assignment.user_id == by_id:
        return _("Nobody moves their own due date.")
    if assignment.status in (AssignmentStatus.WAIVED, AssignmentStatus.EXEMPT):
        return _("Excused at the moment.")
    if record is None or record.window_opens_on > today:
        return _("Nothing is open at the moment.")
    fault = core.extension_fault(record.due_on, moved_to, today)
    return rules.fault_text(fault) if fault else ""


def asked(kind: str, *, user_ids: frozenset[int] | None = None) -> QuerySet[Any]:
    """The requests of a kind (a word of KINDS) about these people (None: everyone); waiting first.

    Waiting ones stand oldest first, decided ones newest first.
    """
    rows: QuerySet[Any] = KINDS[kind].objects.select_related("user", "requirement", "asked_by", "decided_by")
    if more := _MORE.get(kind):
        rows = rows.select_related(*more)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    first = Case(
        When(state=RequestState.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return rows.order_by(first, "-decided_at", "asked_at", "pk")


_MORE = {
    "extensions": ("undone_by",),
    "revocations": ("record__credit__by",),
    "reinstatements": ("revocation__record__credit__by", "revocation__by"),
}
"""What else the pages say of a kind."""


def waiting_count(kind: str) -> int:
    """How many requests of a kind wait for a decision."""
    return asked(kind).filter(state=RequestState.WAITING).order_by().count()


def requests_of(user_id: int) -> list[Asked]:
    """Everything that was ever asked about a person, newest first; a statement a kind."""
    return _newest([row for kind in KINDS for row in asked(kind).filter(user_id=user_id)])


def is_kept_from(found: Asked, viewer_id: int) -> bool:
    """Whether it would tell the viewer what is to be certified or revoked of them before it is so."""
    return isinstance(found, Certifying) and found.is_waiting and found.user_id == viewer_id


def without_kept(rows: QuerySet[Any], viewer_id: int) -> QuerySet[Any]:
    """Of requests to certify or revoke those that are not kept from the viewer."""
    found: QuerySet[Any] = rows.exclude(user_id=viewer_id, state=RequestState.WAITING)
    return found


def own_requests(user_id: int) -> list[Asked]:
    """As `requests_of`, as far as it is about being excused or given time: what is certified or revoked stands in the
    record once it is so, and nobody reads of it before."""
    return _newest(
        [row for kind in KINDS.keys() - CERTIFYING.keys() for row in asked(kind).filter(user_id=user_id)]
    )


def _newest(rows: list[Asked]) -> list[Asked]:
    return sorted(rows, key=lambda row: (row.asked_at, row.pk), reverse=True)


def ever_decided(user_ids: Collection[int]) -> set[int]:
    """Of whom of these people an event was recorded, anything certified by hand or asked for; eight statements."""
    found: set[int] = set()
    for model in (Concern, Credit, *KINDS.values()):
        found |= {*model.objects.filter(user_id__in=list(user_ids)).values_list("user_id", flat=True)}
    return found


def holds(user_id: int, requirement_id: int) -> bool:
    """Whether the person has the requirement now, and it is in force."""
    return Assignment.objects.filter(
        user_id=user_id,
        requirement_id=requirement_id,
        requirement__state=RequirementState.ACTIVE,
        withdrawn_on__isnull=True,
    ).exists()
