"""What is done with fields of the university's own, and with what they say of people."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.db import transaction
from django.db.models import Q

from lms.audit import actions as audit
from lms.people import events, queries
from lms.people.models import FieldValue, PersonField, User
from lms.people.rules import spelt_value

Value: TypeAlias = str | bool | Decimal | dt.date
MOST_FIELDS = 50
_DAY = dt.timedelta(days=1)


class FieldKeyTaken(Exception):
    """Another field has this key."""


class TooManyFields(Exception):
    """There are as many fields in use as there may be."""


class FieldInUse(Exception):
    """Something asks for the field; `titles` say what."""

    def __init__(self, titles: list[str]) -> None:
        super().__init__(", ".join(titles))
        self.titles = titles


class ChoiceInUse(Exception):
    """Somebody has one of these words that would no longer be a choice."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(", ".join(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Setting:
    """From `since` on the field says this of the person; None: nothing any more."""

    user_id: int
    field_id: int
    value: Value | None
    since: dt.date


def add_field(
    *, key: str, name: str, kind: str, purpose: str, choices: list[str], by: User, at: dt.datetime
) -> PersonField:
    """A new field that says nothing of anybody yet; `key` is kept in small letters.

    Raises FieldKeyTaken, TooManyFields.
    """
    with transaction.atomic():
        _refuse_too_many()
        said = {"name": name, "kind": kind, "purpose": purpose, "choices": choices}
        field, is_new = PersonField.objects.get_or_create(key=key.lower(), defaults=said)
        if not is_new:
            raise FieldKeyTaken
        facts = {"key": ["", field.key], "kind": ["", kind], "choices": ["", ", ".join(choices)]}
        _record("people.field_added", field, {name: pair for name, pair in facts.items() if pair[1]}, by, at)
    return field


def change_field(
    *,
    field: PersonField,
    name: str,
    purpose: str,
    choices: list[str],
    is_retired: bool,
    by: User,
    at: dt.datetime,
) -> None:
    """Call it otherwise, change its words, or retire it: then nobody is asked for it, and what it said stays.

    Raises FieldInUse, ChoiceInUse, TooManyFields.
    """
    new = {"name": name, "purpose": purpose, "choices": choices, "is_retired": is_retired}
    with transaction.atomic():
        held = PersonField.objects.select_for_update().get(pk=field.pk)
        if is_retired and not held.is_retired and (titles := queries.users_of_field(held)):
            raise FieldInUse(titles)
        if not is_retired and held.is_retired:
            _refuse_too_many()
        gone = set(held.choices) - set(choices)
        if gone and (said := sorted(gone & queries.words_said(held))):
            raise ChoiceInUse(said)
        facts = {
            key: [_shown(getattr(held, key)), _shown(value)]
            for key, value in new.items()
            if getattr(held, key) != value
        }
        if facts:
            PersonField.objects.filter(pk=field.pk).update(**new)
            _record("people.field_changed", held, facts, by, at)


def set_values(
    *, person: User, values: Mapping[int, Value | None], since: dt.date, by: User, at: dt.datetime
) -> bool:
    """What fields (by id) say of the person from that day on. Answers whether anything changed."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        names = _labels(PersonField.objects.filter(pk__in=values))
        before = _on([person.pk], since)
        changed = write_values([Setting(person.pk, pk, value, since) for pk, value in values.items()])
        if not changed:
            return False
        facts = {
            names[each.field_id]: [
                spelt_value(before.get((person.pk, each.field_id))),
                spelt_value(each.value),
            ]
            for each in changed
        }
        audit.record(
            action="people.field_values_changed",
            by=by,
            at=at,
            object_label=person.display_name,
            object_id=person.public_id,
            facts={**facts, "since": ["", since.isoformat()]},
        )
        events.changed.send(sender=None, user_ids=[person.pk], at=at)
    return True


def write_values(settings: Collection[Setting]) -> list[Setting]:
    """Write them in bulk and answer those that changed something; in the caller's transaction.

    What was said for later days is no longer said: a setting holds until further notice.
    """
    changed: list[Setting] = []
    for since in sorted({each.since for each in settings}):
        of_day = [each for each in settings if each.since == since]
        changed += _differing(of_day, since)
    for since in sorted({each.since for each in changed}):
        _write([each for each in changed if each.since == since], since)
    return changed


def _differing(settings: list[Setting], since: dt.date) -> list[Setting]:
    """Those that the person's fields do not say already from that day on."""
    users = {each.user_id for each in settings}
    now = _on(users, since)
    later = Q(starts_on__gt=since) | Q(ends_on__gte=since)
    turning = {
        *FieldValue.objects.filter(later, user_id__in=users).values_list("user_id", "field_id"),
    }
    return [
        each
        for each in settings
        if now.get((each.user_id, each.field_id)) != each.value or (each.user_id, each.field_id) in turning
    ]


def _write(settings: list[Setting], since: dt.date) -> None:
    by_field: dict[int, list[int]] = {}
    for each in settings:
        by_field.setdefault(each.field_id, []).append(each.user_id)
    for field_id, users in by_field.items():
        held = FieldValue.objects.filter(field_id=field_id, user_id__in=users)
        held.filter(starts_on__gte=since).delete()
        held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=since)).update(ends_on=since - _DAY)
    FieldValue.objects.bulk_create(_rows(settings))


def _rows(settings: Iterable[Setting]) -> list[FieldValue]:
    return [
        FieldValue(
            user_id=each.user_id,
            field_id=each.field_id,
            starts_on=each.since,
            words=each.value if isinstance(each.value, str) else "",
            flag=each.value if isinstance(each.value, bool) else None,
            number=each.value if isinstance(each.value, Decimal) else None,
            day=each.value if isinstance(each.value, dt.date) else None,
        )
        for each in settings
        if each.value is not None
    ]


def _on(user_ids: Collection[int], on: dt.date) -> dict[tuple[int, int], Value]:
    """(person, field) -> what it says on that day."""
    rows = FieldValue.objects.filter(user_id__in=user_ids, starts_on__lte=on).exclude(ends_on__lt=on)
    return {(row.user_id, row.field_id): row.value for row in rows}


def _refuse_too_many() -> None:
    if PersonField.objects.filter(is_retired=False).count() >= MOST_FIELDS:
        raise TooManyFields


def _labels(fields: Iterable[PersonField]) -> dict[int, str]:
    """Field id -> its name; with its key where two have one name, or one is called as the day is in the log."""
    names = Counter(each.name for each in fields)
    names["since"] += 1
    return {each.pk: each.name if names[each.name] == 1 else f"{each.name} ({each.key})" for each in fields}


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _record(action: str, field: PersonField, facts: dict[str, list[str]], by: User, at: dt.datetime) -> None:
    audit.record(action=action, by=by, at=at, object_label=field.name, object_id=field.public_id, facts=facts)
