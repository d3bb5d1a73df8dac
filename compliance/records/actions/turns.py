"""One turn of the clockwork inside a tenant."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from compliance.records import events
from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.actions.catching_up import catch_up, is_behind, turned
from compliance.records.actions.completing import record_completions
from compliance.records.actions.cycles import open_due_cycles
from compliance.records.actions.returning import return_from_waivers
from lms.audit import actions as audit
from tenants import clock

_ROUNDS = 12


@dataclass(slots=True)
class _Cycles:
    """How many cycles a turn finished, opened by renewal, and opened because a waiver ended."""

    finished_count: int = 0
    opened_count: int = 0
    returned_count: int = 0


def daily_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Everything that the day, new people or changed requirements ask of the records.

    Days that were missed are made up for first, each as of itself; `scheduled_for` is only the clockwork's. Nothing to
    come back for before the next day or the next wake-up.
    """
    cycles = _Cycles()
    today, changes = catch_up(
        today=clock.today(at), at=at, advance=lambda until: _finish_and_open(cycles, until=until, at=at)
    )
    changes += reconcile(requirement_id=None, today=today, at=at)
    _finish_and_open(cycles, until=at, at=at)
    turned(today)
    _announce(at, changes, cycles)
    return None


def completions_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Only what a finished course asks: its cycle is finished, and the next opened if its window has come."""
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
    for _round in range(_ROUNDS):
        cycles.finished_count += record_completions(at=at, until=until)
        returned = return_from_waivers(today=today, at=at)
        opened = open_due_cycles(today=today, at=at)
        cycles.returned_count += returned
        cycles.opened_count += opened
        if not opened and not returned:
            break


@transaction.atomic
def _announce(at: datetime, changes: Changes, cycles: _Cycles) -> None:
    if not (changes or cycles.finished_count or cycles.returned_count or cycles.opened_count):
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
    }
    audit.record(
        action="records.updated",
        by=None,
        at=at,
        facts={name: count for name, count in facts.items() if count},
    )
