"""Every row of docs/engine/scenarios.md, lived through with the rules the product runs. The page is the test."""

import pytest

from .scenario_rows import Row, rows
from .scenarios import Life

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_the_engine_answers_what_the_page_says(row: Row) -> None:
    life = Life(row).live()
    assert {key: life.answer(key) for key in row.answers} == row.answers


def test_the_page_has_the_rows_it_promises_and_each_says_something() -> None:
    numbers = [int(row.name.split(" ")[0]) for row in ROWS]
    assert numbers == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 70
    assert all(row.answers for row in ROWS)
