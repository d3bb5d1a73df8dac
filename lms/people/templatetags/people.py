"""Words of the import pages, and what fields say."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import gettext as _

from lms.people.enums import RosterImportState
from lms.people.models import RosterImport
from lms.people.rules import spelt_value
from lms.ui.dates import day_text

register = template.Library()


@register.simple_tag
def import_steps() -> list[str]:
    """The steps of an import, in their order."""
    return [_("File"), _("Columns"), _("Preview"), _("Import")]


@register.simple_tag
def import_state(roster: RosterImport) -> str:
    """How far an import, or an undo, has come."""
    if not roster.undoes_id:
        return str(RosterImportState(roster.state).label)
    return {
        "checking": _("Being worked out"),
        "checked": _("Ready to undo"),
        "waiting": _("Waiting for a second person"),
        "importing": _("Being undone"),
        "done": _("Undone"),
    }.get(roster.state, roster.state)


@register.simple_tag
def outcome_label(key: str, undo: bool = False) -> str:
    """The heading over the lines of one outcome."""
    if undo and key == "update":
        return _("Put back")
    return {
        "error": _("Left out"),
        "warning": _("With a remark"),
        "create": _("New"),
        "update": _("Changed"),
        "unchanged": _("Unchanged"),
        "remove": _("Taken out again"),
        "left": _("Left as it is now"),
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
