"""Cache keys, signed values, sessions and links: everything that could carry one tenant's things to another."""

import dataclasses
import datetime as dt
import socket
import time

import pytest
import redis.exceptions
from django.conf import settings
from django.core.cache import cache, caches

from tenants import links, sessions, signing
from tenants.cache import VanishingRedisCache
from tenants.context import NoTenant, TenantRef, inside
from tenants.signing import BadToken

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I12")]
DAY = dt.timedelta(days=1)


def test_the_same_key_holds_different_things_in_two_tenants(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha):
        cache.set("figure", "alpha's")
    with inside(beta):
        assert cache.get("figure") is None
        cache.set("figure", "beta's")
    with inside(alpha):
        assert cache.get("figure") == "alpha's"


def test_a_cache_key_without_a_tenant_is_an_error(db: None) -> None:
    with pytest.raises(NoTenant):
        cache.get("figure")


def test_the_shared_cache_is_not_the_tenants(alpha: TenantRef) -> None:
    caches["shared"].set("figure", "public")
    with inside(alpha):
        cache.delete("figure")
        assert cache.get("figure") is None


def test_a_cache_that_is_away_is_memory_of_this_process(alpha: TenantRef) -> None:
    away = VanishingRedisCache("unix:///nowhere/redis.sock", {})
    away.set("a", 1)
    assert (away.get("a"), away.add("a", 2), away.incr("a"), away.get_many(["a"])) == (1, False, 2, {"a": 2})
    away.delete("a")
    assert away.get("a") is None
    with pytest.raises(redis.exceptions.ConnectionError):
        away._cache.get_client().ping()


def test_a_cache_that_hangs_is_away_and_is_waited_for_once() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        hanging = VanishingRedisCache(address, {"OPTIONS": options})
        began = time.monotonic()
        hanging.set("a", 1)
        assert [hanging.get("a") for _ in range(20)] == [1] * 20
        assert time.monotonic() - began < 2
    if settings.REDIS_URL:
        timeouts = {"socket_timeout", "socket_connect_timeout"}
        assert all(timeouts <= set(store["OPTIONS"]) for store in settings.CACHES.values())


def test_a_signed_value_is_worthless_in_another_tenant(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha):
        token = signing.sign("unsubscribe", {"user": 1})
        assert signing.unsign("unsubscribe", token, max_age=DAY) == {"user": 1}
    with inside(beta), pytest.raises(BadToken):
        signing.unsign("unsubscribe", token, max_age=DAY)
    with pytest.raises(BadToken):
        signing.unsign("unsubscribe", token, max_age=DAY)


def test_a_signed_value_is_worthless_for_another_purpose_when_old_and_after_a_restore(
    alpha: TenantRef,
) -> None:
    with inside(alpha):
        token = signing.sign("unsubscribe", 1)
        with pytest.raises(BadToken):
            signing.unsign("export", token, max_age=DAY)
        with pytest.raises(BadToken):
            signing.unsign("unsubscribe", token, max_age=dt.timedelta(seconds=-1))
    with inside(dataclasses.replace(alpha, token_epoch="restored")), pytest.raises(BadToken):
        signing.unsign("unsubscribe", token, max_age=DAY)


def test_a_session_of_one_tenant_is_empty_in_another(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha):
        store = sessions.SessionStore()
        store["who"] = "ada"
        store.save()
        key = store.session_key
        assert sessions.SessionStore(key).get("who") == "ada"
    with inside(beta):
        assert sessions.SessionStore(key).get("who") is None


def test_a_session_row_copied_into_another_tenant_is_empty_there(alpha: TenantRef, beta: TenantRef) -> None:
    from django.contrib.sessions.models import Session

    with inside(alpha):
        store = sessions.SessionStore()
        store["who"] = "ada"
        store.save()
        row = Session.objects.get(pk=store.session_key)
    with inside(beta):
        Session.objects.create(
            session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date
        )
        assert sessions.SessionStore(row.session_key).get("who") is None


def test_the_public_host_has_no_sessions(db: None) -> None:
    store = sessions.SessionStore("x" * 32)
    assert store.get("who") is None
    with pytest.raises(NoTenant):
        store.save()


def test_links_name_the_tenants_own_host(alpha: TenantRef, beta: TenantRef) -> None:
    with inside(alpha):
        assert links.absolute("/learn/") == "http://alpha.duly.localhost:8000/learn/"
    assert links.absolute("/learn/", beta) == "http://beta.duly.localhost:8000/learn/"


def test_a_request_under_way_does_not_carry_an_ended_session_over(alpha: TenantRef) -> None:
    with inside(alpha):
        under_way = sessions.SessionStore()
        under_way["who"] = "ada"
        under_way.save()
    with inside(dataclasses.replace(alpha, sessions_epoch="0.1")):
        under_way["page"] = 2
        under_way.save()
        assert sessions.SessionStore(under_way.session_key).get("who") is None
