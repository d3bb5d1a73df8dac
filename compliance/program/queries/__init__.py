"""What can be asked about duties of the program."""

from compliance.program.queries.citing import answers
from compliance.program.queries.duties import (
    covers_since,
    duties,
    duty_for,
    may_record,
    near,
    open_rounds,
    owned_by,
    owning,
    round_for,
)
from compliance.program.queries.listing import counts, every_round, listed, rounds_of

__all__ = [
    "answers",
    "counts",
    "covers_since",
    "duties",
    "duty_for",
    "every_round",
    "listed",
    "may_record",
    "near",
    "open_rounds",
    "owned_by",
    "owning",
    "round_for",
    "rounds_of",
]
