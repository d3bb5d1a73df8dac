"""How the pages of requirements get here: by a setting, since they lie below."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from compliance.changes import rules
from compliance.changes.actions.making import ask, make
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
