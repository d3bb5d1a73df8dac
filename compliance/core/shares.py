"""For which rounds something counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """From which round to which (None: every later one) something counts, and as which course of that round's set."""

    first: int
    last: int | None
    course_id: int | None = None


EVERY_ROUND = (Share(1, None),)
"""By default: for each."""
