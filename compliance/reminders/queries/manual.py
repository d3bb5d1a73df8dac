"""Whom an officer can remind by hand, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from compliance.reminders.models import Notice

from .ladder import WANTED_CYCLES, statement

PAUSE = timedelta(hours=24)

REMINDABLE = statement(
    WANTED_CYCLES,
    then="""
SELECT asked.user_id,
       EXISTS (SELECT FROM wanted_cycle w WHERE w.user_id = asked.user_id AND w.opens_on <= %(today)s),
       EXISTS (SELECT FROM reminders_digest d
                WHERE d.user_id = asked.user_id AND d.channel = 'email'
                  AND (d.created_at > %(since)s OR d.local_day = %(today)s))
  FROM unnest(%(people)s::bigint[]) AS asked (user_id)
""",
)


@dataclass(frozen=True, slots=True)
class Remindable:
    """People asked for, sorted into those who get a reminder and the reasons of the rest."""

    user_ids: frozenset[int]
    nothing_owed_count: int
    recently_reminded_count: int

    @property
    def asked_count(self) -> int:
        return len(self.user_ids) + self.nothing_owed_count + self.recently_reminded_count


def remindable(*, user_ids: Sequence[int], today: date, at: datetime) -> Remindable:
    """Who of `user_ids` is here, owes something on `today`, and had no digest in the 24 hours before `at`."""
    with connection.cursor() as cursor:
        cursor.execute(REMINDABLE, {"people": list(set(user_ids)), "today": today, "since": at - PAUSE})
        rows = cursor.fetchall()
    return Remindable(
        user_ids=frozenset(user_id for user_id, owes, recent in rows if owes and not recent),
        nothing_owed_count=sum(not owes for _, owes, _ in rows),
        recently_reminded_count=sum(owes and recent for _, owes, recent in rows),
    )


def mails_since(requirement_id: int, since: datetime) -> int:
    """How many mails about a requirement were put on their way since that moment."""
    told = Notice.objects.filter(
        record__requirement_id=requirement_id, digest__isnull=False, digest__created_at__gte=since
    )
    return told.values("digest").distinct().count()
