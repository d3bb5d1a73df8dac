"""Consequences and freezes: turned on after looking, ended, and kept in the calendar."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.consequences import queries, rules
from compliance.consequences.enums import ReceiverState
from compliance.consequences.kinds import RESTORE
from compliance.consequences.models import Consequence, Freeze, Receiver
from compliance.requirements.enums import RequirementState
from lms.audit import actions as audit
from tenants import schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@transaction.atomic
def add_consequence(
    *,
    requirement: "Requirement",
    receiver: Receiver,
    terms: rules.Terms,
    fingerprint: str,
    by: "User",
    at: datetime,
) -> Consequence:
    """From the next nightly turn on (queries.begins_on), who is late loses access. Nobody does at this moment.

    `fingerprint` is that of the list that was shown (queries.reach on that day). Raises rules.ListChanged when it
    would be another one now, and rules.Refused when it cannot be turned on.
    """
    held = Receiver.objects.select_for_update().filter(pk=receiver.pk, state=ReceiverState.ON).first()
    if held is None:
        raise rules.Refused(_("This system is not told at present. Turn it on first."))
    if requirement.state != RequirementState.ACTIVE:
        raise rules.Refused(_("Only a requirement that is on has consequences. Nothing was turned on."))
    if Consequence.objects.filter(requirement=requirement, receiver=held, ended_at__isnull=True).exists():
        raise rules.Refused(_("This requirement has a consequence at that system already. End it first."))
    seen = queries.reach(requirement, held, terms, queries.begins_on(at))
    if seen.fingerprint != fingerprint:
        raise rules.ListChanged(
            _("The list has changed since you looked, so nothing was turned on. Look again, then confirm.")
        )
    made = Consequence.objects.create(
        requirement=requirement,
        receiver=held,
        days=terms.days,
        is_at_once_when_expired=terms.is_at_once_when_expired,
        created_by=by,
        created_at=at,
    )
    audit.record(
        action="consequences.added",
        by=by,
        at=at,
        object_label=requirement.title,
        object_id=requirement.public_id,
        facts={"system": held.name, "days": terms.days, "people": len(seen.people)},
    )
    return made


@transaction.atomic
def end_consequence(found: Consequence, *, by: "User", at: datetime) -> None:
    """Nobody loses access because of it any more, and who had regains it. Raises rules.Refused when it was ended."""
    if not Consequence.objects.filter(pk=found.pk, ended_at__isnull=True).update(ended_by=by, ended_at=at):
        raise rules.Refused(_("This was ended before. Nothing was changed."))
    schedule.wake(RESTORE, at=at)
    audit.record(
        action="consequences.ended",
        by=by,
        at=at,
        object_label=found.requirement.title,
        object_id=found.requirement.public_id,
        facts={"system": found.receiver.name},
    )


@transaction.atomic
def add_freeze(*, name: str, starts_on: date, ends_on: date, by: "User", at: datetime) -> Freeze:
    """Days on which nobody loses access."""
    made = Freeze.objects.create(
        name=name, starts_on=starts_on, ends_on=ends_on, created_by=by, created_at=at
    )
    _record("consequences.freeze_added", made, by, at)
    return made


@transaction.atomic
def remove_freeze(found: Freeze, *, by: "User", at: datetime) -> None:
    """Those days are like others again; what happened on them stays."""
    _record("consequences.freeze_removed", found, by, at)
    Freeze.objects.filter(pk=found.pk).delete()


def _record(action: str, freeze: Freeze, by: "User", at: datetime) -> None:
    days = {"from": freeze.starts_on.isoformat(), "until": freeze.ends_on.isoformat()}
    audit.record(
        action=action, by=by, at=at, object_label=freeze.name, object_id=freeze.public_id, facts=days
    )
