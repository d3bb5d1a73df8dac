"""What can be asked about duties of the program."""

from compliance.program.queries.citing import answers
from compliance.program.queries.duties import (
    asked,
    asked_until,
    covers_since,
    covers_until,
    duties,
    duty_for,
    is_owned,
    may_record,
    movable,
    near,
    open_rounds,
    owned_by,
    owning,
    round_for,
)
from compliance.program.queries.listing import counts, every_round, listed, rounds_of

__all__ = [
    "answers",
    "asked",
    "asked_until",
    "counts",
    "covers_since",
    "covers_until",
    "duties",
    "duty_for",
    "every_round",
    "is_owned",
    "listed",
    "may_record",
    "movable",
    "near",
    "open_rounds",
    "owned_by",
    "owning",
    "round_for",
    "rounds_of",
]
