"""What requirements answer when people ask."""

from typing import Any

from compliance.requirements import queries


def answer_group_use(sender: object, code: str, **_kwargs: Any) -> list[str]:
    """Which requirements use a group or system, by title."""
    return queries.titles_using(code)


def answer_field_use(sender: object, key: str, **_kwargs: Any) -> list[str]:
    """Which requirements ask for a field of the university's own, by title."""
    return queries.titles_asking(key)
