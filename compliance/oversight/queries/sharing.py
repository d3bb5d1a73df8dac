"""What a department's site shares with its university's, and what the university reads of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from compliance.core.disclosure import withheld
from compliance.core.standing import percent_of
from compliance.oversight import rules
from compliance.records import queries as records
from tenants.agreements import queries as agreements
from tenants.agreements.actions import Cell
from tenants.agreements.queries import Agreement, Figure, Invitation
from tenants.enums import AgreementSide

STALE_AFTER = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as it is shown. `percent` is None where the numbers are withheld."""

    figure: Figure

    @property
    def percent(self) -> float | None:
        """Compliant of required in percent, one decimal, cut."""
        if self.figure.required is None or self.figure.compliant is None:
            return None
        return percent_of(self.figure.compliant, self.figure.required)


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything under one agreement: the newest overall figure, those of requirements, every month."""

    overall: Reading | None = None
    requirements: list[Reading] = field(default_factory=list)
    months: list[Reading] = field(default_factory=list)
    is_stale: bool = False

    @property
    def withheld_count(self) -> int:
        """How many requirements are withheld."""
        return sum(reading.figure.is_withheld for reading in self.requirements)


@dataclass(frozen=True, slots=True)
class Site:
    """One department's line: its newest figure, and how it moved since the month before (percentage points)."""

    agreement: Agreement
    newest: Reading | None
    change: float | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What a university sees of its departments' sites."""

    sharing: list[Site]
    waiting: list[Agreement]
    over: list[Agreement]
    invitations: list[Invitation]
    compliant_count: int
    required_count: int
    told_count: int

    @property
    def is_empty(self) -> bool:
        """Whether no department was ever invited."""
        return not (self.sharing or self.waiting or self.over or self.invitations)

    @property
    def percent(self) -> float | None:
        """Of all people that the departments tell of; None when none does."""
        return percent_of(self.compliant_count, self.required_count)


def shared_cells(today: dt.date) -> list[Cell]:
    """The figures of the tenant in force that may leave it, by the one definition of compliant; three statements.

    Small groups are left out, and so are those that would give one away (compliance.core.disclosure).
    """
    everybody = records.totals(records.people(today))
    single = [one for one in records.by_requirement(today) if one.totals.required_count]
    hidden = withheld(
        everybody=everybody.required_count,
        groups={one.public_id: one.totals.required_count for one in single},
        least=rules.SMALL_GROUP,
    )
    overall = _cell(None, "", everybody, is_hidden=rules.is_small(everybody.required_count))
    counts = records.counting_on(today).grace_counts
    cells = [
        overall,
        *(_cell(one.public_id, one.title, one.totals, is_hidden=one.public_id in hidden) for one in single),
    ]
    return [replace(cell, grace_counts=counts) for cell in cells]


def _cell(requirement: UUID | None, title: str, totals: records.Totals, *, is_hidden: bool) -> Cell:
    if is_hidden:
        return Cell(requirement, title, None, None)
    return Cell(requirement, title, totals.compliant_count, totals.required_count)


def shared(agreement: Agreement, *, today: dt.date) -> Shared:
    """What both sides read under an agreement; nothing unless it is in force."""
    return _shared(agreements.figures(agreement.public_id), today)


def preview(*, today: dt.date, at: dt.datetime) -> Shared:
    """What would be shared if the department accepted now, by the code that shares it."""
    month = today.replace(day=1)
    figures = [
        Figure(
            month, today, cell.requirement, cell.title, cell.compliant, cell.required, at, cell.grace_counts
        )
        for cell in shared_cells(today)
    ]
    return _shared(figures, today)


def board(*, today: dt.date) -> Board:
    """The university's page; three statements however many departments there are."""
    known, latest = agreements.agreements(AgreementSide.PARENT), agreements.latest()
    sharing = [_site(one, latest.get(one.public_id, []), today) for one in known if one.is_in_force]
    told = [
        (site.newest.figure.compliant, site.newest.figure.required)
        for site in sharing
        if site.newest and not site.newest.figure.is_withheld
    ]
    return Board(
        sharing=sorted(sharing, key=_lowest_first),
        waiting=[one for one in known if one.is_offered],
        over=[one for one in known if one.is_over],
        invitations=agreements.invitations(),
        compliant_count=sum(compliant or 0 for compliant, _required in told),
        required_count=sum(required or 0 for _compliant, required in told),
        told_count=len(told),
    )


def _site(agreement: Agreement, months: Sequence[Figure], today: dt.date) -> Site:
    readings = [Reading(figure) for figure in months]
    shares = [reading.percent for reading in readings[:2]]
    change = None
    if len(shares) == 2 and shares[0] is not None and shares[1] is not None:
        change = round(shares[0] - shares[1], 1)
    newest = readings[0] if readings else None
    return Site(agreement, newest, change, _is_stale(newest, today))


def _lowest_first(site: Site) -> tuple[bool, float, str]:
    share = site.newest.percent if site.newest else None
    return share is None, share or 0.0, site.agreement.other_name


def _shared(figures: Sequence[Figure], today: dt.date) -> Shared:
    overall = [Reading(figure) for figure in figures if figure.requirement is None]
    if not overall:
        return Shared()
    newest = overall[0]
    return Shared(
        overall=newest,
        requirements=[
            Reading(figure)
            for figure in figures
            if figure.requirement is not None and figure.month == newest.figure.month
        ],
        months=overall,
        is_stale=_is_stale(newest, today),
    )


def _is_stale(reading: Reading | None, today: dt.date) -> bool:
    return reading is not None and today - reading.figure.as_of > STALE_AFTER
