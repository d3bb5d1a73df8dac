"""What the program answers when others ask."""

from collections.abc import Collection
from typing import Any

from compliance.program import queries
from compliance.requirements.queries import Answering


def answer_standing(sender: object, user_ids: Collection[int], **_kwargs: Any) -> dict[int, str]:
    """Who owns a duty of the program, or stands in for its owner."""
    return dict.fromkeys(queries.owning(user_ids), "undo_decided")


def answer_duties(sender: object, **_kwargs: Any) -> list[Answering]:
    """Which duties answer controls of laws."""
    return queries.answers()
