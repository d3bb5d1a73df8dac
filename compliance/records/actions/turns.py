"""One turn of the clockwork inside a tenant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from compliance.records import events
from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.actions.catching_up import catch_up, is_behind, turned
from compliance.records.actions.completing import record_completions
from compliance.records.actions.cycles import open_due_cycles
from compliance.records.actions.returning import return_from_excuses
from compliance.records.actions.taking_in import take_in_credits
from compliance.records.actions.waiting import stop_waiting
from compliance.records.models import Turn
from compliance.records.queries import turning
from lms.audit import actions as audit
from tenants import clock
from tenants.context import require_tenant

_ROUNDS = 12
_THOROUGH_EVERY = 7
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Cycles:
    """How many cycles a turn finished, opened by renewal, because a waiver ended, and for who had waited."""

    finished_count: int = 0
    opened_count: int = 0
    returned_count: int = 0
    begun_count: int = 0


def daily_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Everything that the day, new people or changed requirements ask of the records, of everybody.

    Days that were missed are made up for first, each as of itself; `scheduled_for` is only the clockwork's. Nothing to
    come back for before the next day or the next wake-up.
    """
    if is_behind(clock.today(at)):
        events.making_up.send(sender=None, at=at)
    _turn(at, lambda today: reconcile(requirement_id=None, today=today, at=at))
    return None


def make_up_before(day: date, *, at: datetime) -> bool:
    """Turn every day before `day`, the tenant's, that has had no turn, as of itself.

    Answers whether the records stand before that day now: not if it has had its turn already.
    """
    cycles = _Cycles()
    _today, changes = catch_up(
        today=day, at=at, advance=lambda until: _finish_and_open(cycles, until=until, at=at)
    )
    _announce(at, changes, cycles)
    return not Turn.objects.filter(on__gte=day).exists()


def nightly_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """As `daily_turn`, but of those only whose facts turn on that day: the rest were looked at when they changed.

    Every fact that is entered wakes a whole turn (subscriptions), so a night has only the calendar to follow. One night
    in seven is spent on everybody all the same: what was changed past the product (by SQL, by a restore) is found then.
    """
    today, reached = clock.today(at), Turn.objects.values_list("on", flat=True).first()
    if reached is None or reached < today - _DAY:
        return daily_turn(at=at, scheduled_for=scheduled_for)
    of_everybody = _is_thorough(today)
    if reached <= today and not of_everybody and turning.is_quiet(today):
        turned(today)
        return None
    _turn(at, lambda on: _reconcile_turning(on, at, of_everybody=of_everybody))
    return None


def _turn(at: datetime, look: Callable[[date], Changes]) -> None:
    cycles = _Cycles()
    today, changes = catch_up(
        today=clock.today(at), at=at, advance=lambda until: _finish_and_open(cycles, until=until, at=at)
    )
    changes += look(today)
    _finish_and_open(cycles, until=at, at=at)
    turned(today)
    _announce(at, changes, cycles)


def _is_thorough(today: date) -> bool:
    """Whether tonight is the tenant's night of seven; another for each, so that they do not all fall together."""
    return (today.toordinal() + require_tenant().id) % _THOROUGH_EVERY == 0


def _reconcile_turning(today: date, at: datetime, *, of_everybody: bool) -> Changes:
    changes = Changes()
    for requirement_id in turning.turning_requirements(today):
        changes += reconcile(requirement_id=requirement_id, today=today, at=at)
    people = turning.turning_people(today)
    if of_everybody:
        people |= turning.amiss(today)
    if people or of_everybody:
        changes += reconcile(requirement_id=None, today=today, at=at, user_ids=people)
    return changes


def completions_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Only what a finished course asks: its cycle is finished, and the next opened if its window has come.

    And what a first sign-in asks: the cycle opens of whoever waited for it.
    """
    if is_behind(clock.today(at)):
        # Who left before passing must not be credited because the day he left on has had no turn yet.
        return daily_turn(at=at, scheduled_for=scheduled_for)
    cycles = _Cycles()
    _finish_and_open(cycles, until=at, at=at)
    _announce(at, Changes(), cycles)
    return None


def _finish_and_open(cycles: _Cycles, *, until: datetime, at: datetime) -> None:
    # After an outage a pass may finish a cycle, open the next, and a second pass finish that one too; or a waiver that
    # ended meanwhile ends a renewal that had opened under it.
    today = clock.today(until)
    cycles.finished_count += take_in_credits(at=at, until=until)
    for _round in range(_ROUNDS):
        cycles.finished_count += record_completions(at=at, until=until)
        begun = stop_waiting(at=at, until=until)
        returned = return_from_excuses(today=today, at=at)
        opened = open_due_cycles(today=today, at=at)
        cycles.returned_count += returned
        cycles.opened_count += opened
        cycles.begun_count += begun
        if not opened and not returned and not begun:
            break


@transaction.atomic
def _announce(at: datetime, changes: Changes, cycles: _Cycles) -> None:
    counts = (cycles.finished_count, cycles.returned_count, cycles.opened_count, cycles.begun_count)
    if not changes and not any(counts):
        return
    events.changed.send(sender=None, at=at)
    facts = {
        "assigned": changes.assigned_count,
        "credited": changes.credited_count,
        "withdrawn": changes.withdrawn_count,
        "paused": changes.paused_count,
        "resumed": changes.resumed_count,
        "moved": changes.moved_count,
        "closed": changes.closed_count,
        "completed": cycles.finished_count,
        "renewals_opened": cycles.opened_count,
        "opened_after_waiver": cycles.returned_count,
        "no_longer_waiting": cycles.begun_count,
    }
    audit.record(
        action="records.updated",
        by=None,
        at=at,
        facts={name: count for name, count in facts.items() if count},
    )
