"""Caches: `default` carries the tenant in every key, `shared` is for what belongs to none."""

from config import env

REDIS_URL = env.text("REDIS_URL", "")

_STORE = (
    {"BACKEND": "tenants.cache.VanishingRedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
)

CACHES = {
    "default": {**_STORE, "KEY_FUNCTION": "tenants.cache.make_key"},
    "shared": {**_STORE, "KEY_FUNCTION": "tenants.cache.make_shared_key"},
}
