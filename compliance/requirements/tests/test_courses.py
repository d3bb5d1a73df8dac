"""Which courses a requirement asks for, time after time."""

import pytest

from compliance.requirements.queries.courses import repeats
from compliance.requirements.rules import courses

from .factories import make_requirement


@pytest.mark.parametrize(
    ("asked", "months", "is_same"),
    [
        (courses(1), 12, True),
        (courses(1), None, False),
        (courses(1, later={2: [2]}), 12, False),
        (courses(1, later={2: [1, 2]}), 12, True),
        (courses(1, later={2: [2], 3: [2]}), 12, True),
    ],
)
def test_only_where_nothing_else_was_chosen_for_later_it_is_said_to_repeat(in_alpha, asked, months, is_same):
    assert repeats(make_requirement(satisfiers=asked, recurs_months=months)) is is_same
