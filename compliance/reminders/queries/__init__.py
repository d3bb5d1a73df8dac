"""What the reminders know: who can be reminded, what leaves next, what a digest still has to say."""

from .digest import DigestItem, digest_items
from .escalated import AboveDay, Copy, Escalated, LateItem, above_days, escalations_of, late_items
from .forecast import Upcoming, UpcomingDay, upcoming_days, upcoming_notices
from .habits import habits, said_of
from .manual import Remindable, mails_since, remindable
from .turns import leaves_at, next_turn_on

__all__ = [
    "AboveDay",
    "Copy",
    "DigestItem",
    "Escalated",
    "LateItem",
    "Remindable",
    "Upcoming",
    "UpcomingDay",
    "above_days",
    "digest_items",
    "escalations_of",
    "habits",
    "late_items",
    "leaves_at",
    "mails_since",
    "next_turn_on",
    "remindable",
    "said_of",
    "upcoming_days",
    "upcoming_notices",
]
