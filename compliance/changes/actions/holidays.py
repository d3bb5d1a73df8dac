"""What another list of holidays would do, kept so that everybody decides on the same; and carrying it out."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.changes import queries, rules
from compliance.changes.actions.gathering import Gathering
from compliance.changes.actions.locking import in_words
from compliance.changes.actions.ways import Way
from compliance.changes.actions.weighing import check_undo, weigh
from compliance.changes.enums import Reach
from compliance.changes.models import HolidayChange, Outlook
from compliance.changes.queries.outlooks import FILE
from compliance.core import change as core
from compliance.records import actions as records
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries

if TYPE_CHECKING:
    from lms.people.models import User


class _Holidays(Way[HolidayChange, Gathering]):
    """One list for the whole site: whoever has it has the requirements that follow it."""

    def hold(self, found: HolidayChange) -> None:
        _hold()

    def locked(self, found: HolidayChange) -> HolidayChange:
        # Always in this order. Then what it does can be compared and written without anything coming between.
        _hold()
        with in_words():
            for each in sorted(queries.observing_now(), key=lambda one: one.pk):
                requirement_queries.locked(each.pk)
        rows = HolidayChange.objects.select_for_update(of=("self",)).select_related("undoes")
        return rows.get(pk=found.pk)

    def check_ground(self, held: HolidayChange, *, at: datetime) -> None:
        if list_now() != held.days_before:
            raise rules.Refused(
                _("The list of holidays was changed meanwhile. Begin again, from what it says now.")
            )
        if held.undoes is not None:
            check_undo(held.undoes, at=at)

    def choose(self, held: HolidayChange, reach: Reach, *, at: datetime) -> None:
        self.check_ground(held, at=at)
        held.reach = reach if held.has_reach else Reach.FUTURE

    def work_out(self, held: HolidayChange, *, by: "User", today: date, at: datetime) -> None:
        _work_out(held, today=today, at=at)

    def taken_back(self, undone: HolidayChange, *, by: "User", today: date, at: datetime) -> HolidayChange:
        return prepare(days=undone.days_before, by=by, today=today, at=at, undoes=undone)

    def compared(self, held: HolidayChange, seen: str, *, today: date, at: datetime) -> Gathering | None:
        found = _gathered(held, None, today)
        now = _digest(held, found)
        if now == seen == held.fingerprint:
            return found
        if now != held.fingerprint:
            _work_out(held, today=today, at=at)
        return None

    def carry_out(self, held: HolidayChange, does: Gathering, *, today: date, at: datetime) -> None:
        requirements.set_holidays(days=held.days_after, by=held.proposed_by, at=at)
        held.save()
        ref = records.ChangeRef(held.public_id, records.OF_HOLIDAYS, held.proposed_by, held.reason, at)
        for requirement in queries.observing_now():
            if moves := does.moves.get(requirement.pk):
                records.shift(requirement=requirement, moves=moves, change=ref)


HOLIDAYS = _Holidays()


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
    made = HolidayChange(
        before=_pairs(before),
        after=_pairs(days),
        undoes=undoes,
        proposed_by=by,
        proposed_at=at,
    )
    made.number = queries.next_number(made)
    _work_out(made, today=today, at=at)
    return made


def list_now() -> dict[date, str]:
    """The list as it stands: names by day."""
    return {each.on: each.name for each in requirement_queries.holidays()}


def _hold() -> None:
    with in_words():
        requirements.hold_holidays()


def _work_out(made: HolidayChange, *, today: date, at: datetime) -> None:
    """Write down what it does."""
    weigh(made, at=at)
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
