"""What exists and is somebody else's, beside what exists nowhere: the same answer, of the same length, as fast (I18).

How long answers take is written to the scorecard and not judged: a busy machine would decide, not the code.
"""

import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.test import Client

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT, Row
from config.tests.scorecard import IS_FULL, Scorecard
from tenants.context import TenantRef

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I18")]
ROUNDS = 15 if IS_FULL else 1
# Tokens and references in a page are of one length; an id that is shown again is as long as the other.
_SAME_LENGTH = 8
# What has an id that the tenant keeps for itself: asked for by a person without rights, and from the other tenant.
OWNED = [row for row in TENANT if row.who == "signed in" and row.of and not row.is_everyones]
FOREIGN = [row for row in TENANT if row.of and row.who not in {"open", "library"}]


@dataclass
class Answers:
    """Of one kind of id: what was answered, row by row, and how many microseconds each took."""

    shapes: dict[str, tuple[int, int]] = field(default_factory=dict)
    times: list[int] = field(default_factory=list)

    def ask(self, row: Row, client: Client, ids: dict[str, str]) -> None:
        began = time.perf_counter_ns()
        (asked,) = matrix.ask([row], lambda _: client, ids)
        self.times.append((time.perf_counter_ns() - began) // 1000)
        self.shapes[row.name] = (asked.response.status_code, len(asked.response.content))


def _compare(rows: list[Row], client: Client, real: dict[str, str]) -> tuple[Answers, Answers, list[str]]:
    """Ask for each row by an id that exists and by one that does not, by turns; and what can be told apart."""
    made_up = {key: str(uuid.uuid4()) if len(value) == 36 else value for key, value in real.items()}
    existing, unknown = Answers(), Answers()
    for row in rows:
        row_ids = [(existing, real), (unknown, made_up)]
        for answers, ids in row_ids:
            answers.ask(row, client, ids)  # whatever is done once is done now
            answers.times.pop()
        for turn in range(ROUNDS):
            for answers, ids in row_ids if turn % 2 else reversed(row_ids):
                answers.ask(row, client, ids)
    apart = [
        row.name
        for row in rows
        for one, other in [(existing.shapes[row.name], unknown.shapes[row.name])]
        if one[0] != other[0] or abs(one[1] - other[1]) > _SAME_LENGTH
    ]
    return existing, unknown, apart


@pytest.mark.parametrize("asker", ["the other tenant", "a learner", "anonymous"])
def test_what_is_anothers_is_answered_as_what_is_nowhere(
    asker: str,
    alpha: TenantRef,
    beta: TenantRef,
    client_for: Callable[..., Client],
    scorecard: Scorecard,
) -> None:
    populated = world.build(alpha)
    client, rows = {
        "the other tenant": lambda: (client_for(beta, matrix.person_of(matrix.EVERYTHING, beta)), FOREIGN),
        "a learner": lambda: (client_for(alpha, matrix.person_of("learner", alpha)), OWNED),
        "anonymous": lambda: (client_for(alpha), FOREIGN),
    }[asker]()
    existing, unknown, apart = _compare(rows, client, populated.ids)
    scorecard.count("I18", pairs_compared=len(rows), unexpected=len(apart))
    scorecard.count(
        "I18",
        **{
            f"median_microseconds_{kind}_id_asked_by_{asker.replace(' ', '_')}": int(
                statistics.median(answers.times)
            )
            for kind, answers in (("existing", existing), ("unknown", unknown))
        },
    )
    assert apart == []
