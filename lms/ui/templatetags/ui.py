"""`{% load ui %}`: every component's tag, and the few tags and filters that are not components."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms, template
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.ui import assets, dates, navigation, site, tags, vocabulary
from lms.ui.components import COMPONENTS
from tenants import clock
from tenants.context import current_tenant

register = template.Library()

NOTHING = "–"
NEAR = 14

for _component in COMPONENTS.values():
    register.tag(_component.name, tags.compiler(_component))
register.tag("slot", tags.compile_slot)

register.simple_tag(assets.ui_styles)
register.simple_tag(assets.ui_scripts)
register.simple_tag(assets.htmx_config)


@register.simple_tag
def tenant_name() -> str:
    """The name of the tenant in force; empty on the public host."""
    tenant = current_tenant()
    return tenant.name if tenant else ""


@register.simple_tag(takes_context=True)
def site_state(context: Context) -> site.State | None:
    """What whoever is signed in must know of the status of the site; None: nothing."""
    user = getattr(context.get("request"), "user", None)
    return site.state_for(user) if user is not None and user.is_authenticated else None


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """`light`, `dark` or `system`, as the cookie says."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else "system"


@register.simple_tag(takes_context=True)
def nav_links(context: Context, area: str = "main") -> list[navigation.Link]:
    """The navigation entries that the person signed in may use."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    return navigation.links(
        request, getattr(user, "permissions", ()), area, scoped=getattr(user, "department_permissions", ())
    )


@register.simple_tag
def error_prefix(*given: object) -> str:
    """`Error: ` for the title of a page whose form (any of them, where there is one) was refused."""
    return _("Error: ") if any(isinstance(form, forms.BaseForm) and form.errors for form in given) else ""


@register.simple_tag
def day(on: dt.date | None, *, relative: bool = False) -> str | SafeString:
    """`12 Dec 2026`, with how far away it is on request."""
    if not on:
        return NOTHING
    text = dates.day_text(on)
    if not relative:
        return format_html('<time class="nowrap" datetime="{}">{}</time>', on.isoformat(), text)
    far = dates.relative_text(on, today=clock.today())
    return format_html(
        '<time datetime="{}">{} <span class="muted">({})</span></time>', on.isoformat(), text, far
    )


@register.simple_tag
def due(on: dt.date | None, *, done: bool = False) -> str | SafeString:
    """`Due 12 Dec 2026 (in 9 days)`, or `Overdue by 3 days (12 Nov 2026)`, coloured while it is not `done`."""
    if not on:
        return NOTHING
    left = (on - clock.today()).days
    if left < 0 and not done:
        span = dates.span_text(-left)
        text = _("Overdue by %(span)s (%(day)s)") % {"span": span, "day": dates.day_text(on)}
        return format_html('<time class="due due-late" datetime="{}">{}</time>', on.isoformat(), text)
    text = _("Due %(day)s") % {"day": dates.day_text(on)}
    if done:
        return format_html('<time class="due" datetime="{}">{}</time>', on.isoformat(), text)
    tone = "due due-soon" if left <= NEAR else "due"
    far = dates.relative_text(on, today=clock.today())
    return format_html('<time class="{}" datetime="{}">{} ({})</time>', tone, on.isoformat(), text, far)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: dt.datetime | None, *, zone: bool = False) -> str | SafeString:
    """`12 Dec 2026, 10:44` on the person's clock (or the tenant's); with the place's name on request."""
    if not at:
        return NOTHING
    text = dates.moment_text(at, _zone_of(context), with_zone=zone)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', at.isoformat(timespec="seconds"), text)


@register.simple_tag
def ago(at: dt.datetime | None) -> str | SafeString:
    """`5 minutes ago`."""
    if not at:
        return NOTHING
    text = dates.ago_text(at, now=clock.now())
    return format_html('<time class="nowrap" datetime="{}">{}</time>', at.isoformat(timespec="seconds"), text)


@register.simple_tag
def minutes(count: int) -> str:
    """A duration in minutes, in words: `1 h 5 min`."""
    return dates.minutes_text(count)


@register.filter(name="day")
def day_filter(on: dt.date | None) -> str:
    """`12 Dec 2026` as plain text."""
    return dates.day_text(on) if on else NOTHING


@register.filter(name="moment")
def moment_filter(at: dt.datetime | None) -> str:
    """`12 Dec 2026, 10:44` on the tenant's clock, as plain text."""
    return dates.moment_text(at) if at else NOTHING


@register.filter
def percent(ratio: float | None, places: int = 1) -> str:
    """`91.6 %` for 0.916; a dash when there is no ratio. Cut, not rounded: 100 % means all."""
    if ratio is None:
        return NOTHING
    scale = 10**places
    return f"{number_format(math.floor(ratio * 100 * scale + 1e-9) / scale, places)}\u00a0%"


@register.filter
def status_label(value: str) -> Any:
    """The word for a status, without its badge: for mail, exports and sentences."""
    return vocabulary.term(value).label


@register.simple_tag
def error_count(found: list[Any]) -> str:
    """`There is a problem`, in number."""
    return ngettext("There is a problem", "There are %(n)d problems", len(found)) % {"n": len(found)}


def _zone_of(context: Context) -> ZoneInfo | None:
    user = getattr(context.get("request"), "user", None)
    name = getattr(user, "time_zone", "") or ""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
