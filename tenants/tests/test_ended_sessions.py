"""Sessions past their end are forgotten, in one statement a table, and nobody else's."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from tenants import ended_sessions
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def _noted(user: Any, key: str, *, ends_at: dt.datetime | None, seen_at: dt.datetime) -> None:
    if ends_at is not None:
        Session.objects.create(session_key=key, session_data="x", expire_date=ends_at)
    row = UserSession.objects.create(user=user, session_key=key, ip="192.0.2.1", user_agent="x")
    UserSession.objects.filter(pk=row.pk).update(last_seen_at=seen_at)


def test_what_has_ended_goes_and_what_has_not_stays(
    alpha: TenantRef, beta: TenantRef, dee: Any, cy: Any, django_assert_max_num_queries: Any
) -> None:
    long_ago = AT - dt.timedelta(days=8)
    with inside(alpha):
        for number in range(5):
            _noted(dee, f"ended-{number}", ends_at=AT - HOUR, seen_at=long_ago)
        _noted(dee, "open", ends_at=AT + HOUR, seen_at=long_ago)
        _noted(dee, "being made", ends_at=None, seen_at=AT)
    with inside(beta):
        _noted(cy, "ended", ends_at=AT - HOUR, seen_at=long_ago)
    with inside(alpha), django_assert_max_num_queries(4):
        ended_sessions.forget_sessions(at=AT, scheduled_for=AT)
    with inside(alpha):
        assert set(Session.objects.values_list("session_key", flat=True)) == {"open"}
        assert set(UserSession.objects.values_list("session_key", flat=True)) == {"open", "being made"}
    with inside(beta):
        assert Session.objects.filter(session_key="ended").exists()


def test_who_is_signed_in_stays_so(alpha: TenantRef, dee: Any, client_for: Callable[..., Client]) -> None:
    browser = client_for(alpha, dee)
    assert browser.get("/profile/").status_code == 200
    with inside(alpha):
        ended_sessions.forget_sessions(at=AT, scheduled_for=AT)
    assert browser.get("/profile/").status_code == 200
