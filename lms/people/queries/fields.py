"""Fields of the university's own as pages, rules and rosters show them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from lms.people import events
from lms.people.models import FieldValue, PersonField, User


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field for choosing from; `kind` is a FieldKind, `choices` the words that one of a list may be."""

    id: int
    key: str
    name: str
    kind: str
    choices: tuple[str, ...]
    is_retired: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a field says of a person on a day; `value` is None for nothing. `starts_on`: since when, or from when."""

    field: PersonField
    value: str | bool | Decimal | dt.date | None
    starts_on: dt.date | None


def all_fields() -> list[FieldRow]:
    """Every field by name, retired ones too; one statement."""
    return [
        FieldRow(row.pk, row.key, row.name, row.kind, tuple(row.choices), row.is_retired)
        for row in PersonField.objects.order_by("name", "pk")
    ]


def field_list() -> QuerySet[PersonField]:
    """All, those in use first and by name, each with `people_count`: of whom it ever said something."""
    counted = PersonField.objects.annotate(people_count=Count("values__user", distinct=True))
    return counted.order_by("is_retired", "name", "pk")


def live_fields() -> list[PersonField]:
    """Those that are asked for, by name."""
    return list(PersonField.objects.filter(is_retired=False).order_by("name", "pk"))


def field_for(public_id: UUID) -> PersonField:
    """The field of this id. Raises Http404."""
    return get_object_or_404(PersonField, public_id=public_id)


def answers_of(person: User, *, on: dt.date) -> list[Answer]:
    """What each field in use says of the person on that day; two statements."""
    rows = FieldValue.objects.filter(user=person, starts_on__lte=on).exclude(ends_on__lt=on)
    held = {row.field_id: row for row in rows}
    return [
        Answer(field, held[field.pk].value, held[field.pk].starts_on)
        if field.pk in held
        else Answer(field, None, None)
        for field in live_fields()
    ]


def coming_of(person: User, *, after: dt.date) -> list[FieldValue]:
    """What fields in use will say of the person from later days on, the nearest first; one statement."""
    rows = FieldValue.objects.filter(user=person, starts_on__gt=after, field__is_retired=False)
    return list(rows.select_related("field").order_by("starts_on", "field__name", "pk"))


def words_said(field: PersonField) -> frozenset[str]:
    """The words that the field says of somebody, on whatever day."""
    rows = FieldValue.objects.filter(field=field).exclude(words="").order_by()
    return frozenset(rows.values_list("words", flat=True).distinct())


def users_of_field(field: PersonField) -> list[str]:
    """What asks for the field, by title, as the neighbours that use fields say."""
    answers = events.field_use_asked.send(sender=None, key=field.key)
    return [title for _receiver, titles in answers for title in cast("list[str]", titles)]


def values_on(user_ids: Collection[int], on: dt.date) -> dict[int, dict[str, str | bool | Decimal | dt.date]]:
    """By person and key what the fields in use say of these people on that day; one statement."""
    rows = FieldValue.objects.filter(user_id__in=user_ids, starts_on__lte=on, field__is_retired=False)
    found: dict[int, dict[str, str | bool | Decimal | dt.date]] = {}
    for row in rows.exclude(ends_on__lt=on).select_related("field"):
        found.setdefault(row.user_id, {})[row.field.key] = row.value
    return found
