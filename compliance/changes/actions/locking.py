"""Locks that somebody else holds for longer than a request can wait, in words instead of an error page."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import OperationalError
from django.utils.translation import gettext as _

from compliance.changes import rules


@contextmanager
def in_words() -> Iterator[None]:
    """Raises rules.UnderWay when what is locked in the block is not free in time."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise
        raise rules.UnderWay(
            _("Another change is being made at this moment. Nothing was done; try again in a minute.")
        ) from error
