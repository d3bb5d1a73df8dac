"""Words of the import pages, and what fields say."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import gettext as _

from lms.people.rules import spelt_value
from lms.ui.dates import day_text

register = template.Library()


@register.simple_tag
def import_steps() -> list[str]:
    """The steps of an import, in their order."""
    return [_("File"), _("Columns"), _("Preview"), _("Import")]


@register.simple_tag
def outcome_label(key: str) -> str:
    """The heading over the lines of one outcome."""
    return {
        "error": _("Left out"),
        "warning": _("With a remark"),
        "create": _("New"),
        "update": _("Changed"),
        "unchanged": _("Unchanged"),
    }[key]


@register.simple_tag
def is_same(one: str, other: str) -> bool:
    """Whether two words are the same, to be kept in a variable."""
    return one == other


@register.filter
def field_value(value: Any) -> str:
    """What a field of the university's own says, in the language in force."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return day_text(value) if isinstance(value, dt.date) else spelt_value(value)
