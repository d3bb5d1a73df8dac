"""Writing down a completion that did not happen in a course here. It counts as a passed course does."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.core import dates
from compliance.core.credits import credit_fault
from compliance.records import letters, rules
from compliance.records.enums import CreditSource
from compliance.records.events import REFRESH
from compliance.records.models import Credit, Obligation
from compliance.requirements import queries as requirements
from compliance.requirements.enums import RequirementState
from lms.audit import actions as audit
from lms.ui.dates import day_text
from tenants import clock, schedule

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User

BY_HAND = frozenset({CreditSource.MANUAL, CreditSource.PRIOR})
FROM_BEFORE = frozenset({CreditSource.PRIOR, CreditSource.EVIDENCE})


@transaction.atomic
def give_credit(
    *,
    user_id: int,
    requirement_id: int,
    on: date,
    source: CreditSource,
    by: "User",
    reason: str,
    valid_until: date | None = None,
    evidence_id: UUID | None = None,
    reference: str = "",
    at: datetime,
) -> Credit:
    """Let a completion on `on` (tenant's zone) count for the person and the requirement. Raises rules.Refused.

    The turn that it wakes finishes the open cycle with it, as with a passed course. `valid_until` shortens, never
    lengthens, what the requirement gives. Who gives it is never the person themself. Given by hand, it is refused where
    it would change nothing, and the person is written to; other sources have their own pages and messages.
    """
    requirement = requirements.locked(requirement_id)
    if by.pk == user_id:
        raise rules.Refused(_("Nobody certifies themself. Somebody else has to."))
    if requirement.state == RequirementState.RETIRED:
        raise rules.Refused(_("This requirement was retired: nothing is owed for it any more."))
    (person,) = requirements.people_of(requirement, [user_id])
    fault = credit_fault(
        on,
        clock.today(at),
        person.appointments,
        is_from_before=source in FROM_BEFORE,
        valid_until=valid_until,
        is_temporary=source == CreditSource.MANUAL and valid_until is not None,
    )
    if fault:
        raise rules.Refused(rules.credit_text(fault))
    if source in BY_HAND:
        _refuse_idle(user_id, requirement, on)
    credit = Credit.objects.create(
        user_id=user_id, requirement=requirement, on=on, source=source, valid_until=valid_until,
        reason=reason, reference=reference, evidence_id=evidence_id, by=by, at=at,
    )  # fmt: skip
    schedule.wake(REFRESH, at=at)
    if source in BY_HAND:
        letters.tell("given", credit.pk, to=credit.user, at=at)
    _record(credit, by, at)
    return credit


def _refuse_idle(user_id: int, requirement: "Requirement", on: date) -> None:
    """What is on record already may say as much: then nothing would change, and somebody would wait in vain."""
    row = (
        Obligation.objects.filter(user_id=user_id, requirement=requirement, done_record__isnull=False)
        .select_related("done_record")
        .first()
    )
    if row is None or row.done_record is None or row.completed_on is None:
        return
    if on <= row.completed_on:
        raise rules.Refused(
            _("On record is a completion of %(day)s, so this would change nothing.")
            % {"day": day_text(row.completed_on)}
        )
    if row.window_opens_on is not None and on >= row.window_opens_on:
        return
    if row.valid_until is None:
        raise rules.Refused(_("What is on record counts for good, so this would change nothing."))
    renewal = dates.renewal(
        requirement.terms, row.valid_until, row.completed_on, is_temporary=row.done_record.is_temporary
    )
    opens_on = row.window_opens_on or renewal.window_opens_on
    if on < min(opens_on, renewal.window_opens_on):
        raise rules.Refused(
            _("What is on record counts until %(until)s. It can be renewed from %(day)s on.")
            % {"until": day_text(row.valid_until), "day": day_text(opens_on)}
        )


def _record(credit: Credit, by: "User", at: datetime) -> None:
    facts = {
        "requirement": credit.requirement.title,
        "source": credit.source,
        "completed_on": credit.on.isoformat(),
        "valid_until": credit.valid_until.isoformat() if credit.valid_until else "",
        "reason": credit.reason,
        "reference": credit.reference,
    }
    audit.record(
        action="records.credit_given",
        by=by,
        at=at,
        object_label=credit.user.display_name,
        object_id=credit.user.public_id,
        facts={name: value for name, value in facts.items() if value},
    )
