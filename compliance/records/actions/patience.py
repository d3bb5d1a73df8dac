"""What is to be decided about a requirement waits while a large change of it is made; for too long, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from compliance.records import rules
from tenants import patience


@contextmanager
def in_words() -> Iterator[None]:
    """Raises rules.Refused when what is locked in the block is not free in time, instead of an error page."""
    with patience.or_refuse(_busy):
        yield


def _busy() -> rules.Refused:
    return rules.Refused(
        _("This requirement is being changed at this moment. Nothing was done; try again in a minute.")
    )
