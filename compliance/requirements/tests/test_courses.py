"""Which courses a requirement asks for, time after time, and what the form and the page remark on it."""

import pytest

from compliance.requirements import forms
from compliance.requirements.queries.courses import repeats
from compliance.requirements.rules import courses

from .factories import make_course, make_requirement
from .test_views import answers, officer, staff  # noqa: F401  (fixtures)

ALWAYS = "From the second time on"
SAME = "From time %s on, people are asked for the same course as the time before."
LAST = "From time %s on, the last choice repeats each time"


@pytest.mark.parametrize(
    ("asked", "months", "said"),
    [
        (courses(1), 12, [ALWAYS]),
        (courses(1), None, []),
        (courses(1, later={2: [2]}), 12, []),
        (courses(1, later={2: [1, 2]}), 12, [SAME % 2]),
        (courses(1, later={2: [2], 3: [2]}), 12, [SAME % 3, LAST % 3]),
        (courses(1, later={2: [2], 3: [3], 5: [4]}), 12, [LAST % 5]),
        (courses(1, later={2: [2], 3: [2]}), None, []),
    ],
)
def test_where_later_times_ask_for_the_same_it_is_remarked_on(in_alpha, asked, months, said):
    found = repeats(make_requirement(satisfiers=asked, recurs_months=months))
    assert len(found) == len(said)
    assert all(text.startswith(begin) for text, begin in zip(found, said, strict=True))


@pytest.mark.usefixtures("frozen")
def test_the_form_remarks_on_it_and_gives_fields_for_more_later_times(officer, alpha, staff, answers):  # noqa: F811
    new = "/requirements/new/"
    rotation = {
        f"later_{n}_{part}": value
        for n in (1, 2, 3)
        for part, value in (("from", n + 1), ("course", answers["course"]))
    }
    page = officer.post(new, answers | rotation | {"check": "1"})
    assert SAME % 4 in page.text
    assert LAST % 4 in page.text
    assert 'name="later_4_course"' in page.text
    assert 'name="later_5_course"' not in page.text
    more = officer.post(new, answers | rotation | {"later_count": "4", "do": "later"})
    assert 'name="later_5_course"' in more.text
    assert 'name="later_count" value="5"' in more.text
    full = officer.post(new, answers | {"later_count": "12", "do": "later"})
    assert 'name="later_12_course"' in full.text
    assert "One more later time" not in full.text
    for wrong in ("-1", "x", "999999999999", "٣"):
        assert officer.post(new, answers | {"later_count": wrong, "do": "later"}).status_code == 200


def test_a_rotation_of_many_years_goes_through_the_form_and_back(in_alpha):
    ids = [make_course(f"c{n}").pk for n in range(8)]
    asked = courses(ids[0], later={n: [ids[n - 1]] for n in range(2, 9)})
    found = make_requirement(satisfiers=asked)
    form = forms.Builder(initial=forms.initial_of(found), own_id=found.pk)
    assert form.later_count == 8
    assert [one["course"].value() for one in form.later] == [*ids[1:], None]
