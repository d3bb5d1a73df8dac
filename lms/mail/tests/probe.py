"""A kind of message for tests: what its context says is laid out by the test."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lms.mail import kinds
from lms.mail.enums import Category
from lms.mail.models import Message

TEMPLATES = Path(__file__).parent / "templates"
WHEN = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)

KIND = kinds.MessageKind(
    "probe.hello", Category.REQUIRED, "A greeting", context="lms.mail.tests.probe.context"
)


def context(message: Message) -> Mapping[str, Any] | None:
    """The facts, unless they say that the message is no longer wanted."""
    if message.facts.get("is_settled"):
        return None
    return {"course": "Recognising phishing", "when": WHEN, **message.facts}


def register() -> None:
    """Make the kind known."""
    kinds.register(KIND)
