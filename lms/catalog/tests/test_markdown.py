"""Authors' Markdown can do no harm, and looks as they wrote it."""

import re

import pytest

from lms.catalog.adapters import markdown


def test_headings_begin_below_the_title_of_the_page():
    assert markdown.to_html("# A\n\n## B\n\n###### C").split() == ["<h2>A</h2>", "<h3>B</h3>", "<h4>C</h4>"]
    assert markdown.to_html("## A\n\n### B").split() == ["<h2>A</h2>", "<h3>B</h3>"]


def test_a_table_can_be_scrolled_by_keyboard():
    html = markdown.to_html("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert html.startswith('<div class="table-scroll" tabindex="0"><table>')
    assert "<td>2</td>" in html


def test_links_keep_their_address_and_give_nothing_away():
    assert markdown.to_html("[x](https://a.example/?q=1)") == (
        '<p><a href="https://a.example/?q=1" rel="noopener noreferrer">x</a></p>\n'
    )


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<div hx-get="/admin" hx-trigger="load">x</div>',
    '<div data-hx-post="/x">x</div>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "![x](https://evil.example/pixel.png)",
    "![x](/media/../x)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<a href='https://a.example' style='position:fixed' class='x' id='y'>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "`<script>`",
    "<!-- --><form action=/x><input name=y></form>",
]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("through", [markdown.to_html, markdown.clean], ids=["parsed", "cleaned"])
def test_nothing_that_acts_comes_through(text, through):
    html = through(text)
    tags = re.findall(r"<([a-z0-9]+)([^>]*)>", html)
    assert {tag for tag, __ in tags} <= markdown.TAGS
    for __, attributes in tags:
        assert not re.search(
            r"\b(on\w+|hx-|data-|style|class|id)\s*=", re.sub(r'title="[^"]*"', "", attributes)
        )
        assert not re.search(r"(javascript|data|vbscript):|=\"//|evil", attributes, re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["`<script>` and `![x](y)`", "a < b and c > d", "<https://a.example>", "~~old~~"]
)
def test_harmless_texts_have_no_faults(text):
    assert markdown.faults(text) == []


def test_deep_nesting_ends():
    assert markdown.to_html("> " * 5000 + "x")
    assert markdown.to_html("[" * 5000)
