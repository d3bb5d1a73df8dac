"""What must hold before anything is served: checks with ids, run by `manage.py check` and at start-up."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from tenants import logins

# Apps without tables of their own need no schema.
_ALLOWED_IN_BOTH: frozenset[str] = frozenset()


@register("tenants")
def apps_live_in_one_place(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """tenants.E001: an app in both lists has tables in both places, and queries fall through between them."""
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS) - _ALLOWED_IN_BOTH
    if not both:
        return []
    return [Error(f"Apps are both shared and tenant: {', '.join(sorted(both))}.", id="tenants.E001")]


@register("tenants")
def no_wildcard_origins(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """tenants.E002: a wildcard trusted origin lets one tenant's page post to another's."""
    wild = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if "*" in origin]
    if not wild:
        return []
    return [Error(f"CSRF_TRUSTED_ORIGINS holds wildcards: {', '.join(wild)}.", id="tenants.E002")]


@register("tenants")
def cookies_are_host_only(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """tenants.E003: a cookie with a domain is sent to every tenant below it."""
    wide = [
        name
        for name in (
            "SESSION_COOKIE_DOMAIN",
            "CSRF_COOKIE_DOMAIN",
            "LANGUAGE_COOKIE_DOMAIN",
            "MFA_TRUST_COOKIE_DOMAIN",
        )
        if getattr(settings, name, None)
    ]
    if not wide:
        return []
    return [Error(f"These settings must stay empty: {', '.join(wide)}.", id="tenants.E003")]


@register("tenants")
def cache_keys_carry_the_tenant(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """tenants.E004: Django's own cache keys are shared by all tenants."""
    if settings.CACHES["default"].get("KEY_FUNCTION") == "tenants.cache.make_key":
        return []
    return [Error("CACHES['default'] must use tenants.cache.make_key.", id="tenants.E004")]


@register("tenants")
def sites_is_not_installed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """tenants.E005: django.contrib.sites caches one tenant's domain for the whole process."""
    if "django.contrib.sites" not in settings.INSTALLED_APPS:
        return []
    return [Error("django.contrib.sites must not be installed.", id="tenants.E005")]


@register(Tags.database)
def the_login_is_weak(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """tenants.E006: what a login may do beyond its work, an injected statement may do too."""
    if "default" not in (databases or ()):
        return []
    hint = "Give the process its own login of deploy/postgres/roles.sql."
    return [
        Error(f"The login of this process {words}.", hint=hint, id="tenants.E006")
        for words in logins.powers()
    ]


@register(Tags.database)
def the_login_enters_its_own_schemas_only(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """tenants.E007: the console may become no tenant's role, and nobody else may become the operators'."""
    if "default" not in (databases or ()):
        return []
    count = logins.wrong_doors()
    if not count:
        return []
    whose = "tenants" if settings.SERVES_OPERATORS else "the operators' own schema"
    return [
        Error(
            f"The login of this process may become roles of {whose} ({count}).",
            hint="REVOKE those roles from it; each schema's role belongs to one login "
            "(docs/operations/operator-console.md).",
            id="tenants.E007",
        )
    ]
