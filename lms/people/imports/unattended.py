"""An import without a page: what it does to what people owe, and who agreed where it takes two.

Whoever runs a command is nobody of the university, so the second person is named; they are written to, and stand in
the log and on the page of the import.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lms.people import messages_rosters, queries
from lms.people.enums import AbsentPolicy
from lms.people.imports import outlook
from lms.people.kinds import Share
from lms.people.models import RosterImport
from tenants import clock


class NotAgreed(Exception):
    """It concerns so many that somebody has to agree, and nobody who may was named; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the import does, by requirement; `limit` people may be affected without a second person (None: any)."""

    shares: list[Share]
    affected_count: int
    limit: int | None

    @property
    def needs_second(self) -> bool:
        """Whether somebody has to agree."""
        return self.limit is not None and self.affected_count > self.limit


def look(roster: RosterImport, absent: str, *, at: datetime) -> Looked:
    """The outlook as the check has kept it; without limit where nobody could agree, as on the pages."""
    outlook_of = outlook.of(roster, at=at)
    found = outlook_of.summary()
    if found is None:
        return Looked([], 0, None)
    shares = [one for one in found.shares if absent == AbsentPolicy.DEACTIVATE or not one.is_absent]
    limit = outlook_of.limit() if queries.import_approvers(None, today=clock.today(at)) else None
    return Looked(shares, found.affected(absent, roster.counts.get("absent", 0)), limit)


def agree(roster: RosterImport, looked: Looked, email: str, *, at: datetime) -> None:
    """Write down who agreed, and tell them. Raises NotAgreed where that is needed and nobody who may is named."""
    if not looked.needs_second:
        return
    named = email.strip().lower()
    if not named:
        raise NotAgreed(
            _(
                "People concerned: %(count)d; one person alone may affect %(limit)d. Nothing was imported. Show the "
                "outlook (--dry-run) to an administrator of the university and name them: --as-approved-by ADDRESS."
            )
            % {"count": looked.affected_count, "limit": looked.limit}
        )
    able = queries.import_approvers(None, today=clock.today(at))
    found = next((one for one in able if one.email.lower() == named), None)
    if found is None:
        raise NotAgreed(
            _("Nobody who may import people here has the address %(email)s. Nothing was imported.")
            % {"email": email.strip()[:254]}
        )
    roster.decided_by, roster.decided_at = found, at
    roster.decision_note = _("Named on the command line")
    roster.save(update_fields=["decided_by", "decided_at", "decision_note"])
    messages_rosters.tell_named(roster, found, at=at)
