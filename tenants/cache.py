"""Cache keys that carry the tenant, and a Redis cache that may vanish."""

import time
from collections.abc import Callable
from typing import Any

import redis.exceptions
import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from tenants import context

_LEFT_ALONE = 2.0  # seconds
log = structlog.get_logger(__name__)


def make_key(key: str, key_prefix: str, version: int) -> str:
    """The key function of the `default` cache.

    Raises NoTenant outside a tenant: a key without one would be shared by all.
    """
    return f"t{context.require_tenant().id}:{key_prefix}:{version}:{key}"


def make_shared_key(key: str, key_prefix: str, version: int) -> str:
    """The key function of the `shared` cache, for the public host and for data of no tenant."""
    return f"shared:{key_prefix}:{version}:{key}"


class VanishingRedisCache(RedisCache):
    """Redis while it answers; this process's memory while it does not.

    Throttles then count per process, which is weaker but never open, and no page fails because a cache is away. One
    that did not answer is left alone for a moment, so that a page waits for it once and not for each of its questions.
    """

    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache(f"fallback:{server}", params)

    def _try(self, name: str, *args: Any, **kwargs: Any) -> Any:
        method: Callable[..., Any] = getattr(super(), name)
        if time.monotonic() >= self._away_until:
            try:
                return method(*args, **kwargs)
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
                log.warning("cache.unreachable", error=str(error))
                self._away_until = time.monotonic() + _LEFT_ALONE
        return getattr(self._memory, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("set_many", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._try("incr", *args, **kwargs)
