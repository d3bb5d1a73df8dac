"""What may be certified, on which day: the rules before a completion is written down that happened elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from .terms import Appointment


class CreditFault(StrEnum):
    """Why a completion on that day cannot be written down."""

    IN_THE_FUTURE = "in_the_future"
    BEFORE_EMPLOYMENT = "before_employment"
    ENDS_BEFORE_DONE = "ends_before_done"
    ALREADY_OVER = "already_over"
    NO_APPOINTMENT = "no_appointment"


def credit_fault(
    on: date,
    today: date,
    appointments: Iterable[Appointment],
    *,
    is_from_before: bool,
    valid_until: date | None = None,
    is_temporary: bool = False,
) -> CreditFault | None:
    """Why a completion on `on` cannot be written down on `today`; None when it can.

    `is_from_before`: it may lie before the first appointment here (prior credit, evidence from elsewhere). A temporary
    certification lasts beyond today; anything else may have ended since.
    """
    if on > today:
        return CreditFault.IN_THE_FUTURE
    if valid_until is not None and valid_until < on:
        return CreditFault.ENDS_BEFORE_DONE
    if is_temporary and valid_until is not None and valid_until < today:
        return CreditFault.ALREADY_OVER
    if is_from_before:
        return None
    first = min((each.starts_on for each in appointments), default=None)
    if first is None:
        return CreditFault.NO_APPOINTMENT
    return CreditFault.BEFORE_EMPLOYMENT if on < first else None
