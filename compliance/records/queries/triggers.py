"""Events after which training is asked for again: what one would ask of whom, and what those recorded have asked."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from compliance.core import triggers as core
from compliance.records import rules
from compliance.records.enums import EventOutcome, EventReach
from compliance.records.models import Assignment, ComplianceRecord, Concern, Revocation, TriggeringEvent
from compliance.records.queries.positions import positions
from compliance.records.queries.revocations import IN_FORCE
from compliance.requirements import queries as requirements
from lms.people import queries as people
from lms.ui.dates import day_text

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement


# How many people are looked at in one go: that is a second, so that whoever waits hears how far it is.
PART = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as somebody wants to record it; for a list with `user_ids`, for a department with its code."""

    kind: str
    title: str
    account: str
    happened_on: date
    days: int
    reach: str
    user_ids: tuple[int, ...] = ()
    department_code: str = ""

    def occasion(self, today: date) -> core.Occasion:
        """It in the engine's words, recorded on that day of the tenant."""
        return core.Occasion(self.happened_on, self.days, today)


@dataclass(frozen=True, slots=True)
class Meant:
    """One person an event concerns, and what it asks of them."""

    asked: core.Asked
    name: str
    email: str
    is_away: bool
    record_id: int | None

    @property
    def why(self) -> str:
        """What becomes of the person, in words."""
        return outcome_text(self.asked.outcome, self.asked.done_on)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everyone whom an event concerns, by name, and a digest of what would be done."""

    people: list[Meant] = field(default_factory=list)
    fingerprint: str = ""

    @property
    def asked(self) -> list[Meant]:
        """Those who have something to do because of it."""
        return [one for one in self.people if one.asked.is_asked]

    @property
    def left_out(self) -> list[Meant]:
        """Those who have not, each with the reason."""
        return [one for one in self.people if not one.asked.is_asked]

    @property
    def opened_count(self) -> int:
        """How many get a cycle of their own."""
        return sum(one.asked.outcome is core.Outcome.OPENED for one in self.people)

    @property
    def joined_count(self) -> int:
        """How many open cycles carry it."""
        return sum(one.asked.outcome is core.Outcome.JOINED for one in self.people)

    @property
    def away_count(self) -> int:
        """How many of those who are asked are on leave or excused at the moment."""
        return sum(one.is_away for one in self.asked)

    @property
    def due_dates(self) -> list[tuple[date, int]]:
        """How many are due on which day."""
        counted: dict[date, int] = defaultdict(int)
        for one in self.asked:
            if one.asked.dates is not None:
                counted[one.asked.dates.due_on] += 1
        return sorted(counted.items())


def event_fault(draft: Draft, today: date) -> str:
    """Why it cannot be recorded on that day, in words; empty when it can."""
    found = core.fault(draft.occasion(today))
    return rules.event_fault_text(found) if found else ""


def preview(
    requirement: "Requirement",
    draft: Draft,
    today: date,
    look: Callable[[int], None] = lambda _count: None,
) -> Preview:
    """What recording it today would ask of whom; a fixed number of statements for every so many people.

    `look` is called after each of these parts with the number of people looked at so far.
    """
    ids = meant_by(requirement, draft, today)
    found: list[Meant] = []
    for start in range(0, len(ids), PART):
        found.extend(_asked(requirement, draft, ids[start : start + PART], today))
        look(len(found))
    found.sort(key=lambda one: (one.name, one.asked.person_id))
    words = (draft.kind, draft.title, draft.account, draft.happened_on.isoformat())
    decided = [str(requirement.pk), *words, str(draft.days)]
    return Preview(found, core.fingerprint((one.asked for one in found), decided))


def _asked(requirement: "Requirement", draft: Draft, ids: list[int], today: date) -> Iterator[Meant]:
    rows = requirements.roster(user_ids=ids)
    names = {row.user_id: row for row in rows}
    places = positions(requirement.pk, list(names))
    known = requirements.known_of(requirement, rows)
    for person in known.people:
        position = places.get(person.id)
        place = core.Place(is_held=False)
        if position is not None:
            place = core.Place(position.held.cycles, position.held.original_due_on)
        done = known.completions.get(person.id, ())
        asked = core.ask(requirement.terms, person, place, done, draft.occasion(today))
        row, is_away = names[person.id], person.absence_on(today) is not None
        open_record_id = position.open_record_id if position else None
        yield Meant(asked, row.name, row.email, is_away, open_record_id)


def meant_by(requirement: "Requirement", draft: Draft, today: date) -> list[int]:
    """Whom it concerns: of a list everybody on it, else those of the reach who have the requirement and are here."""
    if draft.reach == EventReach.LISTED:
        return list(dict.fromkeys(draft.user_ids))
    held = Assignment.objects.filter(requirement=requirement, withdrawn_on__isnull=True, user__is_active=True)
    if draft.reach == EventReach.DEPARTMENT:
        below = people.with_those_below(draft.department_code)
        held = held.filter(user_id__in=people.members_of(below, today))
    return list(held.order_by("user_id").values_list("user_id", flat=True))


def events(requirement_id: int | None = None) -> QuerySet[Any]:
    """Every event that was recorded, newest first, with how many people it concerned and asked, and who answered."""
    rows: QuerySet[Any] = TriggeringEvent.objects.select_related(
        "requirement", "department", "recorded_by", "ended_by"
    )
    if requirement_id is not None:
        rows = rows.filter(requirement_id=requirement_id)
    asked = Q(concerns__outcome__in=(EventOutcome.OPENED, EventOutcome.JOINED))
    rows = rows.annotate(people_count=Count("concerns"), asked_count=Count("concerns", filter=asked))
    return rows.order_by("-recorded_at", "-pk")


def concerns(event: TriggeringEvent) -> QuerySet[Any]:
    """Whom it concerned, by name: `answered_on` is the first completion after the event, `due_on` of the last cycle."""
    cycles = ComplianceRecord.objects.filter(user_id=OuterRef("user_id"), requirement_id=event.requirement_id)
    answered = (
        cycles.filter(completed_on__gt=event.happened_on)
        .exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
        .order_by()
        .values("user_id")
        .annotate(first=Min("completed_on"))
        .values("first")
    )
    rows: QuerySet[Any] = Concern.objects.filter(event=event).select_related("user", "record")
    rows = rows.annotate(
        answered_on=Subquery(answered), due_on=Subquery(cycles.order_by("-pk").values("due_on")[:1])
    )
    return rows.order_by("user__family_name", "user__given_name", "user_id")


def outcome_text(outcome: str, done_on: date | None) -> str:
    """What became of a person, in words."""
    if done_on is not None:
        return _("Done after the event already, on %(day)s") % {"day": day_text(done_on)}
    return str(EventOutcome(outcome).label)
