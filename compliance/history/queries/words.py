"""A changed fact in words, in the language in force; empty when it says nothing about the days asked about."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from compliance.core.fields import spelt
from lms.ui.dates import day_text


@dataclass(frozen=True, slots=True)
class Told:
    """What a row said before and after; None: it was not there. `on` is the last day that matters."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    on: dt.date
    departments: Mapping[int, str]
    fields: Mapping[int, str] = field(default_factory=dict)

    def was(self, name: str) -> Any:
        """The value before."""
        return (self.before or {}).get(name)

    def has(self, name: str) -> Any:
        """The value after."""
        return (self.after or {}).get(name)

    def differs(self, *names: str) -> bool:
        """Whether one of these values changed."""
        return any(self.was(name) != self.has(name) for name in names)

    @property
    def touches(self) -> bool:
        """Whether the stretch began by the last day that matters, before or after."""
        starts = [row["starts_on"] for row in (self.before, self.after) if row]
        return any(starts_on <= self.on.isoformat() for starts_on in starts)


def told(source: str, change: Told) -> str:
    """The sentence about one change."""
    words = {
        "people_affiliation": _appointment,
        "people_leave": _leave,
        "people_fieldvalue": _field,
        "records_waiver": _waiver,
        "records_exemption": _exemption,
        "records_extension": _extension,
        "records_compliancerecord": _cycle,
        "records_assignment": _assignment,
    }
    return words[source](change)


def _appointment(change: Told) -> str:
    if not change.touches:
        return ""
    row = change.after or change.before or {}
    unit = change.departments.get(row["department_id"], "")
    stretch = {"unit": unit, "days": _stretch(row)}
    if change.before is None:
        return _("Appointment in %(unit)s entered: %(days)s") % stretch
    if change.after is None:
        return _("Appointment in %(unit)s removed: %(days)s") % stretch
    if change.differs("starts_on"):
        return _("First day in %(unit)s: %(before)s, corrected to %(after)s") % {
            "unit": unit, "before": _day(change.was("starts_on")), "after": _day(change.has("starts_on")),
        }  # fmt: skip
    ends = [change.was("ends_on"), change.has("ends_on")]
    if ends[0] == ends[1] or not any(end and end < change.on.isoformat() for end in ends):
        return ""
    return _("Last day in %(unit)s: %(before)s, corrected to %(after)s") % {
        "unit": unit, "before": _day(ends[0]), "after": _day(ends[1]),
    }  # fmt: skip


def _leave(change: Told) -> str:
    if not change.touches:
        return ""
    if change.before is None:
        return _("Leave entered: %(days)s") % {"days": _stretch(change.after or {})}
    if change.after is None:
        return _("Leave removed: %(days)s") % {"days": _stretch(change.before)}
    return _("Leave changed: %(before)s, now %(after)s") % {
        "before": _stretch(change.before), "after": _stretch(change.after),
    }  # fmt: skip


def _field(change: Told) -> str:
    """A value that only ends later than it did says nothing new about the days before."""
    if not change.touches:
        return ""
    row = change.after or change.before or {}
    said = {
        "field": change.fields.get(row["field_id"], ""),
        "before": _value(change.before),
        "after": _value(change.after),
    }
    if change.before is None:
        return _("%(field)s entered: %(after)s") % said
    if change.after is None:
        return _("%(field)s removed: %(before)s") % said
    if change.differs("words", "flag", "number", "day", "starts_on"):
        return _("%(field)s: %(before)s, corrected to %(after)s") % said
    ends = change.has("ends_on")
    return _("%(field)s is over: %(after)s") % said if ends and ends < change.on.isoformat() else ""


def _value(row: Mapping[str, Any] | None) -> str:
    """ "secret, from 1 Mar 2026"."""
    if row is None:
        return ""
    words = str(row["words"] or "")
    if row["flag"] is not None:
        words = _("yes") if row["flag"] else _("no")
    elif row["number"] is not None:
        words = spelt(Decimal(str(row["number"])))
    elif row["day"]:
        words = _day(row["day"])
    return _("%(value)s (%(days)s)") % {"value": words, "days": _stretch(row)}


def _waiver(change: Told) -> str:
    if change.after is None or not change.touches or change.has("state") != "approved":
        return ""
    if change.differs("state"):
        return _("Waiver approved: %(days)s") % {"days": _stretch(change.after)}
    return _("Waiver ended early, on %(day)s") % {"day": _day(change.has("ended_on"))}


def _exemption(change: Told) -> str:
    if change.after is None or not change.touches or change.has("state") != "approved":
        return ""
    if change.differs("state"):
        return _("Exemption approved: %(days)s") % {"days": _stretch(change.after)}
    if change.differs("ended_on"):
        return _("Exemption ended, on %(day)s") % {"day": _day(change.has("ended_on"))}
    return ""


def _extension(change: Told) -> str:
    if change.has("undone_at") and not change.was("undone_at"):
        return _("Extension to %(day)s undone") % {"day": _day(change.has("moved_to"))}
    if change.has("state") != "approved" or change.was("state") == "approved":
        return ""
    return _("Due date moved from %(before)s to %(after)s") % {
        "before": _day(change.has("moved_from")), "after": _day(change.has("moved_to")),
    }  # fmt: skip


def _cycle(change: Told) -> str:
    if change.after is None:
        return ""
    done = change.has("completed_on")
    if done and change.was("completed_on") is None:
        return (
            _("Completion on %(day)s recorded") % {"day": _day(done)} if done <= change.on.isoformat() else ""
        )
    if change.before is not None and change.differs("due_on"):
        return _("Due date: %(before)s, now %(after)s") % {
            "before": _day(change.was("due_on")), "after": _day(change.has("due_on")),
        }  # fmt: skip
    return ""


def _assignment(change: Told) -> str:
    if change.before is None and change.after is not None:
        return _("Assigned on %(day)s") % {"day": _day(change.has("assigned_on"))}
    if change.has("withdrawn_on") and not change.was("withdrawn_on"):
        return _("Withdrawn on %(day)s") % {"day": _day(change.has("withdrawn_on"))}
    return ""


def _stretch(row: Mapping[str, Any]) -> str:
    if not row.get("ends_on"):
        return _("from %(day)s") % {"day": _day(row.get("starts_on"))}
    return _("%(first)s to %(last)s") % {
        "first": _day(row.get("starts_on")),
        "last": _day(row.get("ends_on")),
    }


def _day(value: str | None) -> str:
    return day_text(dt.date.fromisoformat(value)) if value else _("none")
