"""What asking for and deciding requests of every kind have in common."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.records import messages, rules
from compliance.records.enums import RequestState
from compliance.records.models import (
    CertificationRequest,
    Exemption,
    Extension,
    ReinstatementRequest,
    RevocationRequest,
)
from compliance.records.queries.requests import Asked, Certifying
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User

One = TypeVar("One", bound=Asked)


def save_asked(kind: type[One], *, at: datetime, **said: Any) -> One:
    """Write down what somebody asks for, tell whoever decides, and log it. Raises rules.Refused."""
    try:
        with transaction.atomic():
            found = kind.objects.create(asked_at=at, **said)
    except IntegrityError as error:
        raise rules.Refused(rules.waits_text()) from error
    messages.tell_deciders(found, at=at)
    record(f"records.{found.noun}_asked", found, by=found.asked_by, at=at)
    return cast(One, found)


def waiting(kind: type[One], pk: int) -> One:
    """The request, locked, if nobody has decided it yet. Raises rules.Refused."""
    found = cast(One, kind.objects.select_for_update(of=("self",)).get(pk=pk))
    if not found.is_waiting:
        raise rules.Refused(decided_meanwhile())
    if found.batch is not None:
        raise rules.Refused(_("This was asked for together with others, and is decided together with them."))
    return found


def decided_meanwhile() -> str:
    """Why nobody can decide twice."""
    return _("This was decided meanwhile. Nothing was changed.")


def to_approve(kind: type[One], pk: int, by: "User") -> One:
    """As `waiting`, if this person may approve it. Raises rules.Refused."""
    found = waiting(kind, pk)
    refuse_if_own(found, by)
    if found.asked_by_id == by.pk:
        raise rules.Refused(your_own_request())
    return found


def your_own_request() -> str:
    """Why nobody decides what they asked for."""
    return _("Somebody else has to decide what you asked for.")


def about_yourself() -> str:
    """Why nobody decides what is about them."""
    return _("Nobody decides what concerns themself. Somebody else has to.")


def refuse_if_own(request: Asked, by: "User") -> None:
    """Nobody decides what concerns themself. Raises rules.Refused."""
    if request.user_id == by.pk:
        raise rules.Refused(about_yourself())


def decide(request: Asked, state: RequestState, *, note: str, by: "User", at: datetime) -> None:
    """Write the decision, once."""
    request.state, request.decided_by, request.decided_at = state, by, at
    request.decision_note = note
    written = ["outcome"] if isinstance(request, Certifying) else []
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_note", *written])


def told_approved(request: Asked, *, by: "User", at: datetime) -> None:
    """Tell the person and whoever asked, and log it."""
    messages.tell_answered(request, at=at)
    record(f"records.{request.noun}_approved", request, by=by, at=at)


@transaction.atomic
def refuse(request: Asked, *, note: str, by: "User", at: datetime) -> None:
    """Leave everything as it is, and say why. Raises rules.Refused."""
    found = waiting(type(request), request.pk)
    refuse_if_own(found, by)
    decide(found, RequestState.REFUSED, note=note, by=by, at=at)
    messages.tell_answered(found, at=at)
    record(f"records.{found.noun}_refused", found, by=by, at=at)


@transaction.atomic
def withdraw(request: Asked, *, by: "User", at: datetime) -> None:
    """Whoever asked no longer does. Raises rules.Refused."""
    found = waiting(type(request), request.pk)
    if found.asked_by_id != by.pk:
        raise rules.Refused(_("Only whoever asked can withdraw a request."))
    decide(found, RequestState.WITHDRAWN, note="", by=by, at=at)
    record(f"records.{found.noun}_withdrawn", found, by=by, at=at)


def record(action: str, request: Asked, *, by: "User", at: datetime) -> None:
    """Write it in the log, with the days and the reason that belongs to the deed."""
    audit.record_all([entry(action, request)], by=by, at=at)


def entry(action: str, request: Asked) -> audit.Entry:
    """What the log says of one request."""
    reasons = {
        "requirement": request.requirement.title,
        "reason": request.reason,
        "note": request.decision_note,
        "end_reason": getattr(request, "end_reason", ""),
        "review_note": getattr(request, "review_note", ""),
        "undo_reason": getattr(request, "undo_reason", ""),
        "batch": str(request.batch or ""),
    }
    facts = {name: day.isoformat() for name, day in _days(request).items() if day is not None}
    facts |= {name: text for name, text in reasons.items() if text}
    return audit.Entry(action, request.user.display_name, request.user.public_id, facts)


def _days(request: Asked) -> dict[str, date | None]:
    if isinstance(request, Extension):
        return {"due_from": request.moved_from, "due_to": request.moved_to}
    if isinstance(request, CertificationRequest):
        return {"completed_on": request.on, "valid_until": request.valid_until}
    if isinstance(request, RevocationRequest):
        return {"completed_on": request.record.completed_on, "due_on": request.due_on}
    if isinstance(request, ReinstatementRequest):
        return {"completed_on": request.revocation.record.completed_on}
    days: dict[str, date | None] = {"from": request.starts_on, "until": request.ends_on}
    if isinstance(request, Exemption):
        days["review_on"] = request.review_on
    return days | {"ended_on": request.ended_on}
