"""Setting the aim for reviews."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from compliance.evidence import queries
from compliance.evidence.actions.chasing import wake_anew
from compliance.evidence.models import ReviewAim
from lms.audit import actions as audit

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def set_review_aim(*, days: int, by: "User", at: datetime) -> None:
    """Have reviews aim at so many working days, also those of what waits already. What was decided stays as it was.

    Setting what holds anyway keeps it, whatever the installation says later.
    """
    inherited = queries.review_aim()
    row, is_new = ReviewAim.objects.select_for_update().get_or_create(id=1, defaults={"days": days})
    before = inherited if is_new else row.days
    if not is_new:
        if before == days:
            return
        row.days = days
        row.save()
    # With a shorter aim something may be late before the morning that was agreed on.
    wake_anew(at=at)
    audit.record(action="evidence.aim_set", by=by, at=at, facts={"days": [before, days]})
