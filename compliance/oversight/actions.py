"""Sharing the figures of a department's site with its university's, once a day while an agreement is in force."""

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from compliance.oversight import queries
from tenants import clock, clockwork, context, schedule
from tenants.agreements import actions as agreements
from tenants.agreements.actions import Signer
from tenants.agreements.queries import is_sharing

if TYPE_CHECKING:
    from lms.people.models import User

SHARE_JOB = "oversight.share"
# After records.daily (05:30), so that the day's cycles are open and the day's leavers are gone.
SHARE_AT = dt.time(6, 30)


def share_figures(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """Put today's figures in the place of the month's earlier ones; answers tomorrow's moment while anybody reads.

    A site that shares nothing is never visited: the first visit follows an acceptance.
    """
    if not is_sharing():
        return None
    today = clock.today(at)
    agreements.publish(queries.shared_cells(today), as_of=today, at=at)
    return clockwork.next_local(at, SHARE_AT, context.require_tenant().time_zone)


def accept(agreement: UUID, *, by: "User", at: dt.datetime) -> None:
    """The department agrees, and its first figures leave at once. Raises Refused of the lifecycle."""
    with transaction.atomic():
        agreements.accept(agreement, by=signer(by), at=at)
        schedule.wake(SHARE_JOB)


def signer(user: "User") -> Signer:
    """Somebody who acts for the site."""
    return Signer(name=user.display_name, email=user.email)
