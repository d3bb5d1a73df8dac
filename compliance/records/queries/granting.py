"""What a completion of some day would be worth, before anybody writes it down."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from compliance.core import dates, triggers
from compliance.core.terms import Completion, Validity
from compliance.records.models import ComplianceRecord, Revocation
from compliance.records.queries.revocations import IN_FORCE

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement


@dataclass(frozen=True, slots=True)
class Granted:
    """How long it would count (`until`, None: for good), and the first day of which one counts at all (None: any)."""

    until: date | None
    counts_from: date | None


def granted(user_id: int, requirement: "Requirement", on: date) -> Granted:
    """What the requirement's terms give the person for a completion on `on`, renewing what they finished last.

    A renewal counts from the day its window opens, what an event asks for from the day that cycle opened; otherwise the
    requirement may say since when completions count.
    """
    last, terms = _last(user_id, requirement.pk), requirement.terms
    previous = None
    if last is not None and last.valid_from is not None and last.anchored_on is not None:
        previous = Validity(last.valid_from, last.valid_until, last.anchored_on, last.is_temporary)
    asked = _asked(user_id, requirement.pk)
    if asked is not None and asked.event is not None:
        valid = triggers.validity(terms, Completion(on), previous, asked.event.trigger)
        return Granted(valid.valid_until, asked.window_opens_on)
    until = dates.validity(terms, on, previous).valid_until
    if previous is None or previous.valid_until is None:
        return Granted(until, terms.credit_since)
    renewal = dates.renewal(
        terms, previous.valid_until, previous.valid_from, is_temporary=previous.is_temporary
    )
    return Granted(until, renewal.window_opens_on)


def _last(user_id: int, requirement_id: int) -> ComplianceRecord | None:
    """What the person finished last in the assignment they have now, and what still counts of it."""
    finished = ComplianceRecord.objects.filter(
        user_id=user_id,
        requirement_id=requirement_id,
        assignment__withdrawn_on__isnull=True,
        completed_at__isnull=False,
    )
    return (
        finished.exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
        .order_by("-cycle")
        .first()
    )


def _asked(user_id: int, requirement_id: int) -> ComplianceRecord | None:
    """The open cycle that an event asks for; None where no event asks for anything now."""
    asked = ComplianceRecord.objects.filter(
        user_id=user_id,
        requirement_id=requirement_id,
        completed_at__isnull=True,
        closed_at__isnull=True,
        event__isnull=False,
    )
    return asked.select_related("event").first()
