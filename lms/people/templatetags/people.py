"""Words of the import pages."""

from django import template
from django.utils.translation import gettext as _

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
