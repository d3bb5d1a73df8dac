"""Pictures of days: everything inside the frame, nothing invisible, the same in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.ui.pictures import MOST_TICKS, Lane, Mark, Span, picture

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
days = st.dates(dt.date(2020, 1, 1), dt.date(2034, 12, 31))


@st.composite
def lanes(draw):
    spans = []
    for _ in range(draw(st.integers(0, 20))):
        first = draw(days)
        last = draw(st.none() | st.integers(0, 900).map(lambda n, first=first: first + n * DAY))
        spans.append(Span(draw(st.sampled_from(["done", "todo", "late"])), first, last, "words"))
    marks = [Mark("due", draw(days), "due") for _ in range(draw(st.integers(0, 5)))]
    return Lane("A lane", spans, marks)


@given(st.lists(lanes(), max_size=4), days, st.none() | days)
def test_everything_lies_inside_and_can_be_seen(given_lanes, today, first):
    drawn = picture("P", given_lanes, today=today, first=first)
    if not any(lane.spans or lane.marks for lane in given_lanes):
        assert drawn is None
        return
    for row in drawn.rows:
        for bar in row.bars:
            x, width = float(bar.x[:-1]), float(bar.width[:-1])
            assert x >= 0
            assert width > 0
            assert x + width <= 100.02
        assert all(0 <= float(point.x[:-1]) <= 100 for point in row.points)
        assert [on for on, _text in row.lines] == sorted(on for on, _text in row.lines)
    assert len(drawn.ticks) <= MOST_TICKS


@pytest.mark.parametrize(
    ("until", "first_tick"), [(dt.date(2027, 3, 1), "12/26"), (dt.date(2031, 3, 1), "2027")]
)
def test_the_axis_names_months_of_a_short_stretch_and_years_of_a_long_one(until, first_tick):
    drawn = picture("P", [Lane("L", [Span("done", TODAY, until, "trained")])], today=TODAY)
    assert drawn.ticks[0][1] == first_tick
    assert "1 Mar" in drawn.rows[0].lines[0][1]
