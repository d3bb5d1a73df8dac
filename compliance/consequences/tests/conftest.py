"""A system that listens."""

from collections.abc import Iterator

import pytest

from .factories import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    yield heard
    heard.stop()
