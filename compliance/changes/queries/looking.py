"""Which changes there are, their lines, and who may decide about one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Max, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from compliance.changes import rules
from compliance.changes.enums import Difference, Effect, State
from compliance.changes.models import Change, Line, Proposal, Threshold
from compliance.reminders import queries as reminders
from lms.access import roles
from lms.access.permissions import Permission
from lms.people import queries as people

C = TypeVar("C", bound=Proposal)
_ORDER = {effect: place for place, effect in enumerate(Effect.values)}


@dataclass(frozen=True, slots=True)
class Group:
    """How many people a change does one thing to."""

    effect: str
    label: str
    count: int


def threshold() -> Threshold:
    """From how many people a second person is needed; as it begins where nobody set it."""
    return Threshold.objects.first() or Threshold()


def limit_alone(at: datetime) -> int | None:
    """How many people one person alone may affect now; None: any number."""
    return rules.limit(threshold(), int(str(people.measure(at=at)["people"])))


def all_changes() -> QuerySet[Change]:
    """Every change of a requirement: those that wait for somebody first, then the newest."""
    related = ("requirement", "proposed_by", "decided_by", "undoes")
    return waiting_first(Change.objects.select_related(*related))


def waiting_first(rows: QuerySet[C]) -> QuerySet[C]:
    """Those that wait for somebody first, then what waits for its day, then what is prepared, then the newest."""
    rank = Case(
        When(state=State.WAITING, then=Value(0)),
        When(state=State.AGREED, then=Value(1)),
        When(state=State.PREPARED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return rows.order_by(rank, "-proposed_at", "-pk")


def waiting_count() -> int:
    """How many changes wait for a second person."""
    return Change.objects.filter(state=State.WAITING).count()


def waiting_ahead() -> list[Change]:
    """What was agreed and takes effect on a coming day, in that order, with the requirement."""
    rows = Change.objects.filter(state=State.AGREED).select_related("requirement")
    return list(rows.order_by("takes_effect_on", "pk"))


def due_ahead(today: date) -> list[Change]:
    """What was agreed to take effect by that day of the tenant, and has not yet, in that order."""
    rows = Change.objects.filter(state=State.AGREED, takes_effect_on__lte=today)
    return list(rows.order_by("takes_effect_on", "pk"))


def change_by(public_id: UUID) -> Change:
    """One change with its requirement and its people. Raises Http404."""
    related = (
        "requirement",
        "proposed_by",
        "decided_by",
        "withdrawn_by",
        "undoes__requirement",
        "requirement__owner",
    )
    return get_object_or_404(Change.objects.select_related(*related), public_id=public_id)


def next_number(made: Proposal) -> int:
    """What people are going to call it."""
    return int(_series(made).aggregate(last=Max("number"))["last"] or 0) + 1


def latest_made(of: C) -> C | None:
    """The last change of the same thing that was made and not undone since; undoing itself does not count."""
    rows = _series(of).filter(state=State.MADE)
    undone = rows.filter(undoes__isnull=False).values("undoes")
    return rows.filter(undoes=None).exclude(pk__in=undone).order_by("-made_at", "-pk").first()


def _series(of: C) -> QuerySet[C]:
    """Those of the same requirement, or those of the holidays: one number follows the other, and one undo."""
    rows: QuerySet[C] = QuerySet(type(of))
    return rows.filter(requirement=of.requirement_id) if isinstance(of, Change) else rows


def lines_of(
    found: Change, *, effect: str | None = None, difference: str | None = None, search: str = ""
) -> QuerySet[Line]:
    """Its lines by family name; without `difference` those that hold now, without what is no longer."""
    rows = Line.objects.filter(change=found).select_related("user")
    rows = rows.exclude(difference=Difference.SAME if difference else Difference.GONE)
    if effect:
        rows = rows.filter(effect=effect)
    for word in search.split()[:6]:
        rows = rows.filter(
            user__in=people.find(within=people.Reach(is_everyone=True), today=found.worked_out_on, text=word)
        )
    return rows.order_by("user__family_name", "user__given_name", "pk")


def effects_of(found: Change) -> list[Group]:
    """How many people each effect has, in the order of the words."""
    rows = Line.objects.filter(change=found).exclude(difference=Difference.GONE)
    counted = dict(rows.order_by().values_list("effect").annotate(Count("pk")))
    return [
        Group(key, str(Effect(key).label), counted[key]) for key in sorted(counted, key=_ORDER.__getitem__)
    ]


def mails_sent(found: Change) -> int:
    """How many mails about its requirement went out since it was made; none of them can be called back."""
    return reminders.mails_since(found.requirement_id, found.made_at) if found.made_at else 0


def known_lines(found: Change) -> dict[int, Line]:
    """The lines that were shown last, by person."""
    rows = Line.objects.filter(change=found).exclude(difference=Difference.GONE)
    return {row.user_id: row for row in rows}


def approvers(found: Proposal, *, today: date) -> list[Any]:
    """Who may decide it on that day: everybody who may change requirements, but not whoever proposed it."""
    return [one for one in _officers(today) if one.pk != found.proposed_by_id]


def officer(user_id: int | None, *, today: date) -> Any:
    """Whoever this is, if they may change requirements on that day of the tenant; else None."""
    return next((one for one in _officers(today) if one.pk == user_id), None)


def _officers(today: date) -> list[Any]:
    needed = Permission.REQUIREMENTS_EDIT
    return list(
        people.holders_of((role.key for role in roles.ALL if needed in role.permissions), today=today)
    )
