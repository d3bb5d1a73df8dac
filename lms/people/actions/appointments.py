"""What a person is to the university, entered by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lms.audit import actions as audit
from lms.people import events
from lms.people.actions.days import refresh_days
from lms.people.models import Affiliation, User

_FIELDS = ("department", "kind", "title", "manager", "starts_on", "ends_on")


class AlreadyAppointed(Exception):
    """The person already has this kind of appointment in this department at that time."""


def add_affiliation(*, person: User, values: Mapping[str, Any], by: User, at: datetime) -> Affiliation:
    """Appoint `person` as `values` say (department, kind, title, manager, starts_on, ends_on).

    Raises AlreadyAppointed.
    """
    return _save(Affiliation(user=person), values, by, at)


def edit_affiliation(
    *, affiliation: Affiliation, values: Mapping[str, Any], by: User, at: datetime
) -> Affiliation:
    """Change an appointment; one that came from a roster stays the roster's. Raises AlreadyAppointed."""
    return _save(affiliation, values, by, at)


def _save(affiliation: Affiliation, values: Mapping[str, Any], by: User, at: datetime) -> Affiliation:
    with transaction.atomic():
        changes = {
            name: [_shown(getattr(affiliation, name, None)), _shown(values[name])]
            for name in _FIELDS
            if affiliation.pk is None or getattr(affiliation, name) != values[name]
        }
        for name in changes:
            setattr(affiliation, name, values[name])
        if _is_double(affiliation):
            raise AlreadyAppointed
        affiliation.save()
        refresh_days(user_ids=[affiliation.user_id])
        audit.record(
            action="people.affiliation_saved",
            by=by,
            at=at,
            object_label=affiliation.user.display_name,
            object_id=affiliation.user.public_id,
            facts=changes,
        )
        events.changed.send(sender=None, user_ids=[affiliation.user_id], at=at)
    return affiliation


def _is_double(affiliation: Affiliation) -> bool:
    same = Affiliation.objects.exclude(pk=affiliation.pk).filter(
        user=affiliation.user, department=affiliation.department, kind=affiliation.kind
    )
    if affiliation.ends_on is not None:
        same = same.filter(starts_on__lte=affiliation.ends_on)
    return any(other.ends_on is None or other.ends_on >= affiliation.starts_on for other in same)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
