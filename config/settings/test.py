"""The test suite. Under pytest, which reads its settings before any conftest, this is where the servers start."""

import os

if "PYTEST_VERSION" in os.environ:
    from config.tests import servers

    servers.start(os.environ)

# Static checkers import the settings without any server; nothing connects then.
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("DATABASE_URL", "postgresql://duly_app:x@127.0.0.1:1/duly")
os.environ.setdefault("DATABASE_OWNER_URL", "postgresql://duly_owner:x@127.0.0.1:1/duly")
os.environ.setdefault("PUBLIC_ORIGIN", "http://duly.localhost:8000")
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_CELLS as _CELLS

ALLOW_DEMO = True
WEBHOOKS_MAY_BE_LOCAL = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Most tests run in a transaction of the home database, which cannot look into another: the fixture `north` can.
CELLS_OF_TESTS, DATABASE_CELLS = _CELLS, {}

# Tests that want a pool of schemas fill it themselves.
READY_SCHEMAS = 0

# Where this process made the servers: the login of the process that the code under test stands for, app or operators.
if "PYTEST_VERSION" in os.environ:
    for _alias in ("default", "desk"):
        DATABASES[_alias]["ENGINE"] = "config.tests.engine"  # noqa: F405
