"""Who may ask for what: one row an address. Written by hand, so that a guard that is lost does not go unnoticed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """An address by name; who may ask; and what it is asked for (keys of World.ids, by URL argument).

    `who` is a permission's value, "signed in", "open", or "library" for pages of the sign-in library.
    `is_everyones` marks things that every signed-in person may see.
    """

    name: str
    who: str
    of: tuple[tuple[str, str], ...] = ()
    is_everyones: bool = False

    def kwargs(self, ids: dict[str, str]) -> dict[str, str]:
        """The URL's arguments, taken from the world."""
        return {argument: ids.get(key, key) for argument, key in self.of}


def _one(name: str, who: str, key: str, argument: str = "public_id", *, everyones: bool = False) -> Row:
    return Row(name, who, ((argument, key),), everyones)


TENANT: list[Row] = []
PUBLIC: set[str] = set()
