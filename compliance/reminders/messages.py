"""The texts of reminders, and of what those above are told: decided at the moment each leaves."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.core.escalation import COMPLIANCE, DEPARTMENT, DEPARTMENT_ABOVE, MANAGER
from compliance.records import queries as records
from compliance.records.enums import ComplianceStatus, PersonStanding
from compliance.reminders import queries
from compliance.reminders.models import Digest
from lms.ui import dates
from tenants import clock, context, links

if TYPE_CHECKING:
    from lms.mail.models import Message

MOST_NAMED = 100
"""How many lines a letter has; the page that it leads to has all of them."""
_BECAUSE = {
    MANAGER: gettext_lazy("they report to you"),
    DEPARTMENT: gettext_lazy("you administer their department"),
    DEPARTMENT_ABOVE: gettext_lazy("you administer a department above theirs"),
    COMPLIANCE: gettext_lazy("you answer for the requirement or for compliance"),
}


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


def escalation(message: "Message") -> dict[str, Any] | None:
    """What the letter to somebody above says now; None when everybody in it has finished, is excused or gone."""
    if message.user is None:
        return None
    today = clock.today()
    day = date.fromisoformat(message.facts["day"])
    items = queries.late_items(message.user, day=day, today=today)
    if not items:
        return None
    roles = dict.fromkeys(item.told_as for item in items)
    return {
        "items": [_late_line(item, today) for item in items[:MOST_NAMED]],
        "first": items[0],
        "copy_ids": [item.copy_id for item in items],
        "more_count": max(0, len(items) - MOST_NAMED),
        "people_count": len({item.user_id for item in items}),
        "because": "; ".join(str(text) for role, text in _BECAUSE.items() if role in roles),
        "list_url": links.absolute(_list_path(items)),
    }


def _list_path(items: Sequence[queries.LateItem]) -> str:
    """The list that has all of them, as narrow as one standing and one requirement make it.

    By how each stands: of a renewal what was done before may still count when the next is due, or for longer.
    """
    asked = {str(item.requirement_public_id) for item in items}
    query = {"requirement": asked.pop()} if len(asked) == 1 else {}
    if all(item.is_overdue for item in items):
        query["standing"] = PersonStanding.LATE
    elif all(item.status == ComplianceStatus.IN_GRACE for item in items):
        query["standing"] = PersonStanding.IN_GRACE
    elif not any(item.is_compliant for item in items):
        query["standing"] = PersonStanding.NOT_COMPLIANT
    return f"/overview/people/?{urlencode(query)}"


def _late_line(item: queries.LateItem, today: date) -> dict[str, Any]:
    days = (today - item.due_on).days
    late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days} if days else _("due today")
    told = {"title": item.requirement_title, "day": dates.day_text(item.due_on)}
    still = ""
    if item.status == ComplianceStatus.IN_GRACE:
        still = _("grace until %(day)s") % {"day": dates.day_text(item.grace_ends_on)}
    note = " · ".join(filter(None, (_("%(title)s, due %(day)s") % told, still)))
    return {"name": item.person_name, "note": note, "late": late}
