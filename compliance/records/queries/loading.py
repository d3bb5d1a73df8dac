"""What loading a file of past completions would do, line by line: the preview, with the engine of the turns itself."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from compliance.core.credits import CreditFault, credit_fault
from compliance.core.duties import Duty
from compliance.core.settling import Settled, settle
from compliance.core.terms import Completion, CycleFacts, Status
from compliance.records import rules
from compliance.records.models import ComplianceRecord, Credit, Revocation
from compliance.records.queries import history_files as files
from compliance.records.queries.loads import COUNTING
from compliance.records.queries.positions import positions
from compliance.records.queries.revocations import IN_FORCE
from compliance.requirements import queries as requirements
from lms.people import queries as people
from lms.ui.lines import several_text

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


@dataclass(slots=True)
class Row:
    """One line and what becomes of it. `fault`: it cannot be loaded. `cycle`: the finished cycle that it makes.

    `is_known`: it is on record already, and loading it again adds nothing. Neither: it is kept, and makes no cycle.
    """

    line: files.Line
    user: "User | None" = None
    requirement: "Requirement | None" = None
    on: date | None = None
    score: int | None = None
    fault: str = ""
    is_known: bool = False
    is_held: bool = True
    cycle: CycleFacts | None = None

    @property
    def is_new(self) -> bool:
        """Whether loading it writes it down."""
        return not self.fault and not self.is_known

    @property
    def late_days(self) -> int:
        """Days after the due date of its cycle; 0 when on time."""
        if self.cycle is None or self.on is None:
            return 0
        return max(0, (self.on - self.cycle.due_on).days)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one person stands on one requirement before and after."""

    user: "User"
    requirement: "Requirement"
    before: Status
    after: Status
    valid_until: date | None


@dataclass(slots=True)
class Load:
    """The whole file, previewed."""

    rows: list[Row]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def new(self) -> list[Row]:
        """The lines that would be written down."""
        return [row for row in self.rows if row.is_new]

    @property
    def faults(self) -> list[Row]:
        """The lines that cannot be loaded; one of them keeps the whole file out."""
        return [row for row in self.rows if row.fault]

    @property
    def user_ids(self) -> set[int]:
        """Whom the lines that would be written down are about."""
        return {row.user.pk for row in self.new if row.user is not None}

    @property
    def known_count(self) -> int:
        """How many lines are on record already."""
        return sum(row.is_known for row in self.rows)

    @property
    def cycle_count(self) -> int:
        """How many finished cycles it would make."""
        return sum(row.cycle is not None for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """A digest of every line and of every cycle that it would make: equal previews have equal fingerprints."""
        lines = [
            [row.line.number, row.user.pk if row.user else 0, row.requirement.pk if row.requirement else 0,
             str(row.on), row.score, row.line.reference, row.fault, row.is_known, str(row.cycle)]
            for row in self.rows
        ]  # fmt: skip
        ends = [[one.user.pk, one.requirement.pk, one.after, str(one.valid_until)] for one in self.outcomes]
        return hashlib.sha256(json.dumps([lines, ends]).encode()).hexdigest()


def preview(text: str, *, by_id: int, today: date) -> Load:
    """What loading the text of a file would do on `today` (tenant's day). Raises history_files.Unreadable."""
    load = Load([Row(line) for line in files.read(text)])
    _identify(load.rows)
    pairs: dict[Requirement, list[Row]] = defaultdict(list)
    seen: dict[tuple[int, int, date], int] = {}
    for row in load.rows:
        _judge(row, by_id, today, seen)
        if row.requirement is not None and not row.fault:
            pairs[row.requirement].append(row)
    for requirement, rows in pairs.items():
        load.outcomes += _settle(requirement, rows, today)
    return load


def _identify(rows: Iterable[Row]) -> None:
    """Who is meant, and which requirement: by its title, or by a course that only one requirement asks for."""
    named = people.people_by_keys({row.line.person for row in rows})
    known = requirements.loadable()
    words = requirements.course_words(known)
    for row in rows:
        several = named.get(row.line.person.lower(), [])
        row.user = several[0] if len(several) == 1 else None
        wanted = row.line.requirement.casefold()
        found = [each for each in known if each.title.casefold() == wanted or str(each.public_id) == wanted]
        by_course = [each for each in known if wanted in words[each.pk]]
        meant = found or by_course
        if len(several) > 1:
            row.fault = several_text(row.line.person)
        elif row.user is None:
            row.fault = _("Nobody here has the e-mail address or employee ID “%(text)s”.") % {
                "text": row.line.person
            }
        elif not meant:
            row.fault = _("No requirement and no course is called “%(text)s”.") % {
                "text": row.line.requirement
            }
        elif len(meant) > 1:
            row.fault = _("Several requirements are meant by “%(text)s”. Write the title of one.") % {
                "text": row.line.requirement
            }
        else:
            row.requirement = meant[0]


def _judge(row: Row, by_id: int, today: date, seen: dict[tuple[int, int, date], int]) -> None:
    """The day, the score, and whether the line stands in the file twice."""
    if row.fault or row.user is None or row.requirement is None:
        return
    on, score = files.day_of(row.line.on), files.score_of(row.line.score)
    if isinstance(on, str) or isinstance(score, str):
        row.fault = on if isinstance(on, str) else str(score)
        return
    row.on, row.score = on, score
    key = (row.user.pk, row.requirement.pk, on)
    if row.user.pk == by_id:
        row.fault = _("Nobody certifies themself. Somebody else has to load this line.")
    elif key in seen:
        row.fault = _("The same person, requirement and day as in line %(line)d.") % {"line": seen[key]}
    elif on > today:
        row.fault = rules.credit_text(CreditFault.IN_THE_FUTURE)
    seen.setdefault(key, row.line.number)


def _settle(requirement: "Requirement", rows: list[Row], today: date) -> list[Outcome]:
    """Mark what is on record and what lies before the appointment; then the cycles, with and without the lines."""
    by_user: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.user is not None:
            by_user[row.user.pk].append(row)
    known = requirements.known_of(requirement, requirements.roster(user_ids=list(by_user)))
    held, found = positions(requirement.pk, list(by_user)), list[Outcome]()
    loaded = _on_record(requirement, by_user)
    for person in known.people:
        done = tuple(known.completions.get(person.id, ()))
        for row in by_user[person.id]:
            fault = credit_fault(row.on or today, today, person.appointments, is_from_before=False)
            row.is_known = (person.id, row.on) in loaded or row.on in {each.on for each in done}
            row.fault = "" if row.is_known or fault is None else _words(fault)
        position = held.get(person.id)
        duty = Duty(
            requirement.pk, requirement.rule, requirement.ladder, known.satisfiers, person, done,
            position.held if position else None,
        )  # fmt: skip
        new = [row for row in by_user[person.id] if row.is_new]
        added = tuple(
            Completion(row.on, credit_id=-row.line.number, is_history=True)
            for row in new
            if row.on is not None
        )
        if added and new[0].user is not None:
            merged = tuple(sorted((*done, *added), key=lambda one: one.rank))
            before, after = settle(duty, today), settle(replace(duty, completions=merged), today)
            _tell(new, before, after)
            found.append(
                Outcome(
                    new[0].user, requirement, before.standing.status, after.standing.status, _until(after)
                )
            )
    return found


def _on_record(requirement: "Requirement", user_ids: Iterable[int]) -> set[tuple[int, date]]:
    """(person, day) of what is written down: all but what came with a load that was taken back.

    Of that too what counts again, and what had been revoked by hand: that is no part of what is put right.
    """
    by_undo = Exists(Revocation.objects.filter(record__credit=OuterRef("pk"), undo__isnull=False, **IN_FORCE))
    is_counted = Exists(ComplianceRecord.objects.filter(credit=OuterRef("pk")))
    rows = Credit.objects.filter(requirement=requirement, user_id__in=list(user_ids))
    return set(rows.filter(COUNTING | Q(is_counted & ~by_undo)).values_list("user_id", "on"))


def _tell(rows: list[Row], before: Settled, after: Settled) -> None:
    """Which line makes which cycle."""
    old = {cycle.completed_on for cycle in before.finished}
    made = {cycle.completed_on: cycle for cycle in after.finished if cycle.completed_on not in old}
    for row in rows:
        row.cycle, row.is_held = made.get(row.on), after.is_held


def _until(settled: Settled) -> date | None:
    return settled.finished[-1].valid_until if settled.finished else None


def _words(fault: CreditFault) -> str:
    """As for one credit, where there is nothing to choose."""
    if fault is CreditFault.BEFORE_EMPLOYMENT:
        return _("On that day the person was not here yet. Certify it as prior credit instead.")
    if fault is CreditFault.NO_APPOINTMENT:
        return _("The person has no appointment here.")
    return rules.credit_text(fault)
