"""Loading past completions: exactly what was previewed, all of it or nothing; again it adds nothing."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.records import rules
from compliance.records.enums import CreditSource
from compliance.records.events import REFRESH
from compliance.records.models import Credit
from compliance.records.queries import loading as queries
from compliance.requirements import queries as requirements
from lms.audit import actions as audit
from tenants import schedule

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def load_history(text: str, *, fingerprint: str, reason: str, by: "User", today: date, at: datetime) -> int:
    """Write down every new line of the file; answers how many. The turn that it wakes makes the cycles.

    `fingerprint` is that of the preview that was shown (queries.preview). Raises rules.NumbersChanged when it would no
    longer be the same, and rules.Refused when a line cannot be loaded or none is new.
    """
    for requirement in requirements.loadable():
        requirements.locked(requirement.pk)
    seen = queries.preview(text, by_id=by.pk, today=today)
    if seen.fingerprint != fingerprint:
        raise rules.NumbersChanged(
            _("Something has changed since you looked, so nothing was loaded. Look again, then confirm.")
        )
    if seen.faults:
        raise rules.Refused(_("Some lines cannot be loaded. Put them right, and nothing is lost until then."))
    if not seen.new:
        raise rules.Refused(_("Every line is on record already. Nothing was changed."))
    batch = uuid.uuid4()
    Credit.objects.bulk_create(
        [
            Credit(
                user=row.user, requirement=row.requirement, on=row.on, source=CreditSource.HISTORY,
                reason=reason, reference=row.line.reference[:200], score=row.score, batch=batch, by=by, at=at,
            )
            for row in seen.new
            if row.on is not None
        ],
        batch_size=500,
    )  # fmt: skip
    schedule.wake(REFRESH, at=at)
    audit.record(
        action="records.history_loaded",
        by=by,
        at=at,
        object_label=reason,
        object_id=batch,
        facts={"lines": len(seen.new), "cycles": seen.cycle_count, "known": seen.known_count},
    )
    return len(seen.new)
