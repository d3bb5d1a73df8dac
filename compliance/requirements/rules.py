"""What a requirement may be made of, and when it may be turned on, changed, paused or retired."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Self, TypeAlias

from django.utils.translation import gettext as _

from compliance.core import milestones
from compliance.core.audience import Json
from compliance.requirements import basis
from compliance.requirements.enums import DueFrom, DueUnit, RequirementState, Roll, ValidityAnchor
from compliance.requirements.models import Requirement
from lms.catalog import queries as catalog
from lms.people import queries as people
from lms.people.enums import FieldKind
from lms.ui.dates import day_text


class NotAllowedNow(Exception):
    """The requirement is in a state in which this cannot be done; the message says so to a person."""


class NumbersChanged(Exception):
    """Whom the requirement reaches, or with which dates, is not what the person saw when they decided."""


Sets: TypeAlias = list[dict[str, Any]]
"""Sets of courses as a requirement keeps them; see `courses`."""

Rungs: TypeAlias = list[dict[str, Any]]
"""Who above is told, as a requirement keeps it: `[{"days": 7, "to": "manager"}, ...]`, the lowest first."""


def courses(*first: int, later: Mapping[int, Sequence[int]] | None = None) -> Sets:
    """The sets in which `first` does the first time, and `later[round]` from that round on; the default first."""
    sets = {1: first, **(later or {})}
    return [{"from_round": number, "courses": [*sets[number]]} for number in sorted(sets)]


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything a person decides about a requirement. Lengths are days unless the name says months."""

    title: str
    satisfiers: Sets
    audience: Json
    starts_on: date
    first_due_days: int
    purpose: str = ""
    due_from: str = DueFrom.APPOINTMENT.value
    due_on: date | None = None
    due_after_id: int | None = None
    due_field: str = ""
    sign_in_within_days: int | None = None
    due_unit: str = DueUnit.DAYS.value
    roll: str = Roll.NONE.value
    recurs_months: int | None = None
    recurs_days: int | None = None
    window_days: int = 60
    grace_days: int = 0
    return_days: int = 14
    validity_anchor: str = ValidityAnchor.EXPIRY.value
    fixed_month: int | None = None
    fixed_day: int | None = None
    year_start_month: int | None = None
    year_start_day: int | None = None
    minimum_months: int = 0
    credit_since: date | None = None
    remind_before: tuple[int, ...] = (30, 7, 1)
    remind_after_every: int = 7
    remind_after_max: int = 6
    rungs: Rungs = field(default_factory=list)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """What a version, or a proposal, says; what it was kept without is as new ones begin."""
        of = {field.attname: field for field in Requirement._meta.concrete_fields}
        names = [each.name for each in fields(cls) if each.name in content]
        return cls(**{name: of[name].to_python(content[name]) for name in names})

    def apply_to(self, requirement: Requirement) -> Requirement:
        """Put these decisions on a requirement, unsaved; its state and history stay."""
        for name, value in self._values().items():
            setattr(requirement, name, value)
        return requirement

    def _values(self) -> dict[str, Any]:
        return asdict(self) | {"remind_before": sorted(self.remind_before, reverse=True)}


def content_of(requirement: Requirement) -> dict[str, Any]:
    """Everything that was decided about a requirement, as JSON."""
    names = [field.name for field in fields(Definition)]
    return {name: _plain(getattr(requirement, name)) for name in names} | basis.content_of(requirement)


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """`{"field": [before, after]}` of what differs."""
    return {name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}


def waiting_fault(own_id: int | None, due_after_id: int | None) -> str:
    """Why a due date cannot be counted from that requirement, for a person; empty when it can.

    `own_id` is the requirement that would count from it, None for one that is not saved yet.
    """
    if due_after_id is None:
        return ""
    other = Requirement.objects.filter(pk=due_after_id).first()
    if other is None:
        return _("The requirement it is counted from is not there any more. Choose another one.")
    if other.state == RequirementState.RETIRED:
        return _("“%(title)s” was retired, so nobody will complete it any more. Choose another one.") % {
            "title": other.title
        }
    waits_for = dict(
        Requirement.objects.filter(due_from=DueFrom.COMPLETION, due_after__isnull=False)
        .exclude(state=RequirementState.RETIRED)
        .values_list("pk", "due_after_id")
    )
    found = milestones.ring({**waits_for, own_id: due_after_id}, own_id) if own_id is not None else ()
    if not found:
        return ""
    if len(found) == 1:
        return _("A requirement cannot wait for itself: nobody would ever get a due date.")
    titles = dict(Requirement.objects.filter(pk__in=found).values_list("pk", "title"))
    chain = [titles[key] for key in (*found[1:], found[0])]
    return _("“%(first)s” waits for %(others)s. Nobody would ever get a due date. Choose another one.") % {
        "first": chain[0],
        "others": ", ".join(f"“{each}”" for each in chain[1:]),
    }


def field_fault(key: str) -> str:
    """Why a due date cannot be counted from the field of this key, for a person; empty when it can."""
    field = next((each for each in people.all_fields() if each.key == key), None)
    if field is None:
        return _("There is no field with the key “%(key)s”. Choose a field that names a day.") % {"key": key}
    if field.kind != FieldKind.DATE:
        return _("“%(name)s” does not name a day. Choose a field that does.") % {"name": field.name}
    if field.is_retired:
        return _("“%(name)s” was retired, so nobody gets a day in it any more. Choose another field.") % {
            "name": field.name
        }
    return ""


def check_waiting(requirement: Requirement) -> None:
    """Raises NotAllowedNow when its due date is counted from something it cannot be counted from."""
    found = ""
    if requirement.due_from == DueFrom.COMPLETION:
        found = waiting_fault(requirement.pk, requirement.due_after_id)
    elif requirement.due_from == DueFrom.FIELD:
        found = field_fault(requirement.due_field)
    if found:
        raise NotAllowedNow(found)


def check_nobody_waits(requirement: Requirement, *, for_good: bool = True) -> None:
    """Raises NotAllowedNow when another requirement counts its due date from this one: it would wait for ever."""
    waiting = requirement.waited_for_by.filter(due_from=DueFrom.COMPLETION).exclude(
        state=RequirementState.RETIRED
    )
    if not for_good:
        waiting = waiting.exclude(state=RequirementState.DRAFT)
    title = waiting.order_by("title", "pk").values_list("title", flat=True).first()
    if title is not None:
        raise NotAllowedNow(
            _(
                "The due date of “%(title)s” is counted from the completion of this one. Change or retire it first."
            )
            % {"title": title}
        )


def check_can_turn_on(requirement: Requirement) -> None:
    """Raises NotAllowedNow unless it is a draft or rests."""
    if requirement.state not in {RequirementState.DRAFT, RequirementState.PAUSED}:
        raise NotAllowedNow(_("It is already on, or retired for good."))
    check_waiting(requirement)
    if found := obstacle(requirement):
        raise NotAllowedNow(found)


def obstacle(requirement: Requirement) -> str:
    """Why it should not be turned on yet, for a person; empty when nothing stands in the way."""
    other = requirement.due_after if requirement.due_from == DueFrom.COMPLETION else None
    if other is not None and other.state != RequirementState.ACTIVE:
        return _(
            "“%(title)s” is not on, and the due date is counted from its completion. Turn it on first."
        ) % {"title": other.title}
    is_open = {row.id for row in catalog.published_courses()}
    closed = [each for each in requirement.sets if not is_open.intersection(each.courses)]
    if not closed:
        return ""
    if closed[0].from_round == 1:
        return _(
            "None of its courses has a published version. People would be asked for what they cannot do."
        )
    return _(
        "None of the courses from time %(number)s on has a published version. People would be asked for what they "
        "cannot do."
    ) % {"number": closed[0].from_round}


def check_can_pause(requirement: Requirement) -> None:
    """Raises NotAllowedNow unless it is on."""
    if requirement.state != RequirementState.ACTIVE:
        raise NotAllowedNow(_("Only a requirement that is on can be paused."))


def check_can_retire(requirement: Requirement) -> None:
    """Raises NotAllowedNow for drafts, which are simply deleted, and for what is retired already."""
    if requirement.state not in {RequirementState.ACTIVE, RequirementState.PAUSED}:
        raise NotAllowedNow(_("Only a requirement that was turned on can be retired."))
    check_nobody_waits(requirement, for_good=False)


def agreed_ahead(requirement: Requirement, but: int | None = None) -> str:
    """That a change of it (any but the one of this id) was agreed and waits for its day, for a person; or empty.

    What was agreed on stays meanwhile. The rows belong to `changes`; they are reached through the relation.
    """
    found = requirement.changes.filter(state="agreed").values_list("pk", "number", "takes_effect_on").first()
    if found is None or found[0] == but or found[2] is None:
        return ""
    return _(
        "Change %(number)s of it was agreed and takes effect on %(day)s. "
        "Withdraw that change first, or wait until then."
    ) % {"number": found[1], "day": day_text(found[2])}


def check_nothing_agreed(requirement: Requirement) -> None:
    """Raises NotAllowedNow when a change of it was agreed and waits for its day."""
    if waits := agreed_ahead(requirement):
        raise NotAllowedNow(waits)


def check_can_edit(requirement: Requirement) -> None:
    """Raises NotAllowedNow for what is retired."""
    if requirement.state == RequirementState.RETIRED:
        raise NotAllowedNow(_("A retired requirement stays as it was, as evidence."))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
