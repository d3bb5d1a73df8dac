"""The same apps as django-tenants runs them: its engine and its router, as the owner. For bench.stock only."""

from bench.settings import *  # noqa: F403
from bench.settings import DATABASES, INSTALLED_APPS, SHARED_APPS

_owner = {**DATABASES["owner"], "ENGINE": "django_tenants.postgresql_backend"}
DATABASES = {"default": _owner}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SHARED_APPS = ["django_tenants", *SHARED_APPS]
INSTALLED_APPS = ["django_tenants", *INSTALLED_APPS]
