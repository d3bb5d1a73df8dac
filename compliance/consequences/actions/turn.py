"""Who loses access tonight, and who regains it now: decided, written down, and left in the outbox of calls.

Losing is for the night, so that nobody is locked out in the middle of a day; regaining is at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from compliance.consequences import queries, rules
from compliance.consequences.actions import calls
from compliance.consequences.enums import Cause, ReceiverState
from compliance.consequences.kinds import DELIVER, RESTORE
from compliance.consequences.models import Consequence, Delivery, Withdrawal
from compliance.records import actions as records
from compliance.records.enums import AssignmentStatus, ComplianceStatus
from lms.audit import actions as audit
from tenants import clock, schedule

_LATE = {
    ComplianceStatus.OVERDUE,
    ComplianceStatus.EXPIRED,
    ComplianceStatus.NOT_YET_DUE,
    ComplianceStatus.IN_GRACE,
}
_EXCUSED = {
    AssignmentStatus.WAIVED: Cause.WAIVED,
    AssignmentStatus.EXEMPT: Cause.WAIVED,
    AssignmentStatus.PAUSED: Cause.LEAVE,
}

_LOOK_AGAIN = timedelta(minutes=1)
"""After a turn that withdrew: whoever finished while it ran was not seen to lack access by what wakes a restoring."""

Place = tuple[int, int]
"""A receiver and a person."""


@dataclass(slots=True)
class _Moves:
    """What changes at each place in one turn, and what stays withdrawn there."""

    lost: dict[Place, list[Withdrawal]] = field(default_factory=lambda: defaultdict(list))
    kept: dict[Place, list[Withdrawal]] = field(default_factory=lambda: defaultdict(list))
    regained: dict[Place, list[Withdrawal]] = field(default_factory=lambda: defaultdict(list))


def nightly_turn(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Whoever is late enough loses access, unless the day is frozen; any number of times a day ends in the same rows.

    Late turns (after an outage) count as of `at`; one that begins more than rules.LATEST_TURN late only restores, and
    who was to lose access does on the next morning. A consequence that was added after the turn was due has to wait
    for the next. What was finished until now is credited first: nobody loses access
    for training that they have done. If that fails, so does this, and nobody loses anything.
    """
    if not Consequence.objects.filter(ended_at__isnull=True).exists():
        return restore(at=at, scheduled_for=scheduled_for)
    records.completions_turn(at=at, scheduled_for=scheduled_for)
    is_in_time = at - scheduled_for <= rules.LATEST_TURN
    _turn(at=at, withdraws_for=scheduled_for if is_in_time else None)
    return None


def restore(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Whoever owes it no longer regains access now, on every day."""
    if Withdrawal.objects.filter(restored_at__isnull=True).exists():
        _turn(at=at, withdraws_for=None)
    return None


@transaction.atomic
def _turn(*, at: datetime, withdraws_for: datetime | None) -> None:
    """`withdraws_for`: the moment for which a turn was due that may withdraw; None: it only restores."""
    today = clock.today(at)
    # Two turns at once take the same rows one after the other.
    held = list(
        Consequence.objects.select_for_update(of=("self",))
        .select_related("receiver", "requirement")
        .order_by("pk")
    )
    if queries.is_frozen(today):
        withdraws_for = None
    rows = list(
        Withdrawal.objects.filter(restored_at__isnull=True)
        .select_related("user", "consequence__receiver", "consequence__requirement")
        .order_by("pk")
    )
    in_force = [each for each in held if each.ended_at is None]
    late = _late(in_force, None if withdraws_for else rows, today)
    moves = _Moves()
    missing = _look_at_open(moves, rows, late, today)
    if withdraws_for:
        for each in in_force:
            if each.receiver.state == ReceiverState.ON and each.created_at <= withdraws_for:
                _lose(
                    moves,
                    each,
                    [one for key, one in late[each.pk].items() if (each.pk, key) not in missing],
                    at,
                )
    _write(moves, at)


def _late(
    in_force: list[Consequence], rows: list[Withdrawal] | None, today: date
) -> dict[int, dict[int, queries.Late]]:
    """Who is late, by consequence and person: everybody, or only those of `rows`."""
    asked: dict[int, set[int]] = defaultdict(set)
    for row in rows or ():
        asked[row.consequence_id].add(row.user_id)
    found = {}
    for each in in_force:
        if rows is None or asked[each.pk]:
            terms = rules.Terms(each.days, each.is_at_once_when_expired)
            people = None if rows is None else asked[each.pk]
            found[each.pk] = queries.late_of(each.requirement_id, terms, today, user_ids=people)
    return found


def _look_at_open(
    moves: _Moves, rows: list[Withdrawal], late: dict[int, dict[int, queries.Late]], today: date
) -> set[tuple[int, int]]:
    """Sort what is withdrawn into what stays and what comes back; answers all of it, as consequence and person.

    Of whoever has left, everything stays as it is and no system is told to let them in; it is looked at again when
    they are back.
    """
    settled = [row for row in rows if row.user_id not in late.get(row.consequence_id, ())]
    gone = queries.gone_of({row.user_id for row in settled}, today) if settled else set()
    settled = [row for row in settled if row.user_id not in gone]
    standings = queries.standings_of({_pair(row) for row in settled}, today) if settled else {}
    for row in settled:
        row.cause = _cause(row, standings.get(_pair(row)))
        moves.regained[_place(row)].append(row)
    for row in rows:
        if not row.cause:
            moves.kept[_place(row)].append(row)
    return {(row.consequence_id, row.user_id) for row in rows}


def _pair(row: Withdrawal) -> tuple[int, int]:
    return row.user_id, row.consequence.requirement_id


def _place(row: Withdrawal) -> Place:
    return row.consequence.receiver_id, row.user_id


def _cause(row: Withdrawal, standing: queries.Standing | None) -> Cause:
    if row.consequence.ended_at is not None:
        return Cause.ENDED
    if standing is None or standing.status == ComplianceStatus.NOT_IN_SCOPE:
        return Cause.NOT_REQUIRED
    if standing.status == ComplianceStatus.EXCUSED:
        return _EXCUSED.get(AssignmentStatus(standing.assignment_status), Cause.LEAVE)
    return Cause.EXTENDED if standing.status in _LATE else Cause.COMPLETED


def _lose(moves: _Moves, each: Consequence, late: Iterable[queries.Late], at: datetime) -> None:
    people = {one.user_id: one for one in late}
    users = get_user_model().objects.filter(pk__in=people.keys()).order_by("pk") if people else []
    for user in users:
        row = Withdrawal(
            consequence=each,
            user_id=user.pk,
            due_on=people[user.pk].due_on,
            withdrawn_on=clock.today(at),
            withdrawn_at=at,
        )
        row.user = user
        moves.lost[_place(row)].append(row)


def _write(moves: _Moves, at: datetime) -> None:
    """The rows and the calls that tell them, in one transaction. One call a place: each tells the whole truth of it."""
    made: list[tuple[Place, Delivery]] = []
    for place in sorted({*moves.lost, *moves.regained}):
        missing = [*moves.kept[place], *moves.lost[place]]
        if moves.lost[place] or not missing:
            settled = moves.regained[place]
            made.append((place, calls.told([*missing, *settled][0], missing=missing, settled=settled, at=at)))
    Delivery.objects.bulk_create([each for _place, each in made], batch_size=1000)
    told = dict(made)
    lost, regained = [], []
    for place, rows in moves.lost.items():
        for row in rows:
            row.lost_by = told[place]
            lost.append(row)
    for place, rows in moves.regained.items():
        for row in rows:
            row.restored_at = at
            row.regained_by = None if moves.kept[place] or moves.lost[place] else told[place]
            regained.append(row)
    Withdrawal.objects.bulk_update(regained, ["restored_at", "cause", "regained_by"], batch_size=1000)
    Withdrawal.objects.bulk_create(lost, batch_size=1000)
    if told:
        schedule.wake(DELIVER, at=at)
    if lost:
        schedule.wake(RESTORE, at=at + _LOOK_AGAIN)
    if lost or regained:
        facts: dict[str, Any] = {"withdrawn": len(lost), "restored": len(regained)}
        audit.record(action="consequences.turned", by=None, at=at, facts=facts)
