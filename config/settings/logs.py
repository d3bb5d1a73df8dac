"""Log lines as data, each with its tenant; errors to Sentry when it is given a DSN."""

import logging
import re
from typing import Any

import sentry_sdk
import structlog
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.scrubber import DEFAULT_DENYLIST, EventScrubber

from config import env

# Who it is about must not stand in the log, whoever's words are quoted there: a mail server names the mailbox it
# refuses, PostgreSQL the row it stumbled over.
_MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+")
_ROW = re.compile(r"^(DETAIL|CONTEXT):.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def _without_people(
    _logger: object, name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: _impersonal(value) if isinstance(value, str) else value for key, value in event.items()}


def _impersonal(text: str) -> str:
    return _MAILBOX.sub("(mailbox)", _ROW.sub(r"\1: (left out)", text))


_JSON = env.flag("LOG_JSON", default=True)
_SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _without_people,
]

structlog.configure(
    processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer() if _JSON else structlog.dev.ConsoleRenderer(colors=False),
            ],
            "foreign_pre_chain": _SHARED_PROCESSORS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Two lines a tick would drown everything else; what jobs do, they log themselves.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

SENTRY_DSN = env.text("SENTRY_DSN", "")
SENTRY_OPTIONS: dict[str, Any] = {
    "send_default_pii": False,
    "include_local_variables": False,
    # Neither forms nor uploads: they are what people typed about people.
    "max_request_body_size": "never",
    "event_scrubber": EventScrubber(denylist=[*DEFAULT_DENYLIST, "email", "name", "code", "to_address"]),
    "traces_sample_rate": 0.0,
}
if SENTRY_DSN:
    sentry_sdk.init(dsn=SENTRY_DSN, integrations=[DjangoIntegration(), CeleryIntegration()], **SENTRY_OPTIONS)
    logging.getLogger("sentry_sdk").setLevel(logging.WARNING)
