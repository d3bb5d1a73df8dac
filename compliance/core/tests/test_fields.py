"""What a rule asks of fields of the university's own."""

from dataclasses import replace
from decimal import Decimal

import pytest

from compliance.core import audience
from compliance.core.audience import BadAudience, Check
from compliance.core.fields import Field, FieldTest, FieldValue, value_on

from .makers import d, person
from .test_audience import BEGAN

HELD = (
    FieldValue("grade", "secret", d("2026-01-01"), d("2026-03-31")),
    FieldValue("grade", "open", d("2026-04-01")),
    FieldValue("hours", Decimal("37.5"), d("2026-01-01")),
    FieldValue("abroad", False, d("2026-01-01")),
    FieldValue("cleared", d("2026-03-10"), d("2026-01-01")),
)


@pytest.mark.parametrize(
    ("asked", "on", "holds"),
    [
        (Field("grade", FieldTest.ONE_OF, ("secret", "top")), "2026-03-31", True),
        (Field("grade", FieldTest.ONE_OF, ("secret", "top")), "2026-04-01", False),
        (Field("grade", FieldTest.SET), "2025-12-31", False),
        (Field("grade", FieldTest.NOT_SET), "2025-12-31", True),
        (Field("other", FieldTest.NO), "2026-04-01", False),
        (Field("abroad", FieldTest.NO), "2026-04-01", True),
        (Field("abroad", FieldTest.YES), "2026-04-01", False),
        (Field("hours", FieldTest.AT_LEAST, Decimal("37.5000")), "2026-04-01", True),
        (Field("hours", FieldTest.MORE, Decimal("37.5")), "2026-04-01", False),
        (Field("hours", FieldTest.ONE_OF, ("37.5",)), "2026-04-01", False),
        (Field("cleared", FieldTest.BEFORE, d("2026-03-10")), "2026-04-01", False),
        (Field("cleared", FieldTest.AFTER, d("2026-03-09")), "2026-01-01", True),
        (Field("cleared", FieldTest.IN_LAST, 5), "2026-03-09", False),
        (Field("cleared", FieldTest.IN_LAST, 5), "2026-03-15", True),
        (Field("cleared", FieldTest.IN_LAST, 5), "2026-03-16", False),
        (Field("cleared", FieldTest.IN_NEXT, 5), "2026-03-05", True),
        (Field("cleared", FieldTest.IN_NEXT, 5), "2026-03-11", False),
    ],
)
def test_a_field_is_asked_for_what_it_says_that_day(asked, on, holds):
    who = replace(person(1, BEGAN), fields=HELD)
    assert (audience.match(asked, who, d(on)) is not None) is (holds and d(on) >= BEGAN.starts_on)
    assert asked.holds(HELD, d(on)) is holds


def test_what_a_field_said_stands_in_the_reasons():
    who = replace(person(1, BEGAN), fields=HELD)
    asked = Field("hours", FieldTest.AT_LEAST, Decimal(20))
    assert ("field:hours", "37.5") in audience.match(asked, who, d("2026-04-10")).facts
    assert audience.explain(Field("grade", FieldTest.NOT_SET), who, d("2026-04-10")) == (
        Check("field:grade", value_on(HELD, "grade", d("2026-04-10")), False),
    )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"key": "", "is": "set"},
        {"key": "a", "is": "nothing"},
        {"key": "a", "is": "set", "words": ["x"]},
        {"key": "a", "is": "one_of", "words": []},
        {"key": "a", "is": "one_of", "words": [1]},
        {"key": "a", "is": "less", "number": "NaN"},
        {"key": "a", "is": "less", "number": "1e20"},
        {"key": "a", "is": "less", "number": 5},
        {"key": "a", "is": "before", "day": "soon"},
        {"key": "a", "is": "in_last", "days": True},
        {"key": "a", "is": "in_last", "days": 99_999_999},
    ],
)
def test_a_test_of_a_field_that_is_none_is_refused(said):
    with pytest.raises(BadAudience):
        audience.parse({"field": said})
