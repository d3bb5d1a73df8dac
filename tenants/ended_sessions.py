"""Sessions that have ended are forgotten: every night in each tenant, in one statement a table."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from tenants import schedule

# Between one and five at night by the tenant's clock, each tenant at a minute of its own.
JOB = schedule.ScheduledJob(
    name="tenants.sessions",
    action="tenants.ended_sessions.forget_sessions",
    local_time=dt.time(1, 0),
    spread=dt.timedelta(hours=4),
)


def forget_sessions(*, at: dt.datetime, scheduled_for: dt.datetime) -> None:
    """Delete the sessions of the tenant in force that are past their end, and what was noted of their devices."""
    Session.objects.filter(expire_date__lt=at).delete()
    # A session made at this moment may have its device noted before it is itself saved: those are too young.
    old = UserSession.objects.filter(last_seen_at__lt=at - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))
    old.exclude(session_key__in=Session.objects.values("session_key")).delete()
