"""Extensions: a later due date for one open cycle, asked for and decided, or given to many at once."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.core import dates
from compliance.records import events, messages, rules
from compliance.records.actions.deciding import decide, save_asked, to_approve, told_approved
from compliance.records.enums import RequestState
from compliance.records.models import ComplianceRecord, Extension
from compliance.records.queries import requests as queries
from compliance.records.queries.bounds import bounds_of, moves_by
from compliance.requirements import queries as requirements
from lms.audit import actions as audit

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@transaction.atomic
def ask_for_extension(
    *,
    user: "User",
    requirement: "Requirement",
    moved_to: date,
    reason: str,
    by: "User",
    today: date,
    at: datetime,
    evidence_note: str = "",
) -> Extension:
    """Ask that the due date of the person's open cycle move to that day. Raises rules.Refused."""
    meant = _one_move(user, requirement, moved_to, by_id=0, today=today)
    return save_asked(
        Extension, user=user, requirement=requirement, record_id=meant.record_id, moved_from=meant.moved_from,
        moved_to=moved_to, reason=reason, evidence_note=evidence_note, asked_by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def approve_extension(extension: Extension, *, note: str, by: "User", today: date, at: datetime) -> Extension:
    """Move the due date as it was asked. Raises rules.Refused, also when the date has moved meanwhile."""
    found = to_approve(Extension, extension.pk, by)
    rows = locked_open([found.record_id])
    if why := why_not(found, rows[0] if rows else None, today):
        raise rules.Refused(why)
    decide(found, RequestState.APPROVED, note=note, by=by, at=at)
    move(found.requirement, rows, at=at)
    told_approved(found, by=by, at=at)
    return found


@transaction.atomic
def extend(
    *,
    requirement: "Requirement",
    user_ids: Collection[int],
    moved_to: date,
    reason: str,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
    evidence_note: str = "",
) -> uuid.UUID:
    """Move the due dates of all that were shown, or of none; answers their batch. Effective at once.

    Whose dates they may move and how far is asked here and now, not when it was shown (queries.moves_by, whose
    fingerprint `fingerprint` is). Raises rules.NumbersChanged when the moves would no longer be the same, and
    rules.Refused when there are none.
    """
    seen = moves_by(by, requirement, user_ids=user_ids, moved_to=moved_to, today=today)
    rows = locked_open([move.record_id for move in seen.moves])
    due_on = {row.pk: row.due_on for row in rows}
    if seen.fingerprint != fingerprint or any(
        due_on.get(move.record_id) != move.moved_from for move in seen.moves
    ):
        raise rules.NumbersChanged(
            _("Something has changed since you looked, so no due date was moved. Look again, then confirm.")
        )
    if not seen.moves:
        raise rules.Refused(_("There is no due date to move."))
    batch = uuid.uuid4()
    decided = {"reason": reason, "evidence_note": evidence_note, "batch": batch}
    extensions = [_decided(move, requirement, by, at, decided) for move in seen.moves]
    Extension.objects.bulk_create(extensions)
    move(requirement, rows, at=at)
    messages.tell_extended(extensions, at=at)
    facts = {"people": len(seen.moves), "due_to": moved_to.isoformat(), "reason": reason, "batch": str(batch)}
    if (most_days := bounds_of(by, today).most_days) is not None:
        facts["days_at_most"] = most_days
    audit.record(
        action="records.extended",
        by=by,
        at=at,
        object_label=requirement.title,
        object_id=requirement.public_id,
        facts=facts | {"who": [str(move.public_id) for move in seen.moves]},
    )
    return batch


def why_not(found: Extension, record: ComplianceRecord | None, today: date) -> str:
    """Why the due date cannot be moved as it was asked; empty when it can. `record` is the cycle, while it is open."""
    if record is None:
        return _("The person has finished it meanwhile, or no longer owes it. Refuse the request.")
    if record.due_on != found.moved_from or found.moved_to < today:
        return _(
            "The due date has moved since this was asked, or the new one has passed. Refuse it and ask again."
        )
    return ""


def _decided(
    move: queries.Move, requirement: "Requirement", by: "User", at: datetime, decided: dict[str, Any]
) -> Extension:
    return Extension(
        user_id=move.user_id,
        requirement=requirement,
        record_id=move.record_id,
        moved_from=move.moved_from,
        moved_to=move.moved_to,
        asked_by=by,
        asked_at=at,
        state=RequestState.APPROVED,
        decided_by=by,
        decided_at=at,
        **decided,
    )


def _one_move(
    user: "User", requirement: "Requirement", moved_to: date, *, by_id: int, today: date
) -> queries.Move:
    """The one due date that is meant. Raises rules.Refused with the reason why it cannot be moved."""
    found = queries.moves(
        requirement_id=requirement.pk, user_ids=[user.pk], moved_to=moved_to, by_id=by_id, today=today
    )
    if found.moves:
        return found.moves[0]
    why = found.left_out[0].why if found.left_out else _("This requirement does not apply to the person.")
    raise rules.Refused(why)


def locked_open(record_ids: Collection[int]) -> list[ComplianceRecord]:
    return list(
        ComplianceRecord.objects.filter(
            pk__in=list(record_ids), completed_at__isnull=True, closed_at__isnull=True
        )
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def move(requirement: "Requirement", rows: list[ComplianceRecord], *, at: datetime) -> None:
    """Give these cycles the due date that their extensions say, past any absence; grace follows."""
    people = {one.id: one for one in requirements.people_of(requirement, [row.user_id for row in rows])}
    bases, terms = queries.base_due_dates(rows), requirement.terms
    for row in rows:
        due_on = dates.after_absences(terms, bases[row.pk], people[row.user_id].absences)
        due_on = max(due_on, row.window_opens_on)
        row.grace_ends_on += due_on - row.due_on
        row.due_on = due_on
    ComplianceRecord.objects.bulk_update(rows, ["due_on", "grace_ends_on"], batch_size=500)
    events.changed.send(sender=None, at=at)
