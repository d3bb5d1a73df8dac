"""Working out what another list of holidays would do, and keeping it, so that everybody decides on the same."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.actions.gathering import Gathering
from compliance.changes.actions.locking import in_words
from compliance.changes.enums import Reach, State
from compliance.changes.models import HolidayChange, Outlook
from compliance.changes.queries.outlooks import FILE
from compliance.core import change as core
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries
from lms.people import queries as people

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def prepare(
    *,
    days: Mapping[date, str],
    by: "User",
    today: date,
    at: datetime,
    undoes: HolidayChange | None = None,
) -> HolidayChange:
    """A change of the list to exactly these days, with what it would do on `today`, the tenant's day.

    Nothing happens yet and nobody is told. Raises rules.Refused when nothing would change.
    """
    _hold()
    before = list_now()
    if before == dict(days):
        raise rules.Refused(_("Nothing differs from the list there is."))
    last = HolidayChange.objects.aggregate(last=Max("number"))["last"] or 0
    made = HolidayChange(
        number=last + 1,
        before=_pairs(before),
        after=_pairs(days),
        undoes=undoes,
        proposed_by=by,
        proposed_at=at,
    )
    _work_out(made, today=today, at=at)
    return made


@transaction.atomic
def prepare_undo(*, undone: HolidayChange, by: "User", today: date, at: datetime) -> HolidayChange:
    """A change that brings back the list as it was, with what that would do. Raises rules.Refused."""
    _hold()
    if why := rules.why_not_undone(undone, at, queries.latest_holidays_made()):
        raise rules.Refused(why)
    return prepare(days=undone.days_before, by=by, today=today, at=at, undoes=undone)


@transaction.atomic
def rework(*, found: HolidayChange, reach: Reach, by: "User", today: date, at: datetime) -> HolidayChange:
    """Work it out anew, with another choice of due dates if need be. Raises rules.Refused."""
    held = locked(found)
    if held.state != State.PREPARED or held.proposed_by_id != by.pk:
        raise rules.Refused(_("Only whoever prepares a change works it out anew, before it is sent."))
    check_ground(held, at)
    held.reach = reach if held.undoes is None else Reach.FUTURE
    _work_out(held, today=today, at=at)
    return held


def list_now() -> dict[date, str]:
    """The list as it stands: names by day."""
    return {each.on: each.name for each in requirement_queries.holidays()}


def locked(found: HolidayChange) -> HolidayChange:
    """The change, locked, as it is now; the list and the requirements that follow it are held as well.

    Always in this order. Then what it does can be compared and written without anything coming between. Raises
    rules.UnderWay when somebody holds them for longer than a request can wait.
    """
    _hold()
    with in_words():
        for each in sorted(queries.observing_now(), key=lambda one: one.pk):
            requirement_queries.locked(each.pk)
    return HolidayChange.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=found.pk)


def _hold() -> None:
    with in_words():
        requirements.hold_holidays()


def check_ground(held: HolidayChange, at: datetime) -> None:
    """Raises rules.Refused when the list is not what it was when the change was prepared."""
    if list_now() != held.days_before:
        raise rules.Refused(
            _("The list of holidays was changed meanwhile. Begin again, from what it says now.")
        )
    if held.undoes is not None:
        why = rules.why_not_undone(held.undoes, at, queries.latest_holidays_made())
        if why:
            raise rules.Refused(why)


def refresh(held: HolidayChange, seen: str, *, today: date, at: datetime) -> Gathering | None:
    """What it does, if that is still what was seen; if not, None, and what it does now is kept in its place."""
    found = _gathered(held, None, today)
    now = _digest(held, found)
    if now == seen == held.fingerprint:
        return found
    if now != held.fingerprint:
        _work_out(held, today=today, at=at)
    return None


def _work_out(made: HolidayChange, *, today: date, at: datetime) -> None:
    """Write down what it does."""
    made.people_count = int(str(people.measure(at=at)["people"]))
    # Where nobody else may decide, waiting for a second person would be waiting for ever.
    has_second = bool(queries.approvers(made))
    made.limit = rules.limit(queries.threshold(), made.people_count) if has_second else None
    made.save()
    Outlook.objects.filter(holidays=made).delete()
    kept = Outlook.objects.create(holidays=made, worked_out_on=today, worked_out_at=at)
    found = _gathered(made, kept, today)
    kept.fingerprint = made.fingerprint = _digest(made, found)
    kept.affected_count = made.affected_count = found.affected_count()
    kept.mails = found.mails()
    kept.save()
    made.save()
    made.outlook = kept


def _gathered(made: HolidayChange, kept: Outlook | None, today: date) -> Gathering:
    found = Gathering(kept, today)
    for requirement, happenings in queries.moved_by(made, core.Reach(made.reach), today):
        found.add(requirement, happenings)
        found.flush()
    return found


def _digest(made: HolidayChange, found: Gathering) -> str:
    return found.digest(json.dumps(["holidays", made.reach, made.before, made.after]), FILE)


def _pairs(days: Mapping[date, str]) -> list[list[str]]:
    return [[on.isoformat(), days[on]] for on in sorted(days)]
