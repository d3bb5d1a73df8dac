"""A developer's machine and the demo that `make run` starts. Everything else comes from the environment."""

from config.settings.base import *  # noqa: F403

ALLOW_DEMO = True
WEBHOOKS_MAY_BE_LOCAL = True
