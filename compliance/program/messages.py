"""The letters about duties: to whoever has to do one, and to officers about what is overdue or owned by nobody."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.program import queries
from compliance.program.models import Duty, DutyRound
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock, links

if TYPE_CHECKING:
    from lms.mail.models import Message

REMINDER, ATTENTION = "program.reminder", "program.attention"


def reminder(message: "Message") -> dict[str, Any] | None:
    """What the letter to an owner or a deputy says; None when it is closed, or they have left or do it no more."""
    row = queries.open_rounds().filter(pk=message.facts["round"]).first()
    if row is None or message.user_id not in (row.duty.owner_id, row.duty.deputy_id):
        return None
    duty, today = row.duty, clock.today()
    if message.user is None or not people.is_here(message.user, today):
        return None
    return {
        "heading": _("%(title)s: %(when)s") % {"title": duty.title, "when": _when(row)},
        "title": duty.title,
        "task": duty.task,
        "due": day_text(row.due_on),
        "is_overdue": row.due_on < today,
        "laws": ", ".join(f"{one['regime']} {one['control']}" for one in duty.authorities),
        "url": links.absolute(f"/program/rounds/{row.public_id}/done/"),
    }


def attention(message: "Message") -> dict[str, Any] | None:
    """What the letter to an officer says; None when it is settled, or they have left or keep no duties any more."""
    today = clock.today()
    if message.user is None or not people.is_here(message.user, today):
        return None
    if Permission.PROGRAM_EDIT not in message.user.permissions:
        return None
    if "duty" in message.facts:
        duty = queries.duties().filter(pk=message.facts["duty"]).first()
        return None if duty is None or not duty.is_on or queries.is_owned(duty, today) else _unowned(duty)
    row = queries.open_rounds().filter(pk=message.facts["round"]).first()
    return None if row is None or row.due_on >= today else _overdue(row, today)


def _unowned(duty: Duty) -> dict[str, Any]:
    name = duty.owner.display_name if duty.owner else ""
    return {
        "heading": _("Nobody owns it: %(title)s") % {"title": duty.title},
        "sentences": [
            _("%(name)s is not active any more and still stands as the owner of “%(title)s”.")
            % {"name": name, "title": duty.title},
            _("Name somebody else, or its next due date passes without anybody knowing."),
        ],
        "url": links.absolute(f"/program/{duty.public_id}/"),
    }


def _overdue(row: DutyRound, today: date) -> dict[str, Any]:
    duty = row.duty
    names = {"title": duty.title, "day": day_text(row.due_on)}
    sentences = [_("“%(title)s” was due on %(day)s and is not recorded as done.") % names]
    if duty.owner and queries.is_owned(duty, today):
        sentences.append(_("Its owner is %(name)s, who was written to.") % {"name": duty.owner.display_name})
    else:
        sentences.append(_("Nobody owns it at the moment."))
    return {
        "heading": _("%(title)s: %(when)s") % {"title": duty.title, "when": _when(row)},
        "sentences": sentences,
        "url": links.absolute(f"/program/{duty.public_id}/"),
    }


def _when(row: DutyRound) -> str:
    days = (row.due_on - clock.today()).days
    if days < 0:
        return ngettext("overdue by %(n)d day", "overdue by %(n)d days", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return _("due on %(day)s") % {"day": day_text(row.due_on)}
