"""From a queued message to its words, in its reader's language and at its reader's hour."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lms.mail import kinds
from lms.mail.models import Message
from tenants import context, links
from tenants.lifecycle import refusals
from tenants.outbox import Letter, one_line


def language_of(message: Message) -> str:
    """The person's own language, else the tenant's, else English; one that the product has."""
    wanted = (message.user.locale if message.user else "", context.require_tenant().locale)
    known = dict(settings.LANGUAGES)
    for locale in wanted:
        for candidate in (locale, locale.partition("-")[0]):
            if candidate in known:
                return candidate
    return settings.LANGUAGE_CODE


def zone_of(message: Message) -> ZoneInfo:
    """The person's own time zone, else the tenant's."""
    own = message.user.time_zone if message.user else ""
    return ZoneInfo(own or context.require_tenant().time_zone)


def write(message: Message) -> Letter | None:
    """The words of a message at this moment; None when it is no longer wanted.

    Whatever its context or its templates raise passes through.
    """
    kind = kinds.find(message.kind)
    if not refusals.allowed(kind.deed):
        return None
    if not kind.context:
        return Letter(subject=message.subject, text=message.text, html=message.html)
    message.locale = language_of(message)
    with translation.override(message.locale), timezone.override(zone_of(message)):
        facts = kind.facts_of(message)
        if facts is None:
            return None
        letter = _rendered(kind.template, {**_surroundings(message), **facts})
    Message.objects.filter(pk=message.pk).update(locale=message.locale)
    return letter


def _surroundings(message: Message) -> dict[str, Any]:
    """What every layout may use."""
    tenant = context.require_tenant()
    user = message.user
    name = user.preferred_name or user.given_name or user.display_name if user else ""
    return {
        "tenant_name": tenant.name,
        "tenant_host": tenant.host,
        "home_url": links.absolute("/"),
        "locale": message.locale,
        "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "recipient": message.user,
        "to_address": message.to_address,
    }


def _rendered(template: str, facts: Mapping[str, Any]) -> Letter:
    subject = one_line(_plain(f"{template}.subject.txt", facts))
    filled = {**facts, "subject": subject}
    return Letter(
        subject=subject,
        text=_tidy(_plain(f"{template}.txt", filled)),
        html=render_to_string(f"{template}.html", filled),
    )


def _plain(template: str, facts: Mapping[str, Any]) -> str:
    """A text template, in which nothing is to be escaped."""
    found: Any = get_template(template)
    return str(found.template.render(Context(dict(facts), autoescape=False)))


def _tidy(text: str) -> str:
    """Text without the blank lines that template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept) + "\n"
