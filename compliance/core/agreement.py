"""Whether a change that was agreed ahead still does, on its day, what was agreed.

People come and go meanwhile, and their dates go on: that is what whoever agrees ahead agrees to. That many more people
are concerned than were seen is not; then people look at it again instead of a machine making it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .change import Effect

# By these somebody loses what they have; whoever was to keep it and now loses it was not agreed on.
_TAKES = frozenset({Effect.DROP, Effect.REST, Effect.CLOSE})


@dataclass(frozen=True, slots=True)
class Compared:
    """How the difference of the day compares with the one that was agreed.

    `came_count` people are concerned who were not when it was agreed, or lose what they were to keep; up to
    `allowed_count` may. `gone_count` are no longer concerned, which surprises nobody. `needs_second`: one person agreed
    alone, and by now so many are concerned that it takes two.
    """

    came_count: int
    gone_count: int
    allowed_count: int
    needs_second: bool

    @property
    def is_as_agreed(self) -> bool:
        """Whether a machine may make it."""
        return self.came_count <= self.allowed_count and not self.needs_second


def compare(
    agreed: Mapping[int, Effect],
    now: Mapping[int, Effect],
    *,
    limit: int | None,
    at_least: int,
    was_by_two: bool,
) -> Compared:
    """Compare by person: what was agreed for whom, and what it would do to whom now.

    `limit` people may be changed by one person alone (None: any number), never fewer than `at_least`, both as the
    university has set them. So many may come, but no more than were agreed on, or than `at_least`, whichever is more:
    what was agreed for few does not become a change for many because the university is large. Whoever is only reminded
    on other days counts on neither side.
    """
    agreed = {key: effect for key, effect in agreed.items() if effect is not Effect.MAILS}
    told = {key for key, effect in now.items() if effect is not Effect.MAILS}
    came = {key for key in told if key not in agreed or _takes_more(agreed[key], now[key])}
    gone = agreed.keys() - now.keys()
    allowed = max(len(agreed), at_least)
    if limit is not None:
        allowed = min(allowed, limit)
    needs_second = not was_by_two and limit is not None and len(now) > limit
    return Compared(len(came), len(gone), allowed, needs_second)


def _takes_more(agreed: Effect, now: Effect) -> bool:
    return now in _TAKES and agreed not in _TAKES
