"""A system that listens, and somebody who is late."""

from collections.abc import Iterator
from typing import Any

import pytest

from compliance.oversight.tests.factories import give
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_user

from .factories import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    yield heard
    heard.stop()


@pytest.fixture
def late(in_alpha: Any) -> Any:
    """Staff, 20 days overdue on TODAY, with a requirement of 30 days."""
    requirement = make_requirement()
    user = make_user(given_name="Lee", email="lee@example.org", external_id="E-1")
    make_affiliation(user)
    give(user, requirement, "overdue")
    return user, requirement
