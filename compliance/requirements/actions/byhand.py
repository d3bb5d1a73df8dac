"""Naming people by hand, only with the consequences that were seen; and ending that, with a reason."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.core.namings import Naming
from compliance.core.namings import Side as CoreSide
from compliance.requirements import events, queries, rules
from compliance.requirements.enums import RequirementState, Side
from compliance.requirements.models import Individual, Requirement
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User

_DAY = timedelta(days=1)


def naming(side: str, *, until: date | None, reason: str, by: "User", today: date) -> Naming:
    """What would be said of the people, in the engine's words. `until` is the last day; None: until further notice."""
    return Naming(CoreSide(side), today, None if until is None else until + _DAY, by.display_name, reason)


@transaction.atomic
def name_by_hand(
    *,
    requirement: Requirement,
    people: Sequence["User"],
    side: str,
    reason: str,
    until: date | None,
    fingerprint: str,
    by: "User",
    today: date,
    at: datetime,
) -> list[Individual]:
    """Add people to a requirement, or leave them out, from `today` (the tenant's day) to `until`, both included.

    All of them or none. `fingerprint` is that of the consequences that `by` saw: raises rules.NumbersChanged when they
    would be others now, rules.NotAllowedNow for a retired requirement, for oneself left out, for somebody who is
    named already, and without a reason.
    """
    held = Requirement.objects.select_for_update().get(pk=requirement.pk)
    _check(held, people, side, reason, by)
    named = naming(side, until=until, reason=reason, by=by, today=today)
    if queries.consequences(held, [each.pk for each in people], named, today).fingerprint != fingerprint:
        raise rules.NumbersChanged
    try:
        with transaction.atomic():
            made = Individual.objects.bulk_create(
                Individual(
                    requirement=held,
                    user=each,
                    side=side,
                    reason=reason,
                    starts_on=today,
                    ends_on=until,
                    by=by,
                    at=at,
                )
                for each in people
            )
    except IntegrityError as error:
        raise rules.NotAllowedNow(_("Somebody of them is named by hand already. End that first.")) from error
    for each in made:
        _note(f"requirement.person_{side}d", each, by=by, at=at, until=until)
    _announce(held, at)
    return made


@transaction.atomic
def end_naming(*, individual: Individual, reason: str, by: "User", today: date, at: datetime) -> Individual:
    """From `today` on the rule alone decides about the person again. Raises rules.NotAllowedNow."""
    requirement = Requirement.objects.select_for_update().get(pk=individual.requirement_id)
    rules.check_can_edit(requirement)
    found = (
        Individual.objects.select_for_update(of=("self",)).select_related("user", "by").get(pk=individual.pk)
    )
    if found.returns_on is not None and found.returns_on <= today:
        raise rules.NotAllowedNow(_("It does not hold any more."))
    if found.user_id == by.pk and found.side == Side.INCLUDE:
        raise rules.NotAllowedNow(_("Nobody takes themselves off a requirement. Ask somebody else."))
    if not reason.strip():
        raise rules.NotAllowedNow(_("Give a reason."))
    found.ended_on, found.ended_by, found.ended_at = max(today, found.starts_on), by, at
    found.end_reason = reason
    found.save(update_fields=["ended_on", "ended_by", "ended_at", "end_reason"])
    _note("requirement.naming_ended", found, by=by, at=at, until=None)
    _announce(requirement, at)
    return found


def _check(requirement: Requirement, people: Sequence["User"], side: str, reason: str, by: "User") -> None:
    rules.check_can_edit(requirement)
    if side == Side.EXCLUDE and any(each.pk == by.pk for each in people):
        raise rules.NotAllowedNow(_("Nobody leaves themselves out. Ask somebody else."))
    if not reason.strip():
        raise rules.NotAllowedNow(_("Give a reason."))


def _announce(requirement: Requirement, at: datetime) -> None:
    """The turn comes now for what is on; a draft or one that rests takes it up when it is turned on."""
    if requirement.state == RequirementState.ACTIVE:
        events.changed.send(sender=None, requirement_id=requirement.pk, at=at)


def _note(action: str, individual: Individual, *, by: Any, at: datetime, until: date | None) -> None:
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=individual.requirement.title,
        object_id=individual.requirement.public_id,
        facts={
            "person": individual.user.display_name,
            "reason": individual.end_reason or individual.reason,
            **({"until": until.isoformat()} if until else {}),
        },
    )
