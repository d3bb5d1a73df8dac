"""The entries of the top bar and the user menu; each app registers its own when it is ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from lms.access import guard

AREAS: Final = ("main", "user")


@dataclass(frozen=True)
class Entry:
    """One link: shown to whoever holds `permission` (None: everyone signed in), in ascending `order`.

    With `is_scoped` also to who holds it over the people of some departments: its page shows them those.

    It is the current one when the page belongs to the namespace of `url_name` or to one named in `also`;
    entries without a namespace are current on their own page only, and entries with `pages` on these too, not on
    others of the namespace.
    """

    key: str
    label: str | Promise
    url_name: str
    permission: str | None = None
    order: int = 100
    also: tuple[str, ...] = ()
    area: str = "main"
    icon: str = ""
    pages: tuple[str, ...] = ()
    is_scoped: bool = False

    @property
    def namespace(self) -> str:
        """The namespace of the page it leads to."""
        return self.url_name.partition(":")[0] if ":" in self.url_name else ""


@dataclass(frozen=True)
class Link:
    """An entry as drawn on one page for one person."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry; registering the same key again replaces it."""
    if entry.area not in AREAS:
        msg = f"{entry.key}: area {entry.area!r} is not one of {', '.join(AREAS)}."
        raise ValueError(msg)
    _entries[entry.key] = entry


def entries(area: str = "main") -> list[Entry]:
    """All entries of an area, in their order."""
    return sorted(
        (one for one in _entries.values() if one.area == area), key=lambda one: (one.order, one.key)
    )


def links(
    request: HttpRequest, permissions: Iterable[str], area: str = "main", *, scoped: Iterable[str] = ()
) -> list[Link]:
    """The entries that someone with `permissions` sees on this page; without those whose URL does not exist here.

    `scoped`: what they hold over the people of some departments.

    What needs no permission is about a person's own things; support, which is none, is not led there.
    """
    is_person = not guard.is_support(getattr(request, "user", None))
    held = frozenset(str(one) for one in permissions)
    over_some = held | frozenset(str(one) for one in scoped)
    drawn = []
    for entry in entries(area):
        is_theirs = (
            is_person
            if entry.permission is None
            else str(entry.permission) in (over_some if entry.is_scoped else held)
        )
        if not is_theirs:
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        drawn.append(Link(entry.label, url, entry.icon, _is_current(request, entry)))
    return drawn


def _is_current(request: HttpRequest, entry: Entry) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    if match.view_name == entry.url_name or match.view_name in entry.pages:
        return True
    if entry.pages:
        return match.namespace in entry.also
    namespaces = {entry.namespace, *entry.also} - {""}
    rivals = {name for one in _entries.values() for name in (one.url_name, *one.pages)} - {entry.url_name}
    return match.namespace in namespaces and match.view_name not in rivals
