"""One turn of the clockwork inside a tenant."""

from datetime import datetime

from django.db import transaction

from compliance.records import events
from compliance.records.actions.assigning import Changes, reconcile
from compliance.records.actions.completing import record_completions
from compliance.records.actions.cycles import open_due_cycles
from lms.audit import actions as audit
from tenants import clock

_ROUNDS = 12


def daily_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Everything that the day, new people or changed requirements ask of the records.

    Catches up whatever was missed; `scheduled_for` is only the clockwork's. Nothing to come back for before the next
    day or the next wake-up.
    """
    today = clock.today(at)
    changes = reconcile(requirement_id=None, today=today, at=at)
    _finish_and_open(at, changes)
    return None


def completions_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Only what a finished course asks: its cycle is finished, and the next opened if its window has come."""
    _finish_and_open(at, Changes())
    return None


def _finish_and_open(at: datetime, changes: Changes) -> None:
    finished_count = opened_count = 0
    # After an outage a pass may finish a cycle, open the next, and a second pass finish that one too.
    for _round in range(_ROUNDS):
        finished, opened = record_completions(at=at), open_due_cycles(today=clock.today(at), at=at)
        finished_count, opened_count = finished_count + finished, opened_count + opened
        if not opened:
            break
    if changes or finished_count or opened_count:
        _announce(at, changes, finished_count, opened_count)


@transaction.atomic
def _announce(at: datetime, changes: Changes, finished_count: int, opened_count: int) -> None:
    events.changed.send(sender=None, at=at)
    facts = {
        "assigned": changes.assigned_count,
        "credited": changes.credited_count,
        "withdrawn": changes.withdrawn_count,
        "paused": changes.paused_count,
        "resumed": changes.resumed_count,
        "moved": changes.moved_count,
        "closed": changes.closed_count,
        "completed": finished_count,
        "renewals_opened": opened_count,
    }
    audit.record(
        action="records.updated",
        by=None,
        at=at,
        facts={name: count for name, count in facts.items() if count},
    )
