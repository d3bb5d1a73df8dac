"""The words for every status, with their tone and icon: one place, so that a state reads the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

COPY: Final[Text] = _("Copy")


@dataclass(frozen=True)
class Term:
    """How one status value is shown; `is_plain` draws the word without a tint, so that open work stands out."""

    label: Text
    tone: str
    icon: str
    is_plain: bool = False


COMPLIANCE: Final = {
    "not_yet_due": Term(_("Not yet due"), "neutral", "calendar"),
    "compliant": Term(_("Compliant"), "ok", "check-circle"),
    "expiring": Term(_("Expiring soon"), "warn", "hourglass"),
    "in_grace": Term(_("In grace period"), "warn", "clock"),
    "overdue": Term(_("Overdue"), "bad", "alert"),
    "expired": Term(_("Expired"), "bad", "x-circle"),
    "excused": Term(_("Excused"), "accent", "minus"),
    "not_in_scope": Term(_("Not in scope"), "neutral", "dash", is_plain=True),
    "not_compliant": Term(_("Not compliant"), "bad", "alert"),
    "nothing_required": Term(_("Nothing required"), "neutral", "dash", is_plain=True),
}
WORK: Final = {
    "not_started": Term(_("Not started"), "neutral", "circle"),
    "in_progress": Term(_("In progress"), "info", "play"),
    "completed": Term(_("Completed"), "ok", "check", is_plain=True),
    "failed": Term(_("Failed"), "bad", "x-circle"),
    "not_passed": Term(_("Not passed"), "bad", "x-circle"),
    "passed": Term(_("Passed"), "ok", "check-circle"),
}
ASSIGNMENT: Final = {
    "active": Term(_("Active"), "ok", "check-circle"),
    "paused": Term(_("Paused"), "warn", "pause"),
    "waived": Term(_("Waived"), "accent", "minus"),
    "exempt": Term(_("Exempt"), "accent", "minus"),
    "withdrawn": Term(_("Withdrawn"), "neutral", "dash", is_plain=True),
    "revoked": Term(_("Revoked"), "bad", "x-circle"),
}
LIFECYCLE: Final = {
    "draft": Term(pgettext_lazy("state", "Draft"), "neutral", "edit"),
    "published": Term(_("Published"), "ok", "check-circle"),
    "retired": Term(_("Retired"), "neutral", "dash"),
}
WORKLOAD: Final = {
    "queued": Term(_("Waiting"), "neutral", "hourglass"),
    "waiting": Term(_("Waiting"), "neutral", "hourglass"),
    "running": Term(_("Running"), "info", "refresh"),
    "done": Term(_("Done"), "ok", "check-circle"),
    "cancelled": Term(_("Cancelled"), "neutral", "dash"),
}
MESSAGES: Final = {
    "planned": Term(_("Planned"), "neutral", "calendar"),
    "sending": Term(_("Sending"), "info", "send"),
    "sent": Term(_("Sent"), "ok", "check-circle"),
    "suppressed": Term(_("Not needed any more"), "neutral", "dash"),
    "superseded": Term(_("Replaced"), "neutral", "dash"),
    "refused": Term(_("Refused"), "bad", "x-circle"),
}
IMPORT_ROWS: Final = {
    "create": Term(_("New"), "ok", "plus"),
    "update": Term(_("Changed"), "info", "edit"),
    "unchanged": Term(_("Unchanged"), "neutral", "dash", is_plain=True),
    "error": Term(_("Error"), "bad", "alert"),
}
PEOPLE: Final = {
    "invited": Term(_("Invited"), "info", "mail"),
    "inactive": Term(_("Inactive"), "neutral", "dash"),
    "on_leave": Term(_("On leave"), "info", "moon"),
    "upcoming": Term(_("Joins later"), "neutral", "calendar"),
    "left": Term(_("Left"), "neutral", "log-out"),
    "deactivated": Term(_("Deactivated"), "warn", "lock"),
}
SUPPORT: Final = {
    "pending": Term(_("Waiting for approval"), "info", "hourglass"),
    "approved": Term(_("Approved"), "ok", "check-circle"),
    "lapsed": Term(_("Not answered in time"), "neutral", "dash"),
    "ended": Term(_("Ended"), "neutral", "check"),
}
EVIDENCE: Final = {
    "accepted": Term(_("Accepted"), "ok", "check-circle"),
    "rejected": Term(_("Not accepted"), "bad", "x-circle"),
}
DUTIES: Final = {
    "missed": Term(_("Missed"), "bad", "x-circle"),
    "dropped": Term(_("No longer asked"), "neutral", "dash", is_plain=True),
}
LAWS: Final = {
    "proposed": Term(_("Proposed"), "neutral", "edit"),
    "enacted": Term(_("Enacted"), "info", "calendar"),
    "effective": Term(_("In force"), "neutral", "check"),
    "answered": Term(_("Answered"), "ok", "check-circle"),
    "not_yet": Term(_("Not yet on"), "warn", "hourglass"),
    "gap": Term(_("Nothing answers it"), "bad", "alert"),
    "not_by_training": Term(_("No requirement needed"), "neutral", "dash", is_plain=True),
}
GROUPS: Final[dict[str, tuple[Text, dict[str, Term]]]] = {
    "compliance": (_("Compliance status"), COMPLIANCE),
    "work": (_("Progress of a cycle"), WORK),
    "assignment": (_("Assignment"), ASSIGNMENT),
    "lifecycle": (_("Lifecycle"), LIFECYCLE),
    "workload": (_("Jobs"), WORKLOAD),
    "messages": (_("Messages"), MESSAGES),
    "import_rows": (_("Import rows"), IMPORT_ROWS),
    "people": (_("People"), PEOPLE),
    "support": (_("Support access"), SUPPORT),
    "evidence": (_("Evidence"), EVIDENCE),
    "duties": (_("Duties of the program"), DUTIES),
    "laws": (_("Laws and standards"), LAWS),
}
TERMS: Final[dict[str, Term]] = {
    value: term for _label, terms in GROUPS.values() for value, term in terms.items()
}


def term(value: str) -> Term:
    """The term for a status value; KeyError with the known values when there is none."""
    try:
        return TERMS[str(value)]
    except KeyError:
        known = ", ".join(sorted(TERMS))
        msg = f"No status {value!r}; the vocabulary knows {known}."
        raise KeyError(msg) from None
