"""The whole suite runs against a real PostgreSQL, a real Redis and a real SMTP server, with two tenants always there.

The servers are thrown away at the end. One database is built a session (shared schema, then the tenants `alpha` and
`beta` cut from the template, with the same ids in both); each test runs in a transaction of its own.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# How long an example takes says how busy the machine is, not whether the code is right. Where a merge is judged the
# examples are the same each time; everywhere else every run tries new ones.
settings.register_profile(
    "duly",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="DULY_SAME_EXAMPLES" in os.environ,
)
settings.load_profile("duly")

pytest_plugins = [
    "config.tests.database",
    "config.tests.cast",
    "config.tests.campus",
    "config.tests.console",
    "config.tests.reports",
    "config.tests.scorecard",
    "config.tests.names",
]


def pytest_unconfigure(config: pytest.Config) -> None:
    from config.tests import servers

    if (
        "DULY_KEEP_SERVERS" not in os.environ
    ):  # config.isolation.mutants runs pytest many times on the same ones
        servers.stop()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys first: one of them takes minutes, and begun late it is all that the end waits for.

    Behind them stands what pytest-django has sorted: tests that really commit come last, for they leave lines in the
    chronicle. Workers therefore take tests in this order (`--dist load`) and steal none from the end of each other's.
    """
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.fixture(autouse=True)
def _unused_limits() -> None:
    """What other tests have used up of sign-in and sign-up limits is none of this one's business."""
    from django.core.cache import caches

    from tenants import hosts

    caches["shared"].clear()
    # Else the next look-up takes the emptied cache for a change, whenever within the test it falls due.
    hosts._version = (0.0, "")


@pytest.fixture(autouse=True)
def _no_scope_leaks() -> Iterator[None]:
    """A test that leaves a tenant in force would lend it to the next one."""
    from tenants import context

    yield
    assert context.scope() is None, "a scope was left in force"
