"""The days of people that a rule may turn with, and who has one on a certain day."""

import datetime as dt

from django.db.models import Q, QuerySet

from lms.people.models import Affiliation, FieldValue, GroupMember, User
from tenants import clock

_DAY = dt.timedelta(days=1)


def days_of(of: str, code: str, first: dt.date, last: dt.date) -> set[dt.date]:
    """The days from `first` to `last` of this sort that somebody has, of the group or field of this code.

    `of`: "starts" or "ends" (of an appointment), "group" (since when somebody is in it), "field" (what it says begins,
    or was over the day before: two statements), "field_day" (the field names the day), "sign_in" (the first
    one, by the tenant's zone).
    """
    stretch = (first, last)
    match of:
        case "group":
            rows = GroupMember.objects.filter(group__code=code, since__range=stretch)
            return {*rows.order_by().values_list("since", flat=True).distinct()}
        case "field":
            held = FieldValue.objects.filter(field__key=code).order_by()
            begun = held.filter(starts_on__range=stretch).values_list("starts_on", flat=True)
            over = held.filter(ends_on__range=(first - _DAY, last - _DAY)).values_list("ends_on", flat=True)
            return {*begun.distinct(), *(day + _DAY for day in over.distinct() if day is not None)}
        case "field_day":
            named = FieldValue.objects.filter(field__key=code, day__range=stretch).order_by()
            return {day for day in named.values_list("day", flat=True).distinct() if day is not None}
        case "sign_in":
            moments = _signed_in(first, last).values_list("first_signed_in_at", flat=True)
            return {clock.today(at) for at in moments.iterator() if at is not None}
        case _:
            posts = Affiliation.objects.filter(**{f"{of}_on__range": stretch}).order_by()
            return {*posts.values_list(f"{of}_on", flat=True).distinct()}


def whose_day(of: str, code: str, on: dt.date) -> set[int]:
    """Who has such a day on that day; `of` and `code` as above."""
    if of == "sign_in":
        return {*_signed_in(on, on).values_list("pk", flat=True)}
    rows: QuerySet[GroupMember] | QuerySet[FieldValue] | QuerySet[Affiliation]
    match of:
        case "group":
            rows = GroupMember.objects.filter(group__code=code, since=on)
        case "field":
            turns = Q(starts_on=on) | Q(ends_on=on - _DAY)
            rows = FieldValue.objects.filter(turns, field__key=code)
        case "field_day":
            rows = FieldValue.objects.filter(field__key=code, day=on)
        case _:
            rows = Affiliation.objects.filter(**{f"{of}_on": on})
    return {*rows.values_list("user_id", flat=True)}


def _signed_in(first: dt.date, last: dt.date) -> QuerySet[User]:
    """Who signed in for the first time on these days."""
    since = clock.end_of_day(first - _DAY)
    return User.objects.filter(first_signed_in_at__gt=since, first_signed_in_at__lte=clock.end_of_day(last))
