"""Writing down completions that did not happen in a course here. They count as a passed course does."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.records import letters, rules
from compliance.records.actions.patience import in_words
from compliance.records.enums import CreditSource
from compliance.records.events import REFRESH
from compliance.records.models import Credit
from compliance.records.queries.certifying import BY_HAND, why_not_credited
from compliance.requirements import queries as requirements
from lms.audit import actions as audit
from lms.learning import actions as learning
from tenants import clock, schedule

if TYPE_CHECKING:
    from lms.people.models import User


@in_words()
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
    lengthens, what the requirement gives. Who gives it is never the person themself. By hand it takes a second person
    first (`certifying.approve_certification`), is refused where it would change nothing, and the person is written to;
    other sources have their own pages, reviewers and messages.
    """
    requirement = requirements.locked(requirement_id)
    if by.pk == user_id:
        raise rules.Refused(_("Nobody certifies themself. Somebody else has to."))
    found = why_not_credited(
        requirement, [user_id], on=on, source=source, valid_until=valid_until, today=clock.today(at)
    )
    if user_id in found:
        raise rules.Refused(found[user_id])
    credit = Credit(
        user_id=user_id, requirement=requirement, on=on, source=source, valid_until=valid_until,
        reason=reason, reference=reference, evidence_id=evidence_id, by=by, at=at,
    )  # fmt: skip
    write([credit], by=by, at=at)
    return credit


def write(found: Collection[Credit], *, by: "User", at: datetime) -> None:
    """Write down what was found possible, of one kind, with certificates; wake the turn, tell the people, log it."""
    for credit in found:
        credit.code, credit.holder_name = learning.new_code(), credit.user.display_name
    Credit.objects.bulk_create(found)
    schedule.wake(REFRESH, at=at)
    given = [credit for credit in found if credit.source in BY_HAND]
    letters.tell_all("given", {credit.pk: credit.user for credit in given}, at=at)
    audit.record_all([_entry(credit) for credit in found], by=by, at=at)


def _entry(credit: Credit) -> audit.Entry:
    facts = {
        "requirement": credit.requirement.title,
        "source": credit.source,
        "completed_on": credit.on.isoformat(),
        "valid_until": credit.valid_until.isoformat() if credit.valid_until else "",
        "reason": credit.reason,
        "reference": credit.reference,
    }
    told = {name: value for name, value in facts.items() if value}
    return audit.Entry("records.credit_given", credit.user.display_name, credit.user.public_id, told)
