"""Settings of Django and of the libraries with which one tenant has reached another elsewhere: each stands safely."""

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core import checks

from tenants.models import Tenant

_ABSENT: tuple[Any, ...] = (None, False, "", [], {}, ())
# The item it would break, the setting, and the values that are safe.
SAFE: list[tuple[str, str, tuple[Any, ...]]] = [
    ("I14", "TENANT_LIMIT_SET_CALLS", _ABSENT),
    ("I14", "TENANT_DB_ROLES", (True,)),
    ("I14", "EXTRA_SET_TENANT_METHOD_PATH", _ABSENT),
    ("I14", "PG_EXTRA_SEARCH_PATHS", _ABSENT),
    ("I16", "TENANT_BASE_SCHEMA", _ABSENT),
    ("I16", "TENANT_CREATION_FAKES_MIGRATIONS", _ABSENT),
    ("I5", "SHOW_PUBLIC_IF_NO_TENANT_FOUND", _ABSENT),
    ("I5", "USE_X_FORWARDED_HOST", (False,)),
    ("I6", "SESSION_COOKIE_DOMAIN", _ABSENT),
    ("I6", "CSRF_COOKIE_DOMAIN", _ABSENT),
    ("I6", "LANGUAGE_COOKIE_DOMAIN", _ABSENT),
    ("I6", "MFA_TRUST_COOKIE_DOMAIN", _ABSENT),
    ("I7", "CSRF_TRUSTED_ORIGINS", _ABSENT),
    ("I9", "CELERY_TASK_ALWAYS_EAGER", _ABSENT),
    ("I9", "CELERY_TASK_ACKS_LATE", (True,)),
    ("I9", "CELERY_TASK_REJECT_ON_WORKER_LOST", (True,)),
    ("I12", "SESSION_ENGINE", ("tenants.sessions",)),
    ("I12", "ACCOUNT_EMAIL_CONFIRMATION_HMAC", (False,)),
    ("I12", "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED", (True,)),
    ("I12", "SOCIALACCOUNT_PROVIDERS", _ABSENT),
    ("I12", "SITE_ID", _ABSENT),
]
# Apps that keep one tenant's things for the whole process, or sign without saying for whom.
NEVER_INSTALLED = {
    "django_tenants",
    "django.contrib.sites",
    "django.contrib.admin",
    "allauth.headless",
    "allauth.socialaccount",
    "tenant_schemas_celery",
    "rest_framework_simplejwt",
}


@pytest.mark.parametrize(
    ("name", "safe"),
    [pytest.param(name, safe, marks=pytest.mark.isolation(item), id=name) for item, name, safe in SAFE],
)
def test_a_setting_that_opens_a_wall_is_not_set(name: str, safe: tuple[Any, ...]) -> None:
    assert getattr(live, name, None) in safe


@pytest.mark.isolation("I12")
def test_no_app_that_is_blind_to_tenants_is_installed() -> None:
    assert set(live.INSTALLED_APPS) & NEVER_INSTALLED == set()


@pytest.mark.isolation("I14")
def test_saving_a_tenant_neither_makes_nor_drops_a_schema() -> None:
    assert (Tenant.auto_create_schema, Tenant.auto_drop_schema) == (False, False)


@pytest.mark.isolation("I14")
def test_the_library_is_not_older_than_its_repair_of_savepoints() -> None:
    """Before 4.0 a savepoint that was rolled back could leave the other tenant's search path behind."""
    assert tuple(int(part) for part in version("django-tenants").split(".")[:2]) >= (4, 0)


@pytest.mark.parametrize(
    ("error", "name", "value"),
    [
        ("tenants.E001", "SHARED_APPS", ["tenants", "lms.people"]),
        ("tenants.E002", "CSRF_TRUSTED_ORIGINS", ["https://*.example.org"]),
        ("tenants.E003", "SESSION_COOKIE_DOMAIN", ".example.org"),
        ("tenants.E003", "MFA_TRUST_COOKIE_DOMAIN", ".example.org"),
        (
            "tenants.E004",
            "CACHES",
            {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        ),
        ("tenants.E005", "INSTALLED_APPS", ["django.contrib.sites"]),
    ],
)
@pytest.mark.isolation("I14")
def test_a_check_notices_such_a_setting(error: str, name: str, value: Any) -> None:
    from unittest.mock import patch

    def found() -> set[str | None]:
        return {each.id for each in checks.run_checks(tags=["tenants"])}

    assert error not in found()
    with patch.object(live, name, value, create=True):
        assert error in found()


# What outlives a request in this process, or runs when somebody else's block ends: only where no tenant's words go.
_OUTLIVES = re.compile(r"lru_cache|functools\.cache\b|import [^#\n]*\bcache$|on_commit\(", re.MULTILINE)


@pytest.mark.isolation("I8")
def test_code_of_tenants_keeps_nothing_in_the_process_and_hangs_nothing_on_a_commit() -> None:
    """A memory of functions has no tenant in its key; a hook runs in the scope of whoever commits."""
    root = Path(__file__).resolve().parents[3]
    files = [
        path
        for package in ("lms", "compliance", "billing")
        for path in sorted((root / package).rglob("*.py"))
        if "tests" not in path.parts
    ]
    assert len(files) > 100
    found = {
        path.relative_to(root).as_posix(): line.strip()
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if _OUTLIVES.search(line) and "django.core.cache" not in line
    }
    assert found == {}
