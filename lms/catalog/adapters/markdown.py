"""Markdown of authors to HTML that is safe to show: CommonMark and tables, no raw HTML, cleaned by nh3.

Two walls, each sufficient: the parser never lets HTML of the author through, and what it makes is cleaned
once more by an allow-list without scripts, classes or `data-` attributes (htmx would act on those).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

SCHEMES = frozenset({"https", "mailto", "tel"})
TAGS = frozenset(
    "p br h2 h3 h4 ul ol li strong em u s sub sup code pre blockquote a img figure figcaption table "
    "caption thead tbody tr th td hr span div details summary abbr kbd".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "*": {"lang", "dir"},
}
DEEPEST_HEADING = 4
MAX_NESTING = 20

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable(
    ["table", "strikethrough"]
)
# Only to find HTML in order to name its line; nothing it renders is ever used.
_html_finder = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_NESTING}).enable("table")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a text that cannot be shown. `line` counts from 1 inside the text."""

    line: int
    message: str
    fix: str


def to_html(text: str) -> str:
    """The text as clean HTML. Headings start at h2, since the page's title is the h1."""
    tokens = _parser.parse(text)
    _lower_headings(tokens)
    html: str = _parser.renderer.render(tokens, _parser.options, {})
    return _with_scrolling_tables(clean(html))


def clean(html: str) -> str:
    """HTML with everything removed that the allow-list does not name."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_keep,
        url_schemes=set(SCHEMES),
        generic_attribute_prefixes=set(),
        link_rel="noopener noreferrer",
    )


def faults(text: str) -> list[Fault]:
    """Links, images and HTML that lessons cannot carry, in the order of their lines."""
    found = [_html_fault(token, line) for token, line in _walk(_html_finder.parse(text)) if _is_html(token)]
    for token, line in _walk(_parser.parse(text)):
        if token.type == "image":
            found.append(_image_fault(str(token.attrs.get("src", "")), line))
        elif token.type == "link_open" and (fault := _link_fault(str(token.attrs.get("href", "")), line)):
            found.append(fault)
    return sorted(found, key=lambda fault: fault.line)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and urlsplit(value).scheme not in SCHEMES:
        return None
    if tag == "img" and attribute == "src" and not value.startswith("/media/"):
        return None
    return value


def _lower_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = 1 if any(token.tag == "h1" for token in headings) else 0
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + shift, DEEPEST_HEADING)}"


def _with_scrolling_tables(html: str) -> str:
    """Each table in a box that scrolls sideways and can be reached by keyboard. Runs after cleaning."""
    return html.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )


def _walk(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Every token, also inside lines of text, with its line counted from 1."""
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        yield token, line
        inner = line
        for child in token.children or []:
            yield child, inner
            if child.type in ("softbreak", "hardbreak"):
                inner += 1


def _is_html(token: Token) -> bool:
    return token.type in ("html_block", "html_inline")


def _html_fault(token: Token, line: int) -> Fault:
    shown = " ".join(token.content.split())[:40]
    return Fault(
        line,
        _("HTML is not used in lessons: %(html)s") % {"html": shown},
        _("Write it in Markdown. To show a tag as text, put it between backticks."),
    )


def _image_fault(source: str, line: int) -> Fault:
    return Fault(
        line,
        _("Lessons cannot hold images yet: %(image)s") % {"image": source[:80]},
        _("Take the image out and say in words, or in a table, what it shows."),
    )


def _link_fault(href: str, line: int) -> Fault | None:
    try:
        parts = urlsplit(href)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in SCHEMES and (parts.scheme != "https" or parts.hostname):
        return None
    return Fault(
        line,
        _("This link cannot be followed from a lesson: %(link)s") % {"link": href[:80] or _("(empty)")},
        _("Write the whole address beginning with https:// (mailto: and tel: work too)."),
    )
