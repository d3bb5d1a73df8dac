"""How the pages of requirements get here: by a setting, since they lie below."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from compliance.changes import queries, rules
from compliance.changes.actions import holidays
from compliance.changes.actions.deciding import ask, carry_out, make
from compliance.changes.actions.gathering import Gathering
from compliance.changes.actions.preparing import prepare
from compliance.changes.enums import Kind
from compliance.requirements import actions as requirements
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@transaction.atomic
def open_change(
    *,
    requirement: "Requirement",
    kind: str,
    content: dict[str, Any] | None,
    by: "User",
    at: datetime,
    is_seen: bool,
) -> str:
    """Prepare a change and answer where its page, or that of the requirement, is.

    `is_seen`: what it does was on the screen; it is made at once, or sent to a second person where one is needed,
    unless so many people have to be looked at that a job works it out.
    Raises requirements.NotAllowedNow with the reason.
    """
    today = clock.today(at)
    try:
        made = prepare(requirement=requirement, kind=Kind(kind), content=content, by=by, today=today, at=at)
        if not made.is_worked_out:
            # So many people that a job works it out: it is decided on its page, when it has.
            is_seen = False
        if is_seen and not made.needs_second:
            make(found=made, fingerprint=made.fingerprint, reason="", by=by, today=today, at=at)
            return reverse("requirements:detail", kwargs={"public_id": requirement.public_id})
        if is_seen:
            ask(found=made, fingerprint=made.fingerprint, reason="", by=by, today=today, at=at)
    except rules.Refused as refusal:
        raise requirements.NotAllowedNow(str(refusal)) from refusal
    return reverse("changes:detail", kwargs={"public_id": made.public_id})


@transaction.atomic
def open_holidays(*, days: Mapping[date, str], by: "User", at: datetime) -> str:
    """Prepare a change of the list of holidays and answer where its page is.

    Where it moves nobody's dates, and no open one could follow it, it is made at once, and the answer is empty. Raises
    requirements.NotAllowedNow with the reason.
    """
    today = clock.today(at)
    try:
        made = holidays.prepare(days=days, by=by, today=today, at=at)
        if not made.affected_count and not queries.could_move_open(made, today):
            # Worked out just now, and under the same lock: there is nothing to compare it with.
            carry_out(made, Gathering(None, today), today=today, at=at)
            return ""
    except rules.Refused as refusal:
        raise requirements.NotAllowedNow(str(refusal)) from refusal
    return reverse("changes:holidays-detail", kwargs={"public_id": made.public_id})
