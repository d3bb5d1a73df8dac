"""A waiver or more time, asked for by the person it is about, with files if they help. Somebody else decides."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from compliance.evidence import rules
from compliance.evidence.actions import filing
from compliance.evidence.rules.files import Checked
from compliance.records import actions as records

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@transaction.atomic
def ask_for_waiver(
    *,
    requirement: "Requirement",
    starts_on: date,
    ends_on: date,
    reason: str,
    files: Sequence[Checked],
    by: "User",
    today: date,
    at: datetime,
) -> None:
    """Ask to be excused on these days. Raises Refused, and LimitReached for files; then nothing was saved."""
    try:
        waiver = records.ask_for_waiver(
            user=by, requirement=requirement, starts_on=starts_on, ends_on=ends_on, reason=reason, by=by,
            today=today, at=at,
        )  # fmt: skip
    except records.Refused as error:
        raise rules.Refused(str(error)) from error
    filing.keep(files, of={"waiver": waiver}, user=by, by=by, at=at)


@transaction.atomic
def ask_for_extension(
    *,
    requirement: "Requirement",
    moved_to: date,
    reason: str,
    files: Sequence[Checked],
    by: "User",
    today: date,
    at: datetime,
) -> None:
    """Ask that one's own due date move to that day. Raises as `ask_for_waiver`."""
    try:
        extension = records.ask_for_extension(
            user=by, requirement=requirement, moved_to=moved_to, reason=reason, by=by, today=today, at=at
        )
    except records.Refused as error:
        raise rules.Refused(str(error)) from error
    filing.keep(files, of={"extension": extension}, user=by, by=by, at=at)


@transaction.atomic
def withdraw_request(request: Any, *, by: "User", at: datetime) -> None:
    """Take back what one asked for oneself; its files are deleted. Raises Refused."""
    try:
        records.withdraw(request, by=by, at=at)
    except records.Refused as error:
        raise rules.Refused(str(error)) from error
    if request.noun != "exemption":
        request.files.defer("content").delete()
