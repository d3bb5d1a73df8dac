"""Gathering an outlook: what follows for whom is written down where it is kept, counted, and put into one digest."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from compliance.changes.actions.lines import columns
from compliance.changes.models import Outlook, OutlookLine
from compliance.changes.queries.outlooks import ABSENT, FILE, Happening
from compliance.core import change as core
from compliance.core.change import Effect, Line
from compliance.core.holding import Due

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

_BATCH = 1000


class Gathering:
    """What was found so far. `kept`: the outlook that lines are written to; None: they are only put into the digest.

    `moves` are the open due dates whose ground moves, by requirement and cycle: from where to where.
    """

    def __init__(self, kept: Outlook | None, today: date) -> None:
        self._kept, self._today = kept, today
        self.moves: dict[int, dict[int, tuple[Due, Due]]] = defaultdict(dict)
        self._rows: list[OutlookLine] = []
        self._keys: dict[str, list[str]] = {FILE: [], ABSENT: []}
        self._affected: dict[str, set[str]] = {FILE: set(), ABSENT: set()}
        self._mails: dict[int, dict[str, list[int]]] = defaultdict(
            lambda: {FILE: [0, 0, 0], ABSENT: [0, 0, 0]}
        )

    def add(self, requirement: "Requirement", found: Sequence[Happening]) -> None:
        """What follows for some people in this requirement; nobody twice."""
        self._count(requirement.pk, found)
        for each in found:
            self._affected[each.part].add(each.who)
            if self._kept is not None:
                self._rows.append(_row(self._kept, requirement.pk, each))
            if each.record_id is not None and (move := _move(each.line)) is not None:
                self.moves[requirement.pk][each.record_id] = move
            if each.line.effect is not Effect.MAILS:
                # The days of reminders follow from the terms, and pass by themselves.
                key = replace(each.line, person_id=0).key
                self._keys[each.part].append(json.dumps([requirement.pk, requirement.number, each.who, key]))

    def flush(self) -> None:
        """Write down what was added."""
        OutlookLine.objects.bulk_create(self._rows, batch_size=_BATCH)
        self._rows = []

    def affected_count(self) -> int:
        """How many people it concerns, but those it concerns only if the absent are ended."""
        return len(self._affected[FILE])

    def mails(self) -> dict[str, dict[str, list[int]]]:
        """As `Outlook.mails`."""
        return {str(pk): counted for pk, counted in self._mails.items()}

    def digest(self, about: str, *parts: str) -> str:
        """The digest of these parts and of what they are about."""
        keys = sorted(key for part in parts for key in self._keys[part])
        return hashlib.sha256("\n".join([about, *keys]).encode()).hexdigest()

    def _count(self, requirement_id: int, found: Sequence[Happening]) -> None:
        for part in (FILE, ABSENT):
            before, after = core.mail_days(each.line for each in found if each.part == part)
            counted = self._mails[requirement_id][part]
            counted[0] += after[self._today]
            counted[1] += after.total()
            counted[2] += before.total()


def _move(line: Line) -> tuple[Due, Due] | None:
    """From where to where the ground of an open due date moves; None: it stays."""
    was, now = line.shifted
    if was is None or now is None or (was, line.grace[0]) == (now, line.grace[1]):
        return None
    return Due(was, was, line.grace[0]), Due(now, now, line.grace[1])


def _row(kept: Outlook, requirement_id: int, each: Happening) -> OutlookLine:
    return OutlookLine(
        outlook=kept,
        requirement_id=requirement_id,
        user_id=each.user_id,
        name=each.name,
        email=each.email,
        is_absent=each.part == ABSENT,
        **columns(each.line),
    )
