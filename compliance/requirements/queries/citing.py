"""What packs ask of whoever runs the program, for who keeps duties; and references as they are stored."""

from collections.abc import Iterable
from typing import Any

from compliance.requirements import basis, packs


def programme_packs() -> list[tuple[packs.Pack, tuple[packs.Control, ...]]]:
    """The newest version of every pack that asks something of the program, with those controls, by name."""
    newest = (versions[-1] for versions in packs.library().values())
    found = (
        (pack, tuple(control for control in pack.controls if control.kind is packs.Kind.PROGRAMME))
        for pack in newest
    )
    return [(pack, controls) for pack, controls in found if controls]


def programme_control(key: str, control_id: str) -> tuple[packs.Pack, packs.Control] | None:
    """One of those controls with its pack; None when there is no such one."""
    for pack, controls in programme_packs():
        for control in controls:
            if (pack.key, control.id) == (key, control_id):
                return pack, control
    return None


def citation(pack: packs.Pack, control: packs.Control) -> dict[str, Any]:
    """A reference to the control as this version says it, as it is stored."""
    return basis.as_json(basis.cite(pack, control))


def cited(rows: Iterable[dict[str, Any]]) -> list[basis.Reference]:
    """Stored references as objects."""
    return list(basis.references(rows))
