"""What is done with one person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from lms.audit import actions as audit
from lms.people import events, queries
from lms.people.actions.roles import check_owner_remains
from lms.people.models import User
from tenants import plans
from tenants.plans import Limit

_FIELDS = ("given_name", "family_name", "preferred_name", "email", "external_id")


class EmailTaken(Exception):
    """Another person has this address."""


class ExternalIdTaken(Exception):
    """Another person has this employee ID."""


class NotOneself(Exception):
    """Nobody deactivates themselves: they could not undo it."""


def add_person(*, values: Mapping[str, Any], by: User | None, at: datetime) -> User:
    """A new person with the fields in `values` (names, email, external_id) and a confirmed address.

    Raises EmailTaken, ExternalIdTaken, and LimitReached when the plan includes nobody more.
    """
    with transaction.atomic():
        plans.admit(Limit.PEOPLE, more=1, taken=queries.places_taken)
        person = User(created_at=at)
        _set_fields(person, values)
        try:
            with transaction.atomic():
                entry = put_in(person)
        except IntegrityError as error:
            # Somebody else, or a second click, put them in since the look a moment ago.
            if User.objects.filter(email=person.email).exists():
                raise EmailTaken from error
            if User.objects.filter(external_id__iexact=person.external_id).exists():
                raise ExternalIdTaken from error
            raise
        audit.record_all([entry], by=by, at=at)
        events.changed.send(sender=None, user_ids=[person.pk], at=at)
    return person


def put_in(person: User) -> audit.Entry:
    """Save a new person, who has no password yet and a confirmed address.

    For a caller who sees to the plan and to who has the address, writes down the entry and tells of the change, all in
    one transaction.
    """
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return _entry("people.added", person, {"email": ["", person.email]})


def edit_person(*, person: User, values: Mapping[str, Any], by: User, at: datetime) -> bool:
    """Change names, address or employee ID. Answers whether anything changed.

    A new address is confirmed: who edits answers for it. Raises EmailTaken, ExternalIdTaken.
    """
    with transaction.atomic():
        changes = _set_fields(person, values)
        if not changes:
            return False
        person.save(update_fields=list(changes))
        if "email" in changes:
            EmailAddress.objects.filter(user=person).delete()
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        _record("people.edited", person, by, at, changes)
        events.changed.send(sender=None, user_ids=[person.pk], at=at)
    return True


def change_profile(*, person: User, locale: str, time_zone: str) -> None:
    """What a person sets for themselves; empty values mean those of the university."""
    person.locale, person.time_zone = locale, time_zone
    person.save(update_fields=["locale", "time_zone"])


def deactivate(*, person: User, by: User, at: datetime) -> None:
    """Shut a person out, at once and until reactivated; everything on record stays.

    Raises NotOneself, LastOwner.
    """
    if person.pk == by.pk:
        raise NotOneself
    with transaction.atomic():
        check_owner_remains(without=person, at=at)
        _switch(person, is_active=False)
        _record("people.deactivated", person, by, at, {})
        events.changed.send(sender=None, user_ids=[person.pk], at=at)


def reactivate(*, person: User, by: User, at: datetime) -> None:
    """Let a deactivated person in again, as the same person with the same record.

    Raises LimitReached when the plan includes nobody more.
    """
    with transaction.atomic():
        if not person.is_active:
            plans.admit(Limit.PEOPLE, more=1, taken=queries.places_taken)
        _switch(person, is_active=True)
        _record("people.reactivated", person, by, at, {})
        events.changed.send(sender=None, user_ids=[person.pk], at=at)


def _switch(person: User, *, is_active: bool) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])


def _set_fields(person: User, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs; answers field to [before, after]."""
    others = User.objects.exclude(pk=person.pk)
    changes: dict[str, list[Any]] = {}
    for name in _FIELDS:
        if name not in values:
            continue
        before, after = getattr(person, name), values[name]
        if name == "external_id":
            after = after or None
        if before == after:
            continue
        if name == "email" and others.filter(email=after).exists():
            raise EmailTaken
        if name == "external_id" and after and others.filter(external_id__iexact=after).exists():
            raise ExternalIdTaken
        setattr(person, name, after)
        changes[name] = [before, after]
    return changes


def _record(action: str, person: User, by: User | None, at: datetime, facts: Mapping[str, Any]) -> None:
    audit.record_all([_entry(action, person, facts)], by=by, at=at)


def _entry(action: str, person: User, facts: Mapping[str, Any]) -> audit.Entry:
    return audit.Entry(action, person.display_name, person.public_id, facts)
