"""By how many days departments move due dates by themselves."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from compliance.records.models import ExtensionLimit
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def set_extension_limit(*, days: int, by: "User", at: datetime) -> None:
    """Set it for every extension from now on; what was moved stays. 0: departments move none."""
    row, _is_new = ExtensionLimit.objects.select_for_update().get_or_create(id=1)
    before = row.days
    if before == days:
        return
    row.days = days
    row.save()
    audit.record(action="records.extension_limit_set", by=by, at=at, facts={"days": [before, days]})
