"""What a roster import would do to what people owe, worked out by the engine; and what was kept of any outlook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from compliance.changes.enums import Effect
from compliance.changes.models import Outlook, OutlookLine
from compliance.core import change
from compliance.core import outlook as core
from compliance.core.change import Line
from compliance.core.ladder import Ladder
from compliance.core.plan import Outcome, Rule
from compliance.core.terms import Person
from compliance.records import queries as records
from compliance.requirements import queries as requirements
from lms.people.enums import AbsentPolicy
from lms.people.kinds import Share, Summary, Turned

if TYPE_CHECKING:
    from uuid import UUID

    from compliance.requirements.models import Requirement

_ORDER = {effect: place for place, effect in enumerate(Effect.values)}
FILE, ABSENT = "file", "absent"
COMES = frozenset({Outcome.ASSIGN, Outcome.CREDIT, Outcome.WAIT})
"""Who is meant now and does not have it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens to one person in one requirement. Without `user_id` the person is new, known by address only.

    `record_id`: the open cycle, where its due date may move.
    """

    line: Line
    user_id: int | None
    name: str
    email: str
    part: str = FILE
    record_id: int | None = None

    @property
    def who(self) -> str:
        """The person in a digest: somebody new has no number yet that would still be theirs when they are imported."""
        return str(self.user_id) if self.user_id is not None else f"new:{self.email}"


def happenings(
    requirement: "Requirement",
    people: Sequence[Turned],
    today: date,
    gone: Mapping[int, records.Held] | None = None,
) -> list[Happening]:
    """What the import does to these people in one requirement; two plans, a constant number of statements.

    `gone`: what they had, and have again as they had it if they are meant again.
    """
    ids = [each.after.user_id for each in people]
    was = requirements.plan_for(requirement, [each.before for each in people if each.before], today)
    then = requirements.plan_for(requirement, [each.after for each in people], today)
    before = {each.person_id: each for each in was.plan.decisions}
    held = records.holdings(requirement.pk, ids)
    by_id = {each.after.user_id: each for each in people}
    found, rule = [], requirement.rule  # asked once: its terms take statements of their own
    for decision in then.plan.decisions:
        key = decision.person_id
        if gone and key in gone and key not in held and decision.outcome in COMES:
            line = _returning(rule, requirement.ladder, then.people[key], gone[key], today)
        else:
            line = core.line(
                rule,
                requirement.ladder,
                was=was.people.get(key),
                now=then.people[key],
                before=before.get(key),
                after=decision,
                held=held[key].holding if key in held else None,
                completions=then.passes.get(key, ()),
                today=today,
            )
        if line is not None:
            found.append(_happening(line, by_id[key]))
    return found


def _happening(line: Line, of: Turned) -> Happening:
    user_id = of.after.user_id if of.before is not None else None
    return Happening(line, user_id, of.after.name, of.after.email, ABSENT if of.is_absent else FILE)


def _returning(rule: Rule, steps: Ladder, person: Person, gone: records.Held, today: date) -> Line | None:
    """Somebody has again what they had, with its dates."""
    due = change.due_now(rule.terms, person, gone.holding)
    due_on = due.due_on if due else None
    mails = change.mails_of((rule.terms, steps), person, gone.holding, due, today=today)
    line = Line(person.id, change.Effect.RESTORE, (None, due_on), mails=(frozenset(), mails))
    return core.onward(rule, person, line, today)


def outlook_of(roster_public_id: "UUID") -> Outlook:
    """The outlook of the import with this public id. Raises Http404."""
    rows = Outlook.objects.select_related("roster_import").defer("roster_import__content")
    return get_object_or_404(rows, roster_import__public_id=roster_public_id)


def outlook_lines(
    found: Outlook, *, effect: str | None = None, part: str | None = None, search: str = ""
) -> QuerySet[OutlookLine]:
    """Its lines by requirement and name."""
    rows = OutlookLine.objects.filter(outlook=found).select_related("requirement")
    if effect:
        rows = rows.filter(effect=effect)
    if part:
        rows = rows.filter(is_absent=part == ABSENT)
    for word in search.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(requirement__title__icontains=word)
        )
    return rows.order_by("requirement__title", "requirement_id", "name", "pk")


def outlook_summary(found: Outlook) -> Summary:
    """The outlook in numbers, in the words of whoever imports."""
    if found.roster_import is None:
        raise AssertionError("Not the outlook of a roster import.")
    return Summary(
        shares=outlook_shares(found),
        seen=found.absent_fingerprint,
        digests={AbsentPolicy.KEEP: found.fingerprint, AbsentPolicy.DEACTIVATE: found.absent_fingerprint},
        affected_count=found.affected_count,
        url=reverse("changes:roster", kwargs={"public_id": found.roster_import.public_id}),
    )


def outlook_shares(found: Outlook) -> list[Share]:
    """What each requirement sees of it, by title."""
    counted: dict[tuple[bool, str, int], list[tuple[str, int]]] = {}
    rows = OutlookLine.objects.filter(outlook=found).order_by()
    grouped = rows.values_list("is_absent", "requirement__title", "requirement_id", "effect")
    for is_absent, title, pk, effect, count in grouped.annotate(Count("pk")):
        counted.setdefault((is_absent, title, pk), []).append((effect, count))
    return [
        Share(title, is_absent, labelled(effects), *_mails(found, pk, is_absent))
        for (is_absent, title, pk), effects in sorted(counted.items())
    ]


def labelled(effects: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """How many each effect has, in its words and in their order."""
    ordered = sorted(effects, key=lambda pair: _ORDER[pair[0]])
    return [(str(Effect(effect).label), count) for effect, count in ordered]


def _mails(found: Outlook, requirement_id: int, is_absent: bool) -> tuple[int, int, int]:
    """On the day, ahead, and ahead without it."""
    today, ahead, before = found.mails.get(str(requirement_id), {}).get(
        ABSENT if is_absent else FILE, (0, 0, 0)
    )
    return today, ahead, before
