"""What a certificate proves on a day, from the cycles that it finished."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from .dates import window_opens
from .terms import Terms, Validity


class Worth(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    REVOKED = "revoked"


def worth_of(today: date, *, valid_until: date | None, revoked_on: date | None, is_renewed: bool) -> Worth:
    """What one finished cycle proves on `today`; `is_renewed`: a newer certificate took its place.

    That is one of the same requirement that counts and does not only bridge the time until the training itself.
    The last day counts in full. Whoever renewed is told to be asked for the newer certificate, also where the old one
    would have run out by now.
    """
    if revoked_on is not None and revoked_on <= today:
        return Worth.REVOKED
    if is_renewed:
        return Worth.SUPERSEDED
    if valid_until is not None and valid_until < today:
        return Worth.EXPIRED
    return Worth.VALID


def worth_of_all(each: Collection[Worth]) -> Worth:
    """What a certificate is worth that serves several requirements: the best of it. One that serves none is valid."""
    order = list(Worth)
    return min(each, key=order.index, default=Worth.VALID)


def is_too_early(terms: Terms, done: Validity, completed_on: date, passed_on: date) -> bool:
    """Whether a pass came while what was completed before still counted, and before its renewal opened.

    Such a pass renews nothing. What counts for good is never renewed; a temporary certification always is.
    """
    if done.is_temporary or passed_on < done.valid_from:
        return False
    return done.valid_until is None or passed_on < window_opens(terms, done.valid_until, completed_on)
