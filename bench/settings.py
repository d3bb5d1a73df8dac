"""The settings of `make run`, and beside them a plain Django connection for the floors."""

import os

from config.settings.dev import *  # noqa: F403
from config.settings.dev import DATABASES

DATABASES["floor"] = {
    **DATABASES["default"],
    "ENGINE": "django.db.backends.postgresql",
    "USER": os.environ.get("FLOOR_USER", DATABASES["owner"]["USER"]),
    "PASSWORD": DATABASES["owner"]["PASSWORD"],
}
