"""The university's calendar: which days are not worked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from compliance.requirements.models import Holiday
from lms.audit import actions as audit


@transaction.atomic
def set_holidays(*, days: Mapping[date, str], by: Any, at: datetime) -> int:
    """Make the calendar exactly these days with their names; answers how many changed.

    Cycles that are open keep their dates, as with any change of terms; what opens from now on follows the new days.
    """
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
