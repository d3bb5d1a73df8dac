"""Invitations that still open the door."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from lms.people.enums import RowOutcome
from lms.people.models import Invitation, RosterImport, RosterRow, User
from lms.people.rules import INVITATION_DAYS, token_hash
from lms.ui.dates import day_text


def is_spent_invitation(token: str) -> bool:
    """Whether this token was one of ours and no longer works; a stranger's token was never one."""
    return Invitation.objects.filter(token_hash=token_hash(token)).exists()


def open_invitation(token: str, *, at: dt.datetime) -> Invitation | None:
    """The invitation of this token, if it may still be used at `at`; looking does not use it up."""
    found = Invitation.objects.select_related("user").filter(token_hash=token_hash(token))
    return found.filter(accepted_at__isnull=True, expires_at__gt=at, user__is_active=True).first()


def before_first_day(person: User, *, today: dt.date) -> str:
    """What to know before inviting somebody whose first day is still to come; empty for everybody else.

    `today` is the tenant's day. The link counts from that day on.
    """
    first = person.first_day_on
    if first is None or first <= today:
        return ""
    said = _(
        "Their first day is %(day)s: no reminder leaves before it. Once invited they can sign in and train before."
    ) % {"day": day_text(first)}
    if first > today + dt.timedelta(days=INVITATION_DAYS):
        said += " " + _("The link of an invitation works for %(days)d days, so it ends before that day.") % {
            "days": INVITATION_DAYS
        }
    return said


@dataclass(frozen=True, slots=True)
class Coming:
    """How many people of an import have their first day still ahead, and when the first and the last of them begin."""

    count: int
    first_on: dt.date
    last_on: dt.date


def joining_later(roster: RosterImport, *, today: dt.date) -> Coming | None:
    """Those whom the import added and whose first day is after `today`; None where there are none. One statement."""
    rows = RosterRow.objects.filter(
        roster_import=roster, outcome=RowOutcome.CREATE, user__is_active=True, user__first_day_on__gt=today
    )
    found = rows.aggregate(
        count=Count("user", distinct=True), first=Min("user__first_day_on"), last=Max("user__first_day_on")
    )
    return Coming(found["count"], found["first"], found["last"]) if found["count"] else None
