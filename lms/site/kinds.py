"""What can happen to a site, in words, and who is written to about it. Apps register theirs in `apps.ready()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.site.enums import Audience


def _no_sentences(facts: Mapping[str, Any]) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event of `tenants.chronicle`, by its key.

    `deed` stands after a name ("renamed the site"), `title` is the headline and the subject of the mail,
    `sentences` says from the event's facts what it means for the reader, and `audience` of the facts who is written to.
    """

    key: str
    deed: str | Promise
    title: str | Promise
    sentences: Callable[[Mapping[str, Any]], list[str]] = _no_sentences
    audience: Audience | Callable[[Mapping[str, Any]], Audience] = Audience.ADMINISTRATORS

    def audience_of(self, facts: Mapping[str, Any]) -> Audience:
        """Who is written to about an event with these facts."""
        return self.audience if isinstance(self.audience, Audience) else self.audience(facts)


_kinds: dict[str, EventKind] = {}


def register(kind: EventKind) -> None:
    """Make a kind known; the same twice is fine, another under the same key is an error."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"Two kinds of event are called {kind.key!r}.")


def find(key: str) -> EventKind:
    """The kind of this key; one that nobody registered is called by its key, and nobody is written to."""
    return _kinds.get(key) or EventKind(
        key, key, _("Something was done to your site"), audience=Audience.NOBODY
    )


def registered() -> list[EventKind]:
    """Every kind that was registered, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
