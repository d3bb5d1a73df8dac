"""A duty, held until the transaction ends; and what the log says of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.program import rules
from compliance.program.enums import DutyState
from compliance.program.models import Duty, DutyRound
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User


def locked(pk: int) -> Duty:
    """The duty as it is now; everybody else who changes it waits. Raises Refused where it was discarded."""
    found = (
        Duty.objects.select_for_update(of=("self",)).select_related("owner", "deputy").filter(pk=pk).first()
    )
    if found is None:
        raise rules.Refused(_("This draft was discarded meanwhile. Nothing was saved."))
    return found


def changeable(pk: int) -> Duty:
    """The same, unless it is retired. Raises Refused."""
    found = locked(pk)
    if found.state == DutyState.RETIRED:
        raise rules.Refused(_("This duty was retired, so nothing of it can be changed."))
    return found


def open_round(pk: int) -> DutyRound:
    """The round with its duty, locked, if nobody has closed it. Raises Refused."""
    duty_id = DutyRound.objects.values_list("duty_id", flat=True).get(pk=pk)
    duty = locked(duty_id)
    found = DutyRound.objects.select_for_update(of=("self",)).select_related("closed_by").get(pk=pk)
    if found.is_open:
        found.duty = duty
        return found
    name = found.closed_by.display_name if found.closed_by else ""
    raise rules.Refused(
        _("%(name)s recorded this round meanwhile. Nothing was changed by you.") % {"name": name}
    )


def record(action: str, duty: Duty, *, by: "User", at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Write it in the log; last in an action."""
    audit.record(
        action=action, by=by, at=at, object_label=duty.title, object_id=duty.public_id, facts=facts or {}
    )
