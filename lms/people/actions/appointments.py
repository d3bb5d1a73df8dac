"""What a person is to the university, entered by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lms.audit import actions as audit
from lms.people import events
from lms.people.actions.days import refresh_days
from lms.people.actions.persons import add_person
from lms.people.models import Affiliation, User

_FIELDS = ("department", "kind", "title", "manager", "starts_on", "ends_on")


class AlreadyAppointed(Exception):
    """The person already has this kind of appointment in this department at that time."""


def add_appointed_person(
    *, values: Mapping[str, Any], appointment: Mapping[str, Any], by: User, at: datetime
) -> User:
    """A new person together with their first appointment. Raises EmailTaken, ExternalIdTaken."""
    with transaction.atomic():
        person = add_person(values=values, by=by, at=at)
        save_affiliation(person=person, affiliation=None, values=appointment, by=by, at=at)
    return person


def save_affiliation(
    *, person: User, affiliation: Affiliation | None, values: Mapping[str, Any], by: User, at: datetime
) -> Affiliation:
    """Appoint `person` as `values` say (department, kind, title, manager, starts_on, ends_on).

    Without `affiliation` it is a new appointment. One that came from a roster stays the roster's. A `reason` in
    `values` goes into the log and stands beside whatever the change restates. Raises AlreadyAppointed.
    """
    kept = affiliation or Affiliation(user=person)
    with transaction.atomic():
        changes: dict[str, Any] = {
            name: [_shown(kept, name), str(values[name] or "")]
            for name in _FIELDS
            if affiliation is None or getattr(kept, name) != values[name]
        }
        for name in changes:
            setattr(kept, name, values[name])
        if _is_double(kept):
            raise AlreadyAppointed
        kept.save()
        refresh_days(user_ids=[person.pk])
        audit.record(
            action="people.affiliation_saved",
            by=by,
            at=at,
            object_label=person.display_name,
            object_id=person.public_id,
            facts=changes | ({"reason": values["reason"]} if values.get("reason") else {}),
        )
        events.changed.send(sender=None, user_ids=[person.pk], at=at)
    return kept


def _is_double(affiliation: Affiliation) -> bool:
    same = Affiliation.objects.exclude(pk=affiliation.pk).filter(
        user=affiliation.user, department=affiliation.department, kind=affiliation.kind
    )
    if affiliation.ends_on is not None:
        same = same.filter(starts_on__lte=affiliation.ends_on)
    return any(other.ends_on is None or other.ends_on >= affiliation.starts_on for other in same)


def _shown(affiliation: Affiliation, name: str) -> str:
    is_new = affiliation._state.adding
    return "" if is_new else str(getattr(affiliation, name) or "")
