"""Fixtures of tests that really commit."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tenants import hosts
from tenants.tests.committed import forget


@pytest.fixture
def subdomain(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A free name, for tests whose rows are really committed; forgotten after the test."""
    name = f"gamma-{secrets.token_hex(3)}"
    with django_db_blocker.unblock():
        hosts._entries.clear()
        try:
            yield name
        finally:
            connections.close_all()
            forget(name)
            hosts._entries.clear()
