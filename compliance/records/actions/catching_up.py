"""Making up for days without a turn, each in its order and as of itself, as if none had been missed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.models import Turn
from compliance.records.queries import turning
from tenants import clock

_DAY = timedelta(days=1)
Advance = Callable[[datetime], None]


def is_behind(today: date) -> bool:
    """Whether a day before `today` (the tenant's) has had no turn."""
    return Turn.objects.filter(on__lt=today - _DAY).exists()


@transaction.atomic
def catch_up(*, today: date, at: datetime, advance: Advance) -> tuple[date, Changes]:
    """Turn every missed day before `today` on which facts change; answers the day to turn now, and what changed.

    `advance` finishes and opens cycles up to a moment. The row of the turn is locked: days cannot be made up by two
    at once in two orders. The facts are those of now, without people and requirements entered after that day. A clock
    that went back by up to a day, or a tenant that moved west, stays at the day that was reached.
    """
    row = Turn.objects.select_for_update().first()
    if row is None:
        # The first turn of all: there is nothing to make up for, and no turn is on record before one is done.
        return today, Changes()
    reached = row.on
    if reached >= today:
        return (reached if reached - today <= _DAY else today), Changes()
    total = Changes()
    for day in sorted(turning.turning_days(reached + _DAY, today - _DAY)):
        advance(clock.end_of_day(day - _DAY))
        total += reconcile(requirement_id=None, today=day, at=at, known_by=clock.end_of_day(day))
    advance(clock.end_of_day(today - _DAY))
    turned(today - _DAY)
    return today, total


def turned(on: date) -> None:
    """The records are whole up to that day. It never goes back."""
    if not Turn.objects.update(on=Greatest("on", Value(on))):
        Turn.objects.bulk_create([Turn(on=on)], ignore_conflicts=True)
