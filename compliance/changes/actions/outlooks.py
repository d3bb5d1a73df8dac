"""Working out what a roster import would do, in the order in which the import looks at people.

Named by the setting ROSTER_OUTLOOK; the import lies below and knows only `lms.people.kinds`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.changes import queries, rules
from compliance.changes.models import Outlook, OutlookLine
from compliance.changes.queries.outlooks import ABSENT, FILE, Happening, happenings
from compliance.core import change as core
from compliance.core.change import Effect
from compliance.requirements import queries as requirements
from lms.people import queries as people
from lms.people.enums import AbsentPolicy
from lms.people.kinds import Summary, Turned
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import RosterImport

_BATCH = 1000


class RosterOutlook:
    """As `lms.people.kinds.Outlook`; between `begin` and `finish` it gathers what follows for whom."""

    def __init__(self, roster: "RosterImport", *, at: datetime) -> None:
        self._roster, self._at, self._today = roster, at, clock.today(at)
        self._kept: Outlook | None = None
        self._keys: dict[str, list[str]] = {FILE: [], ABSENT: []}
        self._affected = set[str]()
        self._mails: dict[int, dict[str, list[int]]] = defaultdict(
            lambda: {FILE: [0, 0, 0], ABSENT: [0, 0, 0]}
        )

    def begin(self, *, keeps: bool) -> bool:
        """Forget what was kept of this import, if it is to be kept anew; answers whether any requirement is on."""
        self._requirements = list(requirements.active())
        if keeps:
            Outlook.objects.filter(roster_import=self._roster).delete()
            self._kept = Outlook.objects.create(
                roster_import=self._roster, worked_out_on=self._today, worked_out_at=self._at
            )
        return bool(self._requirements)

    def look(self, people: Sequence[Turned]) -> None:
        """What follows for these people in every requirement that is on."""
        rows: list[OutlookLine] = []
        for requirement in self._requirements if people else ():
            found = happenings(requirement, people, self._today)
            self._count(requirement.pk, found)
            rows.extend(self._row(requirement.pk, each) for each in found)
            for each in found:
                part, who = _part(each), _who(each)
                if part == FILE:
                    self._affected.add(who)
                if each.line.effect is not Effect.MAILS:
                    # The days of reminders follow from the terms, and pass by themselves.
                    self._keys[part].append(
                        json.dumps(
                            [requirement.pk, requirement.number, who, replace(each.line, person_id=0).key]
                        )
                    )
        if self._kept is not None:
            OutlookLine.objects.bulk_create(rows, batch_size=_BATCH)

    def finish(self) -> dict[str, str]:
        """The digests, by what becomes of those who are not in the file."""
        digests = {
            AbsentPolicy.KEEP.value: _digest("keep", self._keys[FILE]),
            AbsentPolicy.DEACTIVATE.value: _digest("deactivate", [*self._keys[FILE], *self._keys[ABSENT]]),
        }
        if self._kept is not None:
            self._kept.fingerprint = digests[AbsentPolicy.KEEP]
            self._kept.absent_fingerprint = digests[AbsentPolicy.DEACTIVATE]
            self._kept.affected_count = len(self._affected)
            self._kept.mails = {str(pk): counted for pk, counted in self._mails.items()}
            self._kept.save()
        return digests

    def summary(self) -> Summary | None:
        """What was kept last; None for an import from before there were outlooks."""
        found = Outlook.objects.select_related("roster_import").filter(roster_import=self._roster).first()
        return queries.outlook_summary(found) if found is not None else None

    def limit(self) -> int | None:
        """As for changes of requirements."""
        return rules.limit(queries.threshold(), int(str(people.measure(at=self._at)["people"])))

    def _count(self, requirement_id: int, found: list[Happening]) -> None:
        for part in (FILE, ABSENT):
            before, after = core.mail_days(each.line for each in found if _part(each) == part)
            counted = self._mails[requirement_id][part]
            counted[0] += after[self._today]
            counted[1] += after.total()
            counted[2] += before.total()

    def _row(self, requirement_id: int, each: Happening) -> OutlookLine:
        line, person = each.line, each.of.after
        return OutlookLine(
            outlook=self._kept,
            requirement_id=requirement_id,
            user_id=person.user_id if each.of.before is not None else None,
            name=person.name,
            email=person.email,
            is_absent=each.of.is_absent,
            effect=line.effect.value,
            due_from=line.due[0],
            due_to=line.due[1],
            starts_on=line.starts_on,
            opens_from=line.opens[0],
            opens_to=line.opens[1],
            until_from=line.until[0],
            until_to=line.until[1],
        )


def _part(each: Happening) -> str:
    return ABSENT if each.of.is_absent else FILE


def _who(each: Happening) -> str:
    """Somebody new has no number yet that would still be theirs when they are imported."""
    return str(each.of.after.user_id) if each.of.before is not None else f"new:{each.of.after.email}"


def _digest(about: str, keys: list[str]) -> str:
    return hashlib.sha256("\n".join([about, *sorted(keys)]).encode()).hexdigest()
