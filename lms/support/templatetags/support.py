"""`{% load support %}`: what administrators are told while support has access."""

from django import template
from django.template import Context

from lms.access.guard import is_support
from lms.access.permissions import Permission
from tenants import clock
from tenants.support import doors
from tenants.support.doors import Grant

register = template.Library()


@register.simple_tag(takes_context=True)
def support_open(context: Context) -> list[tuple[Grant, str]]:
    """The accesses that run or wait, each with its state, for those who may end and approve them; else none."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated or is_support(user):
        return []
    if Permission.SETTINGS_CHANGE not in user.permissions:
        return []
    now = clock.now()
    return [(grant, grant.state(now).value) for grant in doors.open_grants(now)]
