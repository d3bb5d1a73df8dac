"""Days, moments, durations, percentages; navigation; charts; forms."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from lms.ui import charts, dates, navigation
from tenants import clock

TODAY = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def draw(source: str, **values: object) -> str:
    with clock.frozen(NOON):
        return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (9, "in 9 days"),
        (-3, "3 days ago"),
        (120, "in 4 months"),
        (-800, "2 years ago"),
    ],
)
def test_how_far_a_day_is(days: int, words: str) -> None:
    assert dates.relative_text(TODAY + dt.timedelta(days), today=TODAY) == words


def test_a_day_is_written_so_that_no_country_misreads_it() -> None:
    assert dates.day_text(dt.date(2026, 4, 3)) == "3 Apr 2026"
    with translation.override("de"):
        assert "2026" in dates.day_text(dt.date(2026, 4, 3))


def test_a_moment_is_on_the_wall_clock_of_the_zone() -> None:
    assert dates.moment_text(NOON, ZoneInfo("Europe/Berlin"), with_zone=True) == "23 Nov 2026, 13:00 (Berlin)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (86400 * 2, "2 days ago")],
)
def test_how_long_ago_a_moment_was(seconds: int, words: str) -> None:
    assert dates.ago_text(NOON - dt.timedelta(seconds=seconds), now=NOON) == words


@pytest.mark.parametrize(("minutes", "words"), [(4, "4 min"), (60, "1 h"), (65, "1 h 5 min")])
def test_a_duration_in_words(minutes: int, words: str) -> None:
    assert dates.minutes_text(minutes) == words


def test_due_says_when_and_how_far_and_is_coloured_only_while_it_matters() -> None:
    assert "Due 2 Dec 2026 (in 9 days)" in draw("{% due on %}", on=dt.date(2026, 12, 2))
    assert "Overdue by 3 days (20 Nov 2026)" in draw("{% due on %}", on=dt.date(2026, 11, 20))
    assert "due-late" not in draw("{% due on done=True %}", on=dt.date(2026, 11, 20))
    assert draw("{% due on %}", on=None) == "–"


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.9164, "91.6\u00a0%"),
        (0.9999, "99.9\u00a0%"),
        (1, "100.0\u00a0%"),
        (None, "–"),
        (0.29, "29.0\u00a0%"),
    ],
)
def test_a_hundred_percent_means_all(ratio: float | None, words: str) -> None:
    assert draw("{{ ratio|percent }}", ratio=ratio) == words


@pytest.fixture
def entries(monkeypatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    entry = navigation.Entry
    navigation.register(entry(key="b", label="Guide", url_name="ui:style-guide", order=20))
    navigation.register(entry(key="a", label="Secret", url_name="ui:theme", permission="x.view", order=10))
    navigation.register(entry(key="c", label="Gone", url_name="nowhere:at-all", order=5))


def page(namespace: str, view: str):
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(namespace=namespace, view_name=view)  # type: ignore[assignment]
    return request


def test_navigation_shows_what_someone_may_use_in_its_order(entries) -> None:
    assert [link.label for link in navigation.links(page("", ""), [])] == ["Guide"]
    assert [link.label for link in navigation.links(page("", ""), ["x.view"])] == ["Secret", "Guide"]


def test_one_entry_at_most_is_the_current_one(entries) -> None:
    links = navigation.links(page("ui", "ui:theme"), ["x.view"])
    assert [link.label for link in links if link.is_current] == ["Secret"]


SERIES = [charts.Series("done", "Done", "done"), charts.Series("late", "Late", "late")]


def test_the_parts_of_a_bar_fill_it_and_none_is_invisible() -> None:
    parts = charts.segments([2387, 1], ["done", "late"], ["Done", "Late"], 2388)
    widths = [float(part.width.rstrip("%")) for part in parts]
    assert sum(widths) == pytest.approx(100, abs=0.02)
    assert min(widths) >= charts.THINNEST


def test_bars_on_one_scale_are_as_long_as_their_counts() -> None:
    chart = charts.stacked_bars(
        title="t", series=SERIES, rows=[charts.Row("a", (50, 0)), charts.Row("b", (100, 0))], share=False
    )
    assert [bar.segments[0].width for bar in chart.bars] == ["50.00%", "100.00%"]


def test_the_table_beside_a_chart_has_the_same_numbers() -> None:
    chart = charts.stacked_bars(
        title="t", series=SERIES, rows=[charts.Row("Law", (1204, 31)), charts.Row("It", (0, 0))]
    )
    drawn = draw("{% chart chart=chart %}", chart=chart)
    for number in ("1,204", "31", "1,235"):
        assert f'<td class="num">{number}</td>' in drawn
    assert 'aria-label="Law: Done 1,204, Late 31"' in drawn
    assert chart.totals == [1204, 31]


def test_numbers_inside_svg_are_the_same_in_every_language() -> None:
    chart = charts.stacked_bars(title="t", series=SERIES, rows=[charts.Row("Law", (1, 2))])
    with translation.override("de"):
        assert 'width="33.33%"' in draw("{% chart chart=chart %}", chart=chart)


@pytest.mark.parametrize("values", [(1,), (1, -1), (1, 2, 3)])
def test_a_row_without_one_count_a_series_is_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="2 counts"):
        charts.stacked_bars(title="t", series=SERIES, rows=[charts.Row("a", values)])


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the card.")
    note = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_a_wrong_field_is_tied_to_its_hint_and_its_error_and_the_summary_leads_to_it() -> None:
    form = Sample({"name": ""})
    field = draw("{% field form.name data-x='1' %}", form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_name_error"' in field
    assert 'data-x="1"' in field
    summary = draw("{% error_summary form %}", form=form)
    assert 'href="#id_name"' in summary
    assert 'href="#id_kind_0"' in summary
    assert "There are 2 problems" in summary


def test_an_optional_field_says_so_and_a_right_form_has_no_summary() -> None:
    form = Sample({"name": "x", "kind": "a"})
    assert "(optional)" in draw("{% field form.note %}", form=form)
    assert "(optional)" not in draw("{% field form.name %}", form=form)
    assert draw("{% error_summary form %}", form=form) == ""
    assert draw("{% error_prefix form %}", form=form) == ""
    assert draw("{% error_prefix form %}", form=Sample({})) == "Error: "


def test_progress_is_never_whole_before_the_end() -> None:
    assert 'value="99"' in draw("{% progress value=9999 max=10000 label='x' %}")
    assert "value=" not in draw("{% progress value=none label='x' %}", none=None)
