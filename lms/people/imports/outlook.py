"""The outlook of an import: what it does to what people owe, worked out by an app above this one.

The app is named by the setting ROSTER_OUTLOOK. This one says who would stand there with which facts; that one says what
follows, keeps it, and puts it into one digest.
"""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from lms.people.kinds import Outlook
from lms.people.models import RosterImport


def of(roster: RosterImport, *, at: datetime) -> Outlook:
    """The outlook of this import at that moment."""
    made: Outlook = import_string(settings.ROSTER_OUTLOOK)(roster, at=at)
    return made
