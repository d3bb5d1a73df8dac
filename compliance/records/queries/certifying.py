"""What stands in the way of certifying somebody by hand, of revoking, and of taking that back, in words."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from compliance.core import dates
from compliance.core.credits import credit_fault
from compliance.records import rules
from compliance.records.enums import CreditSource, RequestState
from compliance.records.models import (
    Assignment,
    ComplianceRecord,
    Obligation,
    ReinstatementRequest,
    Revocation,
    RevocationRequest,
)
from compliance.records.queries.revocations import revocation_of
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.ui.dates import day_text

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

BY_HAND = frozenset({CreditSource.MANUAL, CreditSource.PRIOR})
_FROM_BEFORE = frozenset({CreditSource.PRIOR, CreditSource.EVIDENCE})


def why_not_credited(
    requirement: "Requirement",
    user_ids: Collection[int],
    *,
    on: date,
    source: CreditSource,
    valid_until: date | None,
    today: date,
) -> dict[int, str]:
    """By person: why a completion of that day cannot be written down for them; whoever it can is not among them.

    By hand, also where it would change nothing: somebody would wait in vain. A constant number of statements.
    """
    if requirement.state == RequirementState.RETIRED:
        text = _("This requirement was retired: nothing is owed for it any more.")
        return dict.fromkeys(user_ids, text)
    found = {}
    for person in requirements.people_of(requirement, user_ids):
        fault = credit_fault(
            on,
            today,
            person.appointments,
            is_from_before=source in _FROM_BEFORE,
            valid_until=valid_until,
            is_temporary=source == CreditSource.MANUAL and valid_until is not None,
        )
        if fault:
            found[person.id] = rules.credit_text(fault)
    return _idle(requirement, user_ids, on) | found if source in BY_HAND else found


def why_not_certified(
    requirement: "Requirement",
    people: Collection["User"],
    *,
    on: date,
    source: CreditSource,
    valid_until: date | None,
    today: date,
) -> dict[int, str]:
    """As `why_not_credited`, of what is asked for by hand: nothing is certified while the requirement rests or of
    somebody who is deactivated."""
    if requirement.state == RequirementState.PAUSED:
        return dict.fromkeys((one.pk for one in people), rules.rests_text())
    here = [one.pk for one in people if one.is_active]
    found = why_not_credited(requirement, here, on=on, source=source, valid_until=valid_until, today=today)
    return found | {one.pk: rules.gone_text() for one in people if not one.is_active}


def _idle(requirement: "Requirement", user_ids: Collection[int], on: date) -> dict[int, str]:
    """By person: what is on record already and says as much."""
    rows = Obligation.objects.filter(
        user_id__in=list(user_ids), requirement=requirement, done_record__isnull=False
    ).select_related("done_record")
    return {row.user_id: why for row in rows if (why := _says_as_much(requirement, row, on))}


def _says_as_much(requirement: "Requirement", row: Obligation, on: date) -> str:
    if row.done_record is None or row.completed_on is None:
        return ""
    if on <= row.completed_on:
        return _("On record is a completion of %(day)s, so this would change nothing.") % {
            "day": day_text(row.completed_on)
        }
    if row.window_opens_on is not None and on >= row.window_opens_on:
        return ""
    if row.valid_until is None:
        return _("What is on record counts for good, so this would change nothing.")
    renewal = dates.renewal(
        requirement.terms, row.valid_until, row.completed_on, is_temporary=row.done_record.is_temporary
    )
    opens_on = row.window_opens_on or renewal.window_opens_on
    if on >= min(opens_on, renewal.window_opens_on):
        return ""
    return _("What is on record counts until %(until)s. It can be renewed from %(day)s on.") % {
        "until": day_text(row.valid_until), "day": day_text(opens_on),
    }  # fmt: skip


def why_not_revoked(record: ComplianceRecord, due_on: date, today: date) -> str:
    """Why this cycle cannot be revoked with that new due date; empty when it can. A few statements."""
    if record.requirement.state == RequirementState.PAUSED:
        return rules.rests_text()
    if record.completed_at is None:
        return _("This cycle is not finished, so there is nothing to revoke.")
    if revocation_of(record.pk) is not None:
        return _("It was revoked already. Nothing was changed.")
    if due_on < today and rests_on(record):
        return _("The new due date must not be in the past.")
    return ""


def rests_on(record: ComplianceRecord) -> bool:
    """Whether the person's standing rests on this cycle, so that another is owed once it counts no longer."""
    return Obligation.objects.filter(assignment_id=record.assignment_id, done_record=record).exists()


def why_not_restored(record: ComplianceRecord, revocation: Revocation) -> str:
    """Why this revocation of the cycle cannot be taken back; empty when it can. A statement."""
    if record.requirement.state == RequirementState.PAUSED:
        return rules.rests_text()
    in_force = revocation_of(record.pk)
    if in_force is None or in_force.pk != revocation.pk:
        return _("This revocation was taken back already. Nothing was changed.")
    return ""


def has_it(requirement_id: int, user_ids: Collection[int]) -> set[int]:
    """Who of these people has the requirement now."""
    rows = Assignment.objects.filter(
        requirement_id=requirement_id, user_id__in=list(user_ids), withdrawn_on__isnull=True
    )
    return set(rows.values_list("user_id", flat=True))


def waiting_for(user_id: int) -> dict[UUID, UUID]:
    """By the public id of the cycle or revocation: the request about it that waits; two statements."""
    waits = {"user_id": user_id, "state": RequestState.WAITING}
    revoke = RevocationRequest.objects.filter(**waits).values_list("record__public_id", "public_id")
    restore = ReinstatementRequest.objects.filter(**waits).values_list("revocation__public_id", "public_id")
    return dict(revoke) | dict(restore)
