"""Locks that somebody else holds for longer than one can wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import OperationalError


@contextmanager
def or_refuse(refusal: Callable[[], Exception]) -> Iterator[None]:
    """Raises what `refusal` makes when what is locked in the block is not free in time (`lock_timeout`, or at once)."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise
        raise refusal() from error
