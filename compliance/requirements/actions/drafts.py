"""Writing a requirement down, and changing what it says."""

from copy import copy
from datetime import date, datetime
from typing import Any

from django.db import transaction

from compliance.requirements import events, queries, rules
from compliance.requirements.basis import Basis
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement, RequirementVersion
from lms.audit import actions as audit
from tenants import clock


@transaction.atomic
def create_draft(
    *, definition: rules.Definition, by: Any, at: datetime, basis: Basis | None = None
) -> Requirement:
    """A requirement that does nothing yet. Without `basis` it rests on nothing that is written down."""
    requirement = definition.apply_to(Requirement(created_at=at, created_by=by))
    rules.check_waiting(requirement)
    if basis is not None:
        basis.apply_to(requirement)
    requirement.save(force_insert=True)
    _note("requirement.drafted", requirement, by=by, at=at)
    return requirement


@transaction.atomic
def edit(
    *,
    requirement: Requirement,
    definition: rules.Definition,
    fingerprint: str,
    by: Any,
    at: datetime,
    today: date,
) -> Requirement:
    """Change what a requirement says. `today` is the tenant's day.

    A draft is simply rewritten and `fingerprint` is not looked at. One that was turned on gets a new version, and only
    if `fingerprint` is that of the preview now: raises rules.NumbersChanged otherwise. Raises rules.NotAllowedNow for
    a retired one.
    """
    held = Requirement.objects.select_for_update().get(pk=requirement.pk)
    rules.check_can_edit(held)
    rules.check_nothing_agreed(held)
    if not held.is_draft:
        proposed = definition.apply_to(copy(held))
        is_other = rules.content_of(proposed) != rules.content_of(held)
        if is_other and queries.preview(proposed, today).fingerprint != fingerprint:
            raise rules.NumbersChanged
    return revise(requirement=held, definition=definition, by=by, at=at)


@transaction.atomic
def revise(
    *,
    requirement: Requirement,
    definition: rules.Definition,
    by: Any,
    at: datetime,
    approved_by: Any = None,
    today: date | None = None,
) -> Requirement:
    """Write what a requirement says from `today` on, for a caller who has compared the whole difference already.

    `approved_by` is the second person, where one agreed; `today` is the tenant's day, by default that of `at`.
    Without a change nothing is written. Cycles that are open keep their dates; new ones follow the new terms. Raises
    rules.NotAllowedNow for a retired one.
    """
    held = Requirement.objects.select_for_update().get(pk=requirement.pk)
    rules.check_can_edit(held)
    before = rules.content_of(held)
    definition.apply_to(held)
    changes = rules.changes_between(before, rules.content_of(held))
    if not changes:
        return held
    rules.check_waiting(held)
    if held.is_draft:
        held.save()
    else:
        held.number += 1
        held.save()
        write_version(held, by=by, at=at, approved_by=approved_by, today=today)
        events.changed.send(sender=None, requirement_id=held.pk, at=at)
    _note("requirement.changed", held, by=by, at=at, facts=changes)
    return held


@transaction.atomic
def discard_draft(*, requirement: Requirement, by: Any, at: datetime) -> None:
    """Delete a draft. Raises rules.NotAllowedNow for anything that was ever turned on."""
    held = Requirement.objects.select_for_update().get(pk=requirement.pk)
    if held.state != RequirementState.DRAFT or held.versions.exists():
        raise rules.NotAllowedNow
    rules.check_nobody_waits(held)
    rules.check_nothing_agreed(held)
    _note("requirement.discarded", held, by=by, at=at)
    held.delete()


def write_version(
    requirement: Requirement, *, by: Any, at: datetime, approved_by: Any = None, today: date | None = None
) -> None:
    """Keep what the requirement says from `today` on, by default the tenant's day of `at`; `by` decided alone unless
    somebody approved it.
    """
    RequirementVersion.objects.create(
        requirement=requirement,
        number=requirement.number,
        content=rules.content_of(requirement),
        at=at,
        by=by,
        effective_on=today or clock.today(at),
        approved_by=approved_by or by,
    )


def _note(action: str, requirement: Requirement, *, by: Any, at: datetime, facts: Any = None) -> None:
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=requirement.title,
        object_id=requirement.public_id,
        facts=facts or {},
    )
