"""What deciding a waiver and deciding an extension have in common."""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.records import messages, rules
from compliance.records.enums import RequestState
from compliance.records.models import Extension, Waiver
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User

One = TypeVar("One", bound=Waiver | Extension)


def waiting(kind: type[One], pk: int) -> One:
    """The request, locked, if nobody has decided it yet. Raises rules.Refused."""
    found = cast(One, kind.objects.select_for_update().get(pk=pk))
    if not found.is_waiting:
        raise rules.Refused(_("This was decided meanwhile. Nothing was changed."))
    return found


def refuse_if_own(request: Waiver | Extension, by: "User") -> None:
    """Nobody decides what concerns themself. Raises rules.Refused."""
    if request.user_id == by.pk:
        raise rules.Refused(_("Nobody decides what concerns themself. Somebody else has to."))


def decide(request: Waiver | Extension, state: RequestState, *, note: str, by: "User", at: datetime) -> None:
    """Write the decision, once."""
    request.state, request.decided_by, request.decided_at = state, by, at
    request.decision_note = note
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


@transaction.atomic
def refuse(request: Waiver | Extension, *, note: str, by: "User", at: datetime) -> None:
    """Leave everything as it is, and say why. Raises rules.Refused."""
    found = waiting(type(request), request.pk)
    refuse_if_own(found, by)
    decide(found, RequestState.REFUSED, note=note, by=by, at=at)
    messages.tell_answered(found, at=at)
    record(f"records.{noun(found)}_refused", found, by=by, at=at)


@transaction.atomic
def withdraw(request: Waiver | Extension, *, by: "User", at: datetime) -> None:
    """Whoever asked no longer does. Raises rules.Refused."""
    found = waiting(type(request), request.pk)
    if found.asked_by_id != by.pk:
        raise rules.Refused(_("Only whoever asked can withdraw a request."))
    decide(found, RequestState.WITHDRAWN, note="", by=by, at=at)
    record(f"records.{noun(found)}_withdrawn", found, by=by, at=at)


def noun(request: Waiver | Extension) -> str:
    """The word of its kind in names of deeds."""
    return "waiver" if isinstance(request, Waiver) else "extension"


def record(action: str, request: Waiver | Extension, *, by: "User", at: datetime) -> None:
    """Write it in the log, with the days and the reason that belongs to the deed."""
    if isinstance(request, Waiver):
        days = {"from": request.starts_on, "until": request.ends_on, "ended_on": request.ended_on}
    else:
        days = {"due_from": request.moved_from, "due_to": request.moved_to}
    reasons = {
        "requirement": request.requirement.title,
        "reason": request.reason,
        "note": request.decision_note,
        "end_reason": getattr(request, "end_reason", ""),
    }
    facts = {name: day.isoformat() for name, day in days.items() if day is not None}
    facts |= {name: text for name, text in reasons.items() if text}
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=request.user.display_name,
        object_id=request.user.public_id,
        facts=facts,
    )
