"""Deciding whether whoever is in the days of grace counts as compliant."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.records import rules
from compliance.records.models import GraceDecision
from compliance.records.queries import grace as queries
from lms.audit import actions as audit
from lms.ui.dates import day_text
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User


def decide_grace(*, counts: bool, from_on: date, reason: str, by: "User", at: datetime) -> GraceDecision:
    """From `from_on` (the tenant's day, today or later) on it is counted like this. No due date or reminder moves.

    It stands over whatever was decided for that day and later. Raises rules.Refused for a day that is over, when it is
    counted like this from then on anyway, and when somebody else was quicker.
    """
    today = clock.today(at)
    if from_on < today:
        raise rules.Refused(
            _("%(day)s is over, and how it was counted stays. Choose today or a later day.")
            % {"day": day_text(from_on)}
        )
    made = queries.grace_decisions()
    then = queries.counting_on(from_on, made)
    if then.grace_counts == counts and not then.coming:
        raise rules.Refused(_("It is counted like this from that day on anyway. Nothing was changed."))
    try:
        with transaction.atomic():
            row = GraceDecision.objects.create(
                number=made[0].number + 1 if made else 1,
                counts=counts,
                from_on=from_on,
                reason=reason,
                decided_by=by,
                decided_at=at,
                decided_on=today,
            )
            audit.record(
                action="records.grace_decided",
                by=by,
                at=at,
                object_label=_("Compliant in grace") if counts else _("Not compliant in grace"),
                object_id=str(row.number),
                facts={
                    "counts": [then.grace_counts, counts],
                    "from_on": from_on.isoformat(),
                    "reason": reason,
                },
            )
    except IntegrityError as error:
        raise rules.Refused(
            _(
                "Somebody else decided about this at the same moment. Nothing was changed; look at what holds now."
            )
        ) from error
    return row
