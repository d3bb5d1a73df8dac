"""Error reports as they would leave for Sentry."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.transport import Transport


class Kept(Transport):
    """Keeps what would have been sent to Sentry."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self._events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())
        if event := envelope.get_event():
            self._events.append(dict(event))

    def events(self) -> list[dict[str, Any]]:
        """The reports themselves, without what else the client sends."""
        return self._events


@pytest.fixture
def sentry() -> Iterator[Kept]:
    """The real client, set up as config/settings/logs.py does, with a transport that keeps."""
    from django.conf import settings

    kept = Kept()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        sentry_sdk.init(
            dsn="https://key@sentry.example/1",
            transport=kept,
            integrations=[DjangoIntegration()],
            **settings.SENTRY_OPTIONS,
        )
    yield kept
    sentry_sdk.flush()
    sentry_sdk.init()
