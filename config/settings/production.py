"""Production: nothing but refusals. The environment must be complete, or importing this fails."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DEBUG, PUBLIC_ORIGIN, SECRET_KEY

ALLOW_DEMO = False

if DEBUG:
    raise RuntimeError("DEBUG must be off in production.")
if not PUBLIC_ORIGIN.startswith("https://"):
    raise RuntimeError("PUBLIC_ORIGIN must begin with https:// in production.")
if len(SECRET_KEY) < 50:
    raise RuntimeError("SECRET_KEY must have at least 50 characters.")
