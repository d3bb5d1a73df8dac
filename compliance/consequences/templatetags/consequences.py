"""`{% load consequences %}`: what pages of other apps show of consequences."""

from typing import Any

from django import template

from compliance.consequences import queries
from lms.access.permissions import Permission
from tenants import clock

register = template.Library()


@register.inclusion_tag("consequences/_of_requirement.html", takes_context=True)
def requirement_consequences(context: template.Context, requirement: Any) -> dict[str, Any]:
    """What follows when somebody is late with it, and the way to add something."""
    held = context["request"].user.usable_permissions
    found = queries.consequences_of(requirement.pk)
    return {
        "requirement": requirement,
        "may_edit": Permission.REQUIREMENTS_EDIT in held,
        "may_see_log": Permission.REPORTS_VIEW in held,
        "rows": [(each, queries.sentence_of(each)) for each in found],
    }


@register.inclusion_tag("consequences/_losses.html")
def losses_of(user_id: int) -> dict[str, Any]:
    """What somebody lost and what they will lose. That the viewer may see it is the page's matter."""
    return {"losses": queries.losses_of(user_id, clock.today())}
