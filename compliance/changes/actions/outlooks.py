"""Working out what a roster import would do, in the order in which the import looks at people.

Named by the setting ROSTER_OUTLOOK; the import lies below and knows only `lms.people.kinds`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.changes import queries
from compliance.changes.actions.gathering import Gathering
from compliance.changes.models import Outlook
from compliance.changes.queries.outlooks import ABSENT, COMES, FILE, happenings
from compliance.records import actions as records
from compliance.records import queries as owed
from compliance.records.enums import AssignmentStatus
from compliance.requirements import queries as requirements
from lms.people import queries as people_queries
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
            gone = self._gone(requirement.pk, [each.after.user_id for each in people])
            self._found.add(requirement, happenings(requirement, people, self._today, gone))
        self._found.flush()

    def hold(self) -> None:
        """No turn looks at any requirement that is on before the transaction is over."""
        for requirement in sorted(requirements.active(), key=lambda each: each.pk):
            requirements.locked(requirement.pk)

    def give_back(self, user_ids: Sequence[int]) -> None:
        """What the undone import had taken from these people and they are meant for again, with its dates."""
        for requirement in requirements.active():
            gone = self._gone(requirement.pk, user_ids)
            if not gone:
                continue
            held = requirements.locked(requirement.pk)
            facts = people_queries.person_facts(user_ids=list(gone))
            planned = requirements.plan_for(held, facts, self._today).plan
            back = [gone[each.person_id] for each in planned.decisions if each.outcome in COMES]
            records.give_back(
                requirement=held,
                statuses={each.assignment_id: _status(each) for each in back},
                since=self._undone_since(),
            )

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

    def _gone(self, requirement_id: int, user_ids: Sequence[int]) -> dict[int, owed.Held]:
        if self._roster.undoes is None:
            return {}
        since = self._undone_since()
        return owed.left_since(requirement_id, user_ids, since, clock.today(since))

    def _undone_since(self) -> datetime:
        """When the undone import began to write."""
        begun = self._roster.undoes.begun_at if self._roster.undoes is not None else None
        return begun or self._at


def _status(each: owed.Held) -> str:
    """What it says until the turn looks at whose clock stands still."""
    return AssignmentStatus.WAITING if each.holding.waits else AssignmentStatus.ACTIVE
