"""The university's calendar: which days are not worked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from compliance.requirements.models import Holiday
from lms.audit import actions as audit

# Any number that no other advisory lock uses; the schema is mixed in, so tenants never wait for each other.
_LOCK = 0x686F6C


def hold_holidays() -> None:
    """Keep the list from being changed by anybody else until the caller's transaction ends; an empty list, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])


@transaction.atomic
def set_holidays(*, days: Mapping[date, str], by: Any, at: datetime) -> int:
    """Make the calendar exactly these days with their names; answers how many changed.

    Cycles that are open keep their dates, as with any change of terms, but those that an absence moved; what opens from
    now on follows the new days. What that does to whom is for the caller to have shown.
    """
    hold_holidays()
    before = {row.on: row.name for row in Holiday.objects.select_for_update()}
    gone = sorted(set(before) - set(days))
    changed = sorted(on for on, name in days.items() if before.get(on) != name)
    if not gone and not changed:
        return 0
    Holiday.objects.filter(on__in=[*gone, *changed]).delete()
    Holiday.objects.bulk_create(Holiday(on=on, name=days[on]) for on in changed)
    audit.record(
        action="requirement.holidays_changed",
        by=by,
        at=at,
        facts={"set": [on.isoformat() for on in changed], "removed": [on.isoformat() for on in gone]},
    )
    return len(gone) + len(changed)
