"""Components are strict: what is not declared does not compile, and a name is the same in all four places."""

from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template

from lms.ui import assets, vocabulary
from lms.ui.components import COMPONENTS, PAGE_COMPONENTS
from lms.ui.icons import ICONS

CSS = Path(__file__).parents[1] / "static/ui/css/components"


def draw(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('{% badge text="a" tonne="ok" %}', "accepts icon, text, tone"),
        ('{% badge text="a" tone="okay" %}', "'accent', 'bad', 'info', 'neutral', 'ok', 'warn'"),
        ('{% badge tone="ok" %}', "badge needs text"),
        ('{% badge "a" %}', "is not name=value"),
        ('{% badge text="a" text="b" %}', "given twice"),
        ('{% icon "chekc" %}', "not one of"),
        ('{% badge text="a" data-x="1" %}', "no prop 'data-x'"),
        ('{% card title="a" %}{% slot "acttions" %}{% endslot %}{% endcard %}', "its slots: actions, footer"),
        ("{% card %}{% slot actions %}{% endslot %}{% endcard %}", "one quoted name"),
        ('{% card title="a" %}', "Unclosed tag"),
    ],
)
def test_a_mistake_in_a_tag_does_not_compile_and_says_what_would(source: str, told: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=told):
        Template("{% load ui %}" + source)


def test_a_wrong_tone_from_a_variable_is_refused_when_drawn() -> None:
    with pytest.raises(TemplateSyntaxError, match="tone='loud'"):
        draw('{% badge text="a" tone=tone %}', tone="loud")


def test_a_required_prop_that_is_undefined_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="text is None or undefined"):
        draw("{% badge text=nobody %}")


def test_a_slot_inside_a_condition_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="directly inside"):
        draw('{% card %}{% if yes %}{% slot "actions" %}x{% endslot %}{% endif %}{% endcard %}', yes=True)


def test_a_component_does_not_see_the_variables_of_the_page_but_its_content_does() -> None:
    drawn = draw('{% card title="T" %}{{ secret }}{% endcard %}', secret="seen", note="leaked", tone="bad")
    assert "seen" in drawn
    assert "leaked" not in drawn
    assert "card-neutral" in drawn


def test_text_is_escaped_and_content_is_not_escaped_twice() -> None:
    drawn = draw(
        '{% card title=name %}{% badge text=name %}{% slot "footer" %}{{ name }}{% endslot %}{% endcard %}',
        name="<b>&",
    )
    assert drawn.count("&lt;b&gt;&amp;") == 3
    assert "<b>" not in drawn
    assert "&amp;lt;" not in drawn


def test_extra_attributes_are_passed_on_escaped_and_none_is_left_out() -> None:
    drawn = draw(
        '{% button text="Go" data-x=x hx-get=url aria-controls=none data-on=yes %}',
        x='"><',
        url="/a/",
        none=None,
        yes=True,
    )
    assert 'data-x="&quot;&gt;&lt;"' in drawn
    assert 'hx-get="/a/"' in drawn
    assert "aria-controls" not in drawn
    assert " data-on" in drawn


def test_an_unknown_status_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"the vocabulary knows .*overdue"):
        draw("{% status value %}", value="late-ish")


@pytest.mark.parametrize("value", sorted(vocabulary.TERMS))
def test_every_status_has_a_word_an_icon_and_a_tone(value: str) -> None:
    drawn = draw("{% status value %}", value=value)
    assert "<svg" in drawn
    assert str(vocabulary.term(value).label) in drawn
    assert vocabulary.term(value).icon in ICONS


@pytest.mark.parametrize("component", PAGE_COMPONENTS, ids=lambda one: one.name)
def test_a_component_has_one_name_in_four_places(component) -> None:
    get_template(component.template)
    assert (CSS / f"{component.stylesheet}.css").exists()
    assert f"ui/css/components/{component.stylesheet}.css" in assets.style_files()
    if not component.part_of:
        get_template(f"ui/specimens/{component.name}.html")


def test_no_stylesheet_of_a_component_is_left_over() -> None:
    linked = set(assets.style_files())
    for file in CSS.glob("*.css"):
        assert f"ui/css/components/{file.name}" in linked, f"{file.name} draws nothing"


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_every_component_is_a_tag(name: str) -> None:
    from lms.ui.templatetags.ui import register

    assert name in register.tags
