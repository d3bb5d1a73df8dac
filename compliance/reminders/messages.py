"""The texts of reminders: what a digest says is decided at the moment it leaves."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.records import queries as records
from compliance.reminders import queries
from compliance.reminders.models import Digest
from lms.ui import dates
from tenants import clock, context, links

if TYPE_CHECKING:
    from lms.mail.models import Message


def digest(message: "Message") -> dict[str, Any] | None:
    """What the digest of this message says now; None when nothing of it is owed any more, or the person is away."""
    today = clock.today()
    found = Digest.objects.select_related("asked_by").filter(pk=message.facts["digest"]).first()
    items = queries.digest_items(digest_id=found.pk, today=today) if found else []
    if found is None or not items:
        return None
    own_zone = message.user.time_zone if message.user else ""
    return {
        "items": [_line(item, today) for item in items],
        "first": items[0],
        "late_count": sum(item.due_on < today for item in items),
        "new_count": sum(item.is_new for item in items),
        "asked_by": found.asked_by.display_name if found.asked_by else "",
        "zone_note": context.require_tenant().time_zone if own_zone not in ("", clock.zone().key) else "",
        "home_url": links.absolute("/"),
        "today": today,
    }


def _line(item: queries.DigestItem, today: date) -> dict[str, Any]:
    why = records.why_text(item.reason)
    takes = _("About %(time)s") % {"time": dates.minutes_text(item.minutes)} if item.minutes else ""
    grace = item.grace_ends_on if item.due_on < today <= item.grace_ends_on else None
    still = _("grace until %(day)s") % {"day": dates.day_text(grace)} if grace else ""
    because = _("Why you: %(why)s") % {"why": why} if why else ""
    return {
        "title": item.requirement_title,
        "course_title": item.course_title,
        "minutes": item.minutes,
        "due_on": item.due_on,
        "is_late": item.due_on < today,
        "grace_ends_on": grace,
        "why": why,
        "note": " · ".join(filter(None, (takes, still, because))),
        "is_new": item.is_new,
    }
