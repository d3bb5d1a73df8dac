"""What a new version of a pack changed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from compliance.requirements.packs.words import Control, Pack


@dataclass(frozen=True, slots=True)
class Change:
    """A control that is new (`before` is None), gone (`after` is None) or says something else in `names`."""

    control_id: str
    before: Control | None
    after: Control | None
    names: tuple[str, ...] = ()


def changes(before: Pack, after: Pack) -> tuple[Change, ...]:
    """What differs control by control, those of the new version first in its order."""
    return tuple(_changes(before, after))


def _changes(before: Pack, after: Pack) -> Iterator[Change]:
    for new in after.controls:
        old = before.control(new.id)
        if old is None:
            yield Change(new.id, None, new)
        elif old != new:
            names = tuple(
                one.name for one in fields(Control) if getattr(old, one.name) != getattr(new, one.name)
            )
            yield Change(new.id, old, new, names)
    for old in before.controls:
        if after.control(old.id) is None:
            yield Change(old.id, old, None)
