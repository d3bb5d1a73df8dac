"""How far somebody may move due dates by themselves, and whose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from compliance.core import dates, triggers
from compliance.records.models import ComplianceRecord, ExtensionLimit
from compliance.records.queries.requests import LeftOut, Move, Moves, moves, moves_of, shifted_due_dates
from compliance.requirements import queries as requirements
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui.dates import day_text

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement
    from lms.people.models import User


MOST_EXTENSION_DAYS = ExtensionLimit.MOST


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whose due dates somebody moves without asking, and by how many days at most; None: by any number."""

    reach: people.Reach
    most_days: int | None


def extension_limit() -> ExtensionLimit:
    """By how many days departments move a due date; as it begins where nobody set it."""
    return ExtensionLimit.objects.first() or ExtensionLimit()


def bounds_of(by: "User", today: date) -> Bounds:
    """How far this person reaches today: everybody and any day, or the people of some departments and some days."""
    if Permission.DUE_DATES_EXTEND in by.permissions:
        return Bounds(people.Reach(is_everyone=True), None)
    return Bounds(people.reach(by, Permission.DUE_DATES_EXTEND_LIMITED, on=today), extension_limit().days)


def moves_by(
    by: "User", requirement: "Requirement", *, user_ids: Collection[int], moved_to: date, today: date
) -> Moves:
    """As `moves`, of what this person may move without asking; the others are left out with the reason.

    Days are counted from when the cycle would be due without any extension, so that several together go no further
    than one. `today` and `moved_to` are days of the tenant.
    """
    seen = moves(
        requirement_id=requirement.pk, user_ids=user_ids, moved_to=moved_to, by_id=by.pk, today=today
    )
    bounds = bounds_of(by, today)
    if bounds.most_days is None:
        return seen
    near = [one for one in seen.moves if bounds.reach.covers(one.user_id)]
    last = _last_days(requirement, near, bounds.most_days)
    found = Moves([], list(seen.left_out))
    for move in seen.moves:
        if why := _beyond(move, last.get(move.record_id), bounds.most_days, today):
            found.left_out.append(LeftOut(move.name, why))
        else:
            found.moves.append(move)
    return found


def _last_days(requirement: "Requirement", near: list[Move], most_days: int) -> dict[int, date]:
    """By cycle: the last day to which it may be moved."""
    rows = list(ComplianceRecord.objects.filter(pk__in=[one.record_id for one in near]))
    return {pk: day + timedelta(days=most_days) for pk, day in _unextended(requirement, rows).items()}


def _unextended(requirement: "Requirement", rows: list[ComplianceRecord]) -> dict[int, date]:
    """When each of these cycles of the requirement would be due if nobody had extended it."""
    if not rows:
        return {}
    bases = {row.pk: row.original_due_on for row in rows}
    bases |= shifted_due_dates(bases)
    pressed = {pk: [one for one in found if one[0] is None] for pk, found in moves_of(rows).items()}
    known = {one.id: one for one in requirements.people_of(requirement, [row.user_id for row in rows])}
    terms = requirement.terms
    return {
        row.pk: dates.after_absences(
            terms, triggers.pressed(bases[row.pk], pressed.get(row.pk, ())), known[row.user_id].absences
        )
        for row in rows
    }


def _beyond(move: Move, last: date | None, most_days: int, today: date) -> str:
    """Why this date is not theirs to move so far; empty when it is. `last` is None out of their reach."""
    if last is None:
        return _("Not in a department whose due dates you move.")
    if most_days == 0:
        return _("Departments move no due dates by themselves here. Ask for it instead.")
    if move.moved_to <= last:
        return ""
    if last <= max(move.moved_from, today):
        return _("You have no days left for this date. Ask for a later one instead.")
    return _("You may move it to %(day)s at most. Ask for a later day instead.") % {"day": day_text(last)}


def may_take_back(by: "User", decided_by_id: int | None, user_id: int, bounds: Bounds) -> bool:
    """Whether this person may undo an extension: any, or what they gave themself to people they still look after."""
    return bounds.most_days is None or (decided_by_id == by.pk and bounds.reach.covers(user_id))
