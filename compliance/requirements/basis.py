"""What a requirement rests on: who answers for it, the policy, the laws it cites, and the values set for them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from compliance.requirements import packs
from compliance.requirements.models import Requirement


@dataclass(frozen=True, slots=True)
class Reference:
    """A control as it was cited: a copy, which stays when the pack moves on. Without `pack` it was typed in."""

    regime: str
    control: str
    asks: str
    source: str = ""
    url: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    pack: str = ""
    pack_version: int | None = None

    @property
    def name(self) -> str:
        """The regime and the exact id."""
        return f"{self.regime} {self.control}"

    @property
    def outdated_by(self) -> packs.Pack | None:
        """The newest version of its pack, if that says something else about this control or nothing at all."""
        versions = packs.library().get(self.pack, ())
        cited = next((pack for pack in versions if pack.version == self.pack_version), None)
        if cited is None or cited is versions[-1]:
            return None
        return versions[-1] if cited.control(self.control) != versions[-1].control(self.control) else None


@dataclass(frozen=True, slots=True)
class Parameter:
    """What the law leaves to the organization: the value it set, and the day from which it holds."""

    name: str
    value: str
    since: date


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything a requirement rests on. It changes neither people nor dates."""

    owner: Any = None
    policy: str = ""
    authorities: tuple[Reference, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def apply_to(self, requirement: Requirement) -> Requirement:
        """Put it on a requirement, unsaved."""
        requirement.owner = self.owner
        requirement.policy = self.policy
        requirement.authorities = [as_json(reference) for reference in self.authorities]
        requirement.parameters = [as_json(parameter) for parameter in self.parameters]
        return requirement


FIELDS = ("owner", "policy", "authorities", "parameters")


def cite(pack: packs.Pack, control: packs.Control) -> Reference:
    """A reference to the control as this version of the pack says it."""
    return Reference(
        regime=pack.regime,
        control=control.id,
        asks=control.asks,
        source=control.source,
        url=control.url,
        effective_from=control.effective_from,
        effective_to=control.effective_to,
        pack=pack.key,
        pack_version=pack.version,
    )


def of(requirement: Requirement) -> Basis:
    """What the requirement rests on now."""
    return Basis(
        owner=requirement.owner,
        policy=requirement.policy,
        authorities=tuple(references(requirement.authorities)),
        parameters=tuple(
            Parameter(row["name"], row["value"], date.fromisoformat(row["since"]))
            for row in requirement.parameters
        ),
    )


def references(rows: Iterable[dict[str, Any]]) -> Iterable[Reference]:
    """Stored references as objects."""
    for row in rows:
        days = {
            name: date.fromisoformat(row[name]) if row.get(name) else None
            for name in ("effective_from", "effective_to")
        }
        yield Reference(**row | days)


def content_of(requirement: Requirement) -> dict[str, Any]:
    """The same as JSON, for versions: the owner with the name they had then."""
    owner = requirement.owner
    return {
        "owner": None if owner is None else {"id": owner.pk, "name": owner.display_name},
        "policy": requirement.policy,
        "authorities": requirement.authorities,
        "parameters": requirement.parameters,
    }


def unset_parameters(held: Basis) -> list[str]:
    """What the cited controls leave to the organization and nothing was set for, as the packs name it."""
    names = []
    for reference in held.authorities:
        versions = packs.library().get(reference.pack, ())
        control = versions[-1].control(reference.control) if versions else None
        names += [f"{reference.control}: {name}" for name in (control.parameters if control else ())]
    return [name for name in names if name not in {parameter.name for parameter in held.parameters}]


def as_json(row: Reference | Parameter) -> dict[str, Any]:
    """As it is stored: days as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(row).items()
    }
