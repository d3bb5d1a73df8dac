"""What is to be decided about a requirement waits while a large change of it is made; for too long, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import OperationalError
from django.utils.translation import gettext as _

from compliance.records import rules


@contextmanager
def in_words() -> Iterator[None]:
    """Raises rules.Refused when what is locked in the block is not free in time, instead of an error page."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise
        raise rules.Refused(
            _("This requirement is being changed at this moment. Nothing was done; try again in a minute.")
        ) from error
