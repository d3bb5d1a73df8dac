"""Caches: `default` carries the tenant in every key, `shared` is for what belongs to none."""

from config import env

REDIS_URL = env.text("REDIS_URL", "")

_STORE = (
    {
        "BACKEND": "tenants.cache.VanishingRedisCache",
        "LOCATION": REDIS_URL,
        # Seconds. A Redis that hangs is away, too: every request asks it for the version of the hosts.
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 1.0},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
)

CACHES = {
    "default": {**_STORE, "KEY_FUNCTION": "tenants.cache.make_key"},
    "shared": {**_STORE, "KEY_FUNCTION": "tenants.cache.make_shared_key"},
}
