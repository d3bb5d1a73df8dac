"""What requirements answer when people ask."""

from typing import Any

from compliance.requirements import queries


def answer_group_use(sender: object, code: str, **_kwargs: Any) -> list[str]:
    """Which requirements use a group or system, by title."""
    return queries.titles_using(code)
