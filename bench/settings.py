"""The settings of `make run`, a plain Django connection for the floors, and a second database with few tenants."""

import os

from config import env
from config.settings.dev import *  # noqa: F403
from config.settings.dev import DATABASES

if few := env.text("FEW_DATABASE_URL", ""):
    DATABASES["few"] = {**DATABASES["default"], "NAME": env.database(few)["NAME"]}

DATABASES["floor"] = {
    **DATABASES["default"],
    "ENGINE": "django.db.backends.postgresql",
    "USER": os.environ.get("FLOOR_USER", DATABASES["owner"]["USER"]),
    "PASSWORD": DATABASES["owner"]["PASSWORD"],
}
