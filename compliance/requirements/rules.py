"""What a requirement may be made of, and when it may be turned on, changed, paused or retired."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self, TypeAlias

from django.utils.translation import gettext as _

from compliance.core.audience import Json
from compliance.requirements import basis
from compliance.requirements.enums import DueFrom, DueUnit, RequirementState, Roll, ValidityAnchor
from compliance.requirements.models import Requirement
from lms.catalog import queries as catalog


class NotAllowedNow(Exception):
    """The requirement is in a state in which this cannot be done; the message says so to a person."""


class NumbersChanged(Exception):
    """Whom the requirement reaches, or with which dates, is not what the person saw when they decided."""


Sets: TypeAlias = list[dict[str, Any]]
"""Sets of courses as a requirement keeps them; see `courses`."""


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


def check_can_turn_on(requirement: Requirement) -> None:
    """Raises NotAllowedNow unless it is a draft or rests."""
    if requirement.state not in {RequirementState.DRAFT, RequirementState.PAUSED}:
        raise NotAllowedNow(_("It is already on, or retired for good."))
    if found := obstacle(requirement):
        raise NotAllowedNow(found)


def obstacle(requirement: Requirement) -> str:
    """Why it should not be turned on yet, for a person; empty when nothing stands in the way."""
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


def check_can_edit(requirement: Requirement) -> None:
    """Raises NotAllowedNow for what is retired."""
    if requirement.state == RequirementState.RETIRED:
        raise NotAllowedNow(_("A retired requirement stays as it was, as evidence."))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
