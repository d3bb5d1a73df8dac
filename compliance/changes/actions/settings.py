"""From how many people a second person is needed."""

from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.changes.models import Threshold
from lms.audit import actions as audit


@transaction.atomic
def set_threshold(*, is_on: bool, percent: int, at_least: int, by: Any, at: datetime) -> Threshold:
    """Set it for every change that is worked out from now on; those that wait keep waiting."""
    row, _is_new = Threshold.objects.get_or_create(id=1)
    before = {"is_on": row.is_on, "percent": row.percent, "at_least": row.at_least}
    after = {"is_on": is_on, "percent": percent, "at_least": at_least}
    if before == after:
        return row
    row.is_on, row.percent, row.at_least = is_on, percent, at_least
    row.save()
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(action="changes.threshold_set", by=by, at=at, facts=changed)
    return row
