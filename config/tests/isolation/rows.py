"""A row of the table of who may ask for what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """An address by name; who may ask; and what it is asked for (keys of World.ids, by URL argument).

    `who` is a permission's value, "signed in", "open", or "library" for pages of the sign-in library.
    `is_everyones` marks things that every signed-in person may see, `is_owners` those of the world's owner,
    `may_be_absent` what the world does not hold (a second factor, the HTML of a letter that is text), `needs_key`
    what answers other systems that send a key, `is_scoped`
    what also serves those who hold the permission over some people only, `is_dulys` what is named the same at every
    tenant because it comes with the product; what the page says of the tenant is still its own.
    """

    name: str
    who: str
    of: tuple[tuple[str, str], ...] = ()
    is_everyones: bool = False
    is_owners: bool = False
    may_be_absent: bool = False
    needs_key: bool = False
    is_scoped: bool = False
    is_dulys: bool = False

    def kwargs(self, ids: dict[str, str]) -> dict[str, str]:
        """The URL's arguments, taken from the world."""
        return {argument: ids.get(key, key) for argument, key in self.of}


def one(name: str, who: str, key: str, argument: str = "public_id", *, everyones: bool = False) -> Row:
    return Row(name, who, ((argument, key),), everyones)
