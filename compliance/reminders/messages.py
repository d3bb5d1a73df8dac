"""The texts of reminders: what a digest says is decided at the moment it leaves."""

from collections.abc import Iterable
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
    if found is None or not items or message.user_id is None:
        return None
    told = records.explained_of(message.user_id, [item.record_id for item in items], today)
    own_zone = message.user.time_zone if message.user else ""
    return {
        "items": [_line(item, told.get(item.record_id), today) for item in items],
        "first": items[0],
        "late_count": sum(item.due_on < today for item in items),
        "new_count": sum(item.is_new for item in items),
        "asked_by": found.asked_by.display_name if found.asked_by else "",
        "zone_note": context.require_tenant().time_zone if own_zone not in ("", clock.zone().key) else "",
        "help_contact": _whom_to_ask(told.values()),
        "home_url": links.absolute("/"),
        "today": today,
    }


def _whom_to_ask(told: Iterable[records.Explained]) -> str:
    """Whoever answers for what is listed: "Bo Brandt, bo@example.edu"; empty where nobody does."""
    owners = {one.owner: None for one in told if one.owner is not None}
    return "; ".join(f"{name}, {email}" for name, email in owners)


def _line(item: queries.DigestItem, told: records.Explained | None, today: date) -> dict[str, Any]:
    """One thing owed; `told` has the same sentences as the pages, the reason first and then the date."""
    why = (*told.why, *told.dates) if told is not None else ()
    takes = _("About %(time)s") % {"time": dates.minutes_text(item.minutes)} if item.minutes else ""
    grace = item.grace_ends_on if item.due_on < today <= item.grace_ends_on else None
    still = _("grace until %(day)s") % {"day": dates.day_text(grace)} if grace else ""
    return {
        "title": item.requirement_title,
        "course_title": item.course_title,
        "minutes": item.minutes,
        "due_on": item.due_on,
        "is_late": item.due_on < today,
        "grace_ends_on": grace,
        "why": why,
        "note": " · ".join(filter(None, (takes, still, " ".join(why)))),
        "is_new": item.is_new,
    }
