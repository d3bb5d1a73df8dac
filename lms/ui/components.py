"""The registry of components: tag, template, stylesheet and class carry the same name.

A tag that is used with a prop or slot not declared here does not compile. The style guide at /ui/ is drawn from it.
"""

from __future__ import annotations

from typing import Final

from lms.ui import prepare, vocabulary
from lms.ui.icons import ICONS
from lms.ui.props import Component, Prop, tokens

TONES: Final = tokens("neutral", "info", "ok", "warn", "bad", "accent")
ICON_NAMES: Final = frozenset(ICONS) | {""}
SIZES: Final = tokens("sm", "md", "lg")


def text(name: str = "text", default: object = "") -> Prop:
    """An optional text."""
    return Prop(name, default)


def icon(default: str = "") -> Prop:
    """An optional icon."""
    return Prop("icon", default, ICON_NAMES)


def tone(default: str = "neutral", *extra: str) -> Prop:
    """A tone; `extra` names further ones this component knows."""
    return Prop("tone", default, TONES | set(extra))


def size(default: str = "md") -> Prop:
    """A size."""
    return Prop("size", default, SIZES)


SMALL: Final = (
    Component(
        "icon",
        (Prop("name", choices=frozenset(ICONS)), text("label"), Prop("size", "", tokens("", "sm", "lg"))),
        positional="name",
        prepare=prepare.icon,
    ),
    Component("badge", (Prop("text"), tone(), icon())),
    Component("status", (Prop("value"), text(), text("note")), positional="value", prepare=prepare.status),
    Component(
        "button",
        (
            Prop("text"),
            Prop("tone", "secondary", tokens("primary", "secondary", "quiet", "danger")),
            text("href"),
            Prop("type", "submit", tokens("submit", "button", "reset")),
            text("name"),
            text("value"),
            icon(),
            Prop("icon_end", "", ICON_NAMES),
            Prop("size", "md", tokens("sm", "md")),
            text("form"),
            text("label"),
            text("id"),
            Prop("disabled", default=False),
            Prop("full", default=False),
        ),
        takes_attributes=True,
    ),
    Component(
        "stat",
        (
            Prop("label"),
            Prop("value"),
            text("note"),
            text("href"),
            tone("neutral"),
            text("denominator"),
            text("unit"),
            text("link_text"),
        ),
    ),
    Component(
        "progress",
        (
            Prop("value", nullable=True),
            Prop("max", 100),
            Prop("label"),
            Prop("text", None),
            size(),
            tone("info"),
        ),
        prepare=prepare.progress,
    ),
    Component("avatar", (Prop("name"), size()), prepare=prepare.initials),
    Component("person", (Prop("name"), text("note"), text("href"), size()), prepare=prepare.initials),
    Component("facts", slots=()),
    Component("fact", (Prop("text"), icon()), part_of="facts"),
    Component("copy", (Prop("text"), Prop("label", vocabulary.COPY))),
)

FURNITURE: Final = (
    Component("page_header", (Prop("title"), text("lede"), text("eyebrow")), ("actions", "meta")),
    Component("section", (Prop("title"), text("note"), text("id")), ("actions",)),
    Component("card", (text("title"), text("note"), text("href"), tone()), ("actions", "footer")),
    Component(
        "banner",
        (tone("info"), text("title")),
        ("actions",),
        takes_attributes=True,
        prepare=prepare.banner,
    ),
    Component("empty_state", (Prop("title"), icon("inbox")), ("actions",)),
    Component("disclosure", (Prop("summary"), Prop("open", default=False), text("note")), ()),
    Component("menu", (Prop("label"), icon(), Prop("tone", "secondary", tokens("secondary", "quiet"))), ()),
    Component(
        "menu_item", (Prop("text"), Prop("href"), icon(), Prop("current", default=False)), part_of="menu"
    ),
    Component("dialog", (Prop("id"), Prop("title")), ("actions",)),
    Component("breadcrumbs", slots=()),
    Component("crumb", (Prop("text"), text("href")), part_of="breadcrumbs"),
    Component("tabs", (Prop("label"),), ()),
    Component(
        "tab", (Prop("text"), Prop("href"), Prop("current", default=False), text("count")), part_of="tabs"
    ),
)

LISTS: Final = (
    Component(
        "table",
        (
            Prop("caption"),
            Prop("stack", default=True),
            Prop("dense", default=False),
            Prop("hide_caption", default=False),
            Prop("sticky", default=False),
        ),
        ("head", "foot"),
        prepare=prepare.table,
    ),
    Component(
        "sort_header",
        (Prop("text"), Prop("key"), Prop("numeric", default=False)),
        part_of="table",
        prepare=prepare.sort_header,
    ),
    Component("pagination", (Prop("page"), text("label")), prepare=prepare.pagination),
    Component(
        "filter_bar",
        (Prop("filters"), Prop("total", None), text("noun"), text("target"), text("id", "filter")),
        prepare=prepare.filter_bar,
    ),
    Component("filter_state", (Prop("filters"), Prop("total", None), text("noun")), part_of="filter_bar"),
    Component("task_list", slots=()),
    Component("task", (Prop("title"), text("href"), text("hint"), icon()), (), part_of="task_list"),
    Component("steps", (Prop("labels"), Prop("current"), text("label")), prepare=prepare.steps),
    Component("summary_list", slots=()),
    Component("summary_row", (Prop("key"),), ("action",), part_of="summary_list"),
    Component("timeline", slots=()),
    Component(
        "timeline_item",
        (Prop("title"), Prop("at", None, nullable=True), icon(), tone()),
        (),
        part_of="timeline",
    ),
    Component("outline", (Prop("label"),), ()),
    Component(
        "outline_item",
        (
            Prop("text"),
            text("href"),
            Prop("state", "todo", tokens("todo", "done", "current", "locked")),
            text("note"),
            text("number"),
        ),
        part_of="outline",
    ),
    Component("checklist", slots=()),
    Component(
        "check",
        (Prop("text"), Prop("state", "todo", tokens("done", "now", "todo", "failed")), text("note")),
        part_of="checklist",
    ),
)

FORMS: Final = (
    Component(
        "field",
        (
            Prop("field"),
            text("label"),
            text("hint", None),
            Prop("width", "", tokens("", "xs", "sm", "md")),
            Prop("variant", "", tokens("", "cards", "inline", "plain", "hide_label")),
        ),
        positional="field",
        takes_attributes=True,
        prepare=prepare.field,
    ),
    Component("fields", (Prop("form"),), positional="form", part_of="field"),
    Component("error_summary", (Prop("form"),), positional="form", prepare=prepare.error_summary),
    Component("fieldset", (Prop("legend"), text("hint")), ()),
    Component("form_row", slots=(), part_of="field"),
    Component("form_actions", (Prop("sticky", default=False),), (), part_of="field"),
)

CHARTS: Final = (
    Component("chart", (Prop("chart"),)),
    Component("ratio_bar", (Prop("label"), Prop("parts")), prepare=prepare.ratio_bar),
)

MAIL: Final = (
    Component("mail_button", (Prop("text"), Prop("href")), template="mail/parts/button.html"),
    Component("mail_panel", (tone(),), (), template="mail/parts/panel.html"),
    Component("mail_rows", slots=(), template="mail/parts/rows.html"),
    Component(
        "mail_row", (Prop("title"), text("note"), text("value"), tone()), template="mail/parts/row.html"
    ),
)

PAGE_COMPONENTS: Final = SMALL + FURNITURE + LISTS + FORMS + CHARTS
COMPONENTS: Final = {component.name: component for component in PAGE_COMPONENTS + MAIL}
