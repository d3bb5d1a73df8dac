"""The stylesheets and scripts of a page: linked one by one, in an order that does not matter but for the first."""

from __future__ import annotations

import json
from typing import Final

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lms.ui.components import PAGE_COMPONENTS

FOUNDATION: Final = (
    "00-layers",
    "tokens",
    "reset",
    "base",
    "layout",
    "chrome",
    "page",
    "entrance",
    "support",
    "prose",
    "utilities",
    "print",
)
FURTHER: Final = (
    "tick",
    "choice",
    "drop",
    "table_stack",
    "form_row",
    "letter",
    "when",
    "figure",
    "rule",
    "picture",
)
HTMX_FILE: Final = "django_htmx/htmx-2.min.js"
ENTRY_FILE: Final = "ui/js/boot.js"

# No style element and no eval, as the Content-Security-Policy demands; a refused form (422) is swapped in like a page.
HTMX_SETTINGS: Final = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "scrollBehavior": "instant",
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


def style_files() -> tuple[str, ...]:
    """Every stylesheet, the layer order first."""
    components = dict.fromkeys(component.stylesheet for component in PAGE_COMPONENTS)
    return tuple(f"ui/css/{name}.css" for name in FOUNDATION) + tuple(
        f"ui/css/components/{name}.css" for name in (*components, *FURTHER)
    )


def ui_styles() -> SafeString:
    """The links to all stylesheets."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(file),) for file in style_files())
    )


def ui_scripts() -> SafeString:
    """htmx as django-htmx ships it, and our own modules, which import each other by relative path."""
    return format_html(
        '<script src="{}" defer></script>\n<script type="module" src="{}"></script>',
        static(HTMX_FILE),
        static(ENTRY_FILE),
    )


def htmx_config() -> SafeString:
    """The meta element htmx reads its settings from."""
    return format_html('<meta name="htmx-config" content="{}">', json.dumps(HTMX_SETTINGS))
