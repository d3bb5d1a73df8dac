"""When somebody is away, entered by hand."""

import datetime as dt
from typing import TypeAlias

from django.db import transaction
from django.db.models import Q

from lms.audit import actions as audit
from lms.people import events
from lms.people.models import Leave, User

_Days: TypeAlias = tuple[dt.date | None, dt.date | None]


class LeavesOverlap(Exception):
    """The person is away on some of these days already."""


def save_leave(
    *,
    person: User,
    leave: Leave | None,
    starts_on: dt.date,
    ends_on: dt.date | None,
    reason: str,
    by: User,
    at: dt.datetime,
) -> None:
    """The person is away from the one day to the other, both included; None: until further notice.

    Without `leave` it is a new one. Raises LeavesOverlap.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        # As it is now: somebody else may have changed it, or taken it out, while this one waited.
        leave = Leave.objects.filter(pk=leave.pk).first() if leave else None
        others = Leave.objects.filter(user=person).exclude(pk=leave.pk if leave else 0)
        begun = others if ends_on is None else others.filter(starts_on__lte=ends_on)
        if begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).exists():
            raise LeavesOverlap
        before = (leave.starts_on, leave.ends_on) if leave else (None, None)
        if before == (starts_on, ends_on):
            return
        kept = leave or Leave(user=person)
        kept.starts_on, kept.ends_on = starts_on, ends_on
        kept.save()
        _record(person, (before, (starts_on, ends_on)), reason, by=by, at=at)


def remove_leave(*, person: User, leave: Leave, reason: str, by: User, at: dt.datetime) -> None:
    """The leave never was."""
    with transaction.atomic():
        gone, _by_model = Leave.objects.filter(pk=leave.pk, user=person).delete()
        if gone:
            _record(person, ((leave.starts_on, leave.ends_on), (None, None)), reason, by=by, at=at)


def _record(person: User, pair: tuple[_Days, _Days], reason: str, *, by: User, at: dt.datetime) -> None:
    days = zip(("starts_on", "ends_on"), *pair, strict=True)
    facts: dict[str, object] = {
        name: [str(was or ""), str(now or "")] for name, was, now in days if was != now
    }
    audit.record(
        action="people.leave_saved",
        by=by,
        at=at,
        object_label=person.display_name,
        object_id=person.public_id,
        facts=facts | ({"reason": reason} if reason else {}),
    )
    events.changed.send(sender=None, user_ids=[person.pk], at=at)
