"""What requirements answer when people ask."""

from collections.abc import Collection
from typing import Any

from compliance.requirements import queries


def answer_group_use(sender: object, code: str, **_kwargs: Any) -> list[str]:
    """Which requirements use a group or system, by title."""
    return queries.titles_using(code)


def answer_department_use(sender: object, codes: Collection[str], **_kwargs: Any) -> list[str]:
    """Which requirements name one of these departments, by title."""
    return queries.titles_about(codes)


def answer_standing(sender: object, user_ids: Collection[int], **_kwargs: Any) -> dict[int, str]:
    """Who was named by hand, for a requirement or out of it, and who owns one."""
    return dict.fromkeys(queries.ever_named(user_ids) | queries.owning(user_ids), "undo_decided")


def answer_field_use(sender: object, key: str, **_kwargs: Any) -> list[str]:
    """Which requirements ask for a field of the university's own, by title."""
    return queries.titles_asking(key)
