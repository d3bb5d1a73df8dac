"""Locks that somebody else holds for longer than a request can wait, in words instead of an error page."""

from contextlib import AbstractContextManager

from django.utils.translation import gettext as _

from compliance.changes import rules
from tenants import patience


def in_words() -> AbstractContextManager[None]:
    """Raises rules.UnderWay when what is locked in the block is not free in time."""
    return patience.or_refuse(
        lambda: rules.UnderWay(
            _("Another change is being made at this moment. Nothing was done; try again in a minute.")
        )
    )
