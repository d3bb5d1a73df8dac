"""The day of a change that was agreed ahead: made as by hand if it still does what was agreed, else handed back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import localize
from django.utils.translation import gettext as _

from compliance.changes import messages, queries, rules
from compliance.changes.actions import preparing
from compliance.changes.actions.deciding import carry_out
from compliance.changes.actions.making import REQUIREMENTS
from compliance.changes.actions.noting import note
from compliance.changes.actions.weighing import weigh
from compliance.changes.enums import State
from compliance.changes.models import Change
from compliance.core import agreement
from compliance.core.change import Effect
from compliance.records import actions as records
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules import lifecycle


def take_effect(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Make every agreed change whose day has come, in their order; `scheduled_for` is only the clockwork's.

    After an outage each is made as of its own day, after the days before it were made up for. Run again, it finds
    nothing to do. On a site that is read-only it waits, as nobody could withdraw it. Raises rules.UnderWay, once the
    others are made, when somebody holds a requirement at this moment.
    """
    held_up, due = None, queries.due_ahead(clock.today(at))
    if not due or not refusals.allowed(lifecycle.Deed.ADMINISTER):
        return None
    for found in due:
        try:
            _on_its_day(found, at)
        except rules.UnderWay as under_way:
            held_up = under_way
    if held_up is not None:
        raise held_up
    return None


def _on_its_day(found: Change, at: datetime) -> None:
    day, today = found.takes_effect_on, clock.today(at)
    if day is None:
        raise AssertionError("A change that was agreed ahead without a day.")
    if not records.make_up_before(day, at=at):
        # The records have gone on without it, so it cannot begin in the past any more.
        day = today
    made = _made_or_handed_back(found, day, at)
    if made is not None and day < today:
        records.reconcile(requirement_id=made.requirement_id, today=day, at=at)


@transaction.atomic
def _made_or_handed_back(found: Change, day: date, at: datetime) -> Change | None:
    """The change, made as of that day; None when it was handed back, withdrawn or made meanwhile."""
    held = REQUIREMENTS.locked(found)
    if held.state != State.AGREED:
        return None
    try:
        with transaction.atomic():
            _make(held, day, at)
    except rules.UnderWay:
        raise
    except rules.Refused as refusal:
        _hand_back(REQUIREMENTS.locked(found), str(refusal), at)
        return None
    return held


def _make(held: Change, day: date, at: datetime) -> None:
    """As by hand. Raises rules.Refused when it is not what was agreed any more."""
    REQUIREMENTS.check_ground(held, at=at)
    agreeing, today = (held.proposed_by_id, held.decided_by_id), clock.today(at)
    if not any(queries.officer(one, today=today) for one in agreeing):
        raise rules.Refused(_("Nobody of those who agreed to it may change requirements any more."))
    agreed = {row.user_id: Effect(row.effect) for row in queries.known_lines(held).values()}
    does = queries.difference(held, day)
    weigh(held, at=at)
    _check_same(held, agreed, {line.person_id: line.effect for line in does.lines})
    # What rests on it may have been written down anew meanwhile; that moves nobody's dates.
    held.before = held.before | {"number": held.requirement.number}
    held.state, held.takes_effect_on = State.PREPARED, day
    preparing.keep(held, does, today=day, at=at)
    carry_out(held, does, today=day, at=at)


def _check_same(held: Change, agreed: dict[int, Effect], now: dict[int, Effect]) -> None:
    found = agreement.compare(
        agreed,
        now,
        limit=held.limit,
        at_least=queries.threshold().at_least,
        was_by_two=held.decided_by_id is not None,
    )
    counts = {"came": localize(found.came_count), "allowed": localize(found.allowed_count)}
    if found.came_count > found.allowed_count:
        raise rules.Refused(
            _(
                "It would concern %(came)s people for whom it was not agreed; up to %(allowed)s more are made without "
                "asking again."
            )
            % counts
        )
    if found.needs_second:
        raise rules.Refused(
            _("It was agreed by one person alone, and concerns so many people now that a second one has to.")
        )


def _hand_back(held: Change, problem: str, at: datetime) -> None:
    """Prepared again, with what it would do now beside what was agreed; nothing else happened."""
    told = [one for one in (held.proposed_by, held.decided_by) if one is not None]
    agreed_at, today = held.agreed_at, clock.today(at)
    held.state, held.problem, held.agreed_at, held.agreed_count = State.PREPARED, problem, None, None
    held.decided_by = held.decided_at = None
    held.decision_note = ""
    preparing.keep(held, queries.difference(held, today), today=today, at=at)
    messages.tell_returned(held, told, problem=problem, agreed_at=agreed_at, at=at)
    note("returned", held, by=None, at=at)
