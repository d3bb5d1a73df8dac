"""What a site knows of its agreements. All inside a tenant; nobody sees agreements of others."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from tenants.agreements import codes, desk
from tenants.agreements.terms import Terms, find
from tenants.enums import AgreementSide, AgreementState


class NoAgreement(LookupError):
    """The tenant in force has no agreement of this id."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as one side sees it: `side` is its own, the other site is named. Moments are aware, in UTC."""

    public_id: UUID
    side: str
    other_name: str
    other_host: str
    state: str
    terms: str
    offered_by: str
    offered_at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None
    ended_by: str
    ended_side: str
    ended_at: dt.datetime | None

    @property
    def is_parent(self) -> bool:
        """Whether the tenant in force is the university that reads the figures."""
        return self.side == AgreementSide.PARENT

    @property
    def is_offered(self) -> bool:
        """Whether the department has yet to decide."""
        return self.state == AgreementState.OFFERED

    @property
    def is_in_force(self) -> bool:
        """Whether figures are shared."""
        return self.state == AgreementState.IN_FORCE

    @property
    def is_refused(self) -> bool:
        """Whether the department said no."""
        return self.state == AgreementState.REFUSED

    @property
    def is_over(self) -> bool:
        """Whether nothing can follow."""
        return self.state in (AgreementState.REFUSED, AgreementState.ENDED)

    @property
    def text(self) -> Terms:
        """What both agreed to."""
        return find(self.terms)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that was not used yet."""

    public_id: UUID
    label: str
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    is_readable: bool

    @property
    def code(self) -> str:
        """The code to hand over; empty when the installation's secret has changed since, so that it is lost."""
        return codes.code_of(self.public_id) if self.is_readable else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Compliant of required people; both None where the department withholds them. `requirement` None: overall.

    `grace_counts`: people in the days of grace are among the compliant ones.
    """

    month: dt.date
    as_of: dt.date
    requirement: UUID | None
    title: str
    compliant: int | None
    required: int | None
    published_at: dt.datetime
    grace_counts: bool = False

    @property
    def is_withheld(self) -> bool:
        """Whether the numbers were left out."""
        return self.required is None


def agreements(side: AgreementSide | None = None) -> list[Agreement]:
    """Every agreement of the tenant in force (as one side), the newest first; one statement."""
    rows = [Agreement(**row) for row in desk.call("duly_rollup_agreements")]
    return [row for row in rows if side is None or row.side == side]


def agreement(public_id: UUID, side: AgreementSide | None = None) -> Agreement:
    """One of them. Raises NoAgreement for every other id, whoever's it is."""
    for row in agreements(side):
        if row.public_id == public_id:
            return row
    raise NoAgreement


def invitations() -> list[Invitation]:
    """The codes that can still be used, the newest first."""
    return [
        Invitation(
            public_id=row["public_id"],
            label=row["label"],
            created_by=row["created_by"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            is_readable=codes.digest_of(codes.code_of(row["public_id"])) == row["code_digest"],
        )
        for row in desk.call("duly_rollup_invitations")
    ]


def figures(public_id: UUID) -> list[Figure]:
    """Everything that is shared under an agreement in force, the newest month first: what either side reads."""
    return [_figure(row) for row in desk.call("duly_rollup_counted", public_id)]


def latest() -> dict[UUID, list[Figure]]:
    """The overall figures of every department that shares with the tenant in force, by agreement, newest first."""
    found: dict[UUID, list[Figure]] = {}
    for row in desk.call("duly_rollup_counted", None):
        found.setdefault(row["agreement"], []).append(_figure(row))
    return found


def is_sharing() -> bool:
    """Whether the tenant in force gives figures to anybody."""
    return any(row.is_in_force for row in agreements(AgreementSide.DEPARTMENT))


def _figure(row: dict[str, object]) -> Figure:
    return Figure(**{name: value for name, value in row.items() if name != "agreement"})  # type: ignore[arg-type]
