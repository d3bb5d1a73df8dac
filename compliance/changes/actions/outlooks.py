"""Working out what a roster import would do, in the order in which the import looks at people.

Named by the setting ROSTER_OUTLOOK; the import lies below and knows only `lms.people.kinds`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.changes import queries
from compliance.changes.actions.gathering import Gathering
from compliance.changes.models import Outlook
from compliance.changes.queries.outlooks import ABSENT, FILE, happenings
from compliance.requirements import queries as requirements
from lms.people.enums import AbsentPolicy
from lms.people.kinds import Summary, Turned
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import RosterImport


class RosterOutlook:
    """As `lms.people.kinds.Outlook`; between `begin` and `finish` it gathers what follows for whom."""

    def __init__(self, roster: "RosterImport", *, at: datetime) -> None:
        self._roster, self._at, self._today = roster, at, clock.today(at)
        self._kept: Outlook | None = None

    def begin(self, *, keeps: bool) -> bool:
        """Forget what was kept of this import, if it is to be kept anew; answers whether any requirement is on."""
        self._requirements = list(requirements.active())
        if keeps:
            Outlook.objects.filter(roster_import=self._roster).delete()
            self._kept = Outlook.objects.create(
                roster_import=self._roster, worked_out_on=self._today, worked_out_at=self._at
            )
        self._found = Gathering(self._kept, self._today)
        return bool(self._requirements)

    def look(self, people: Sequence[Turned]) -> None:
        """What follows for these people in every requirement that is on."""
        for requirement in self._requirements if people else ():
            self._found.add(requirement, happenings(requirement, people, self._today))
        self._found.flush()

    def finish(self) -> dict[str, str]:
        """The digests, by what becomes of those who are not in the file."""
        digests = {
            AbsentPolicy.KEEP.value: self._found.digest("keep", FILE),
            AbsentPolicy.DEACTIVATE.value: self._found.digest("deactivate", FILE, ABSENT),
        }
        if self._kept is not None:
            self._kept.fingerprint = digests[AbsentPolicy.KEEP]
            self._kept.absent_fingerprint = digests[AbsentPolicy.DEACTIVATE]
            self._kept.affected_count = self._found.affected_count()
            self._kept.mails = self._found.mails()
            self._kept.save()
        return digests

    def summary(self) -> Summary | None:
        """What was kept last; None for an import from before there were outlooks."""
        found = Outlook.objects.select_related("roster_import").filter(roster_import=self._roster).first()
        return queries.outlook_summary(found) if found is not None else None

    def limit(self) -> int | None:
        """As for changes of requirements."""
        return queries.limit_alone(self._at)
