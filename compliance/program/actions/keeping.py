"""Writing a duty down, changing it, asking it of its owner, ending it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from compliance.program import queries, rules
from compliance.program.actions.locking import changeable, locked, record
from compliance.program.actions.turning import close, move, open_due
from compliance.program.enums import DutyState, Outcome
from compliance.program.models import Duty
from compliance.requirements import queries as requirements
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User


# Any number that no other advisory lock uses; the schema is mixed in, so tenants do not wait for each other.
_LOCK = 0x6475_7479


@dataclass(frozen=True, slots=True)
class Plan:
    """What a duty says. Days are in the tenant's zone; `repeats_months` None: once only."""

    title: str
    task: str
    owner: "User | None" = None
    deputy: "User | None" = None
    authorities: tuple[dict[str, Any], ...] = ()
    first_due_on: date | None = None
    repeats_months: int | None = None
    remind_before: tuple[int, ...] = (30, 7, 1)
    remind_every: int = 7
    remind_max: int = 6
    needs_evidence: bool = True

    def values(self) -> dict[str, Any]:
        """By the names of the model's fields."""
        values = {name: getattr(self, name) for name in self.__slots__}
        before = sorted(set(self.remind_before), reverse=True)
        return values | {"authorities": list(self.authorities), "remind_before": before}


@transaction.atomic
def draft(plan: Plan, *, by: "User", at: datetime) -> Duty:
    """Write one down; nobody is asked yet. Raises Refused."""
    _refuse_people(plan, clock.today(at))
    duty = Duty.objects.create(**plan.values(), created_by=by, created_at=at)
    record("program.drafted", duty, by=by, at=at, facts=_facts(duty))
    return duty


@transaction.atomic
def draft_pack(key: str, *, by: "User", at: datetime) -> list[Duty]:
    """A draft for everything that a pack asks of the program and no duty answers yet; nobody is asked.

    Whoever asks for the same at the same moment waits for the other's transaction to end, and finds them there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])
    known = {(each.reference.pack, each.reference.control) for each in queries.answers()}
    found = []
    for pack, controls in requirements.programme_packs():
        for control in controls:
            if pack.key == key and control.duty and (key, control.id) not in known:
                plan = Plan(
                    title=control.duty.title,
                    task=control.asks,
                    authorities=(requirements.citation(pack, control),),
                    repeats_months=control.duty.repeats_months,
                )
                found.append(draft(plan, by=by, at=at))
    return found


@transaction.atomic
def change(duty: Duty, plan: Plan, *, by: "User", today: date, at: datetime) -> Duty:
    """Let it say this from now on. Closed rounds stay; another calendar ends open ones whose date it does not have.

    What is overdue keeps its date, and no round is opened for a day that is past. Raises Refused.
    """
    found = changeable(duty.pk)
    _refuse_people(plan, today)
    before = _facts(found)
    calendar = (found.first_due_on, found.repeats_months)
    is_moved = calendar != (plan.first_due_on, plan.repeats_months)
    for name, value in plan.values().items():
        setattr(found, name, value)
    if found.is_on:
        _refuse_incomplete(found)
        if is_moved:
            _refuse_first(found, today, before=calendar[0])
    found.save()
    if found.is_on and is_moved:
        move(found, by=by, today=today, at=at)
    differing = {name: [before[name], now] for name, now in _facts(found).items() if before[name] != now}
    if differing:
        record("program.changed", found, by=by, at=at, facts=differing)
    return found


@transaction.atomic
def turn_on(duty: Duty, *, by: "User", today: date, at: datetime) -> Duty:
    """Ask it of its owner: the first round is there at once. Raises Refused."""
    found = changeable(duty.pk)
    if found.is_on:
        raise rules.Refused(_("It is on already."))
    _refuse_incomplete(found)
    _refuse_people(Plan(found.title, found.task, found.owner, found.deputy), today)
    _refuse_first(found, today)
    found.state, found.turned_on_at = DutyState.ON, at
    found.save(update_fields=["state", "turned_on_at"])
    open_due(found, today)
    record("program.turned_on", found, by=by, at=at, facts=_facts(found))
    return found


@transaction.atomic
def retire(duty: Duty, *, reason: str, by: "User", today: date, at: datetime) -> Duty:
    """End it for good. What is overdue then stays on record as missed, with the reason. Raises Refused."""
    found = changeable(duty.pk)
    if not found.is_on:
        raise rules.Refused(_("Only a duty that is on is retired. Discard the draft instead."))
    reason = _said(reason, _("Say why it ends; whoever audits the program reads it."))
    closed = 0
    for each in found.rounds.filter(outcome=Outcome.OPEN):
        outcome = Outcome.MISSED if each.due_on < today else Outcome.DROPPED
        close(each, outcome, statement=reason, by=by, at=at)
        closed += 1
    found.state, found.retired_at, found.retire_reason = DutyState.RETIRED, at, reason
    found.save(update_fields=["state", "retired_at", "retire_reason"])
    record("program.retired", found, by=by, at=at, facts={"reason": reason, "rounds_closed": closed})
    return found


@transaction.atomic
def discard(duty: Duty, *, by: "User", at: datetime) -> None:
    """Take a draft away. Raises Refused."""
    found = locked(duty.pk)
    if found.state != DutyState.DRAFT:
        raise rules.Refused(_("Only a draft can be discarded. A duty that was on is retired."))
    facts, title, public_id = _facts(found), found.title, found.public_id
    found.delete()
    record("program.discarded", Duty(title=title, public_id=public_id), by=by, at=at, facts=facts)


def _refuse_people(plan: Plan, today: date) -> None:
    """Owner and deputy are two people who are here: active, and not past their last day."""
    named = [one for one in (plan.owner, plan.deputy) if one is not None]
    for one in named:
        if not people.is_here(one, today):
            raise rules.Refused(
                _("%(name)s has left or is not active here, and cannot answer for it. Name somebody else.")
                % {"name": one.display_name}
            )
    if len({one.pk for one in named}) < len(named):
        raise rules.Refused(_("The deputy has to be somebody else than the owner."))


def _refuse_incomplete(duty: Duty) -> None:
    if duty.owner is None:
        raise rules.Refused(_("Name an owner first: somebody has to answer for it."))
    if duty.first_due_on is None:
        raise rules.Refused(_("Set the first due date first."))


def _refuse_first(duty: Duty, today: date, before: date | None = None) -> None:
    """A first due date other than `before` is today or later, and later than what was asked and stays."""
    first = duty.first_due_on
    if first is None or first == before:
        return
    if first < today:
        raise rules.Refused(
            _("The first due date is past. Choose today or a later day, so that nothing begins overdue.")
        )
    last = queries.asked_until(duty, today)
    if last is not None and first <= last:
        raise rules.Refused(
            _("The round due on %(day)s is recorded already. Choose a first due date after that day.")
            % {"day": day_text(last)}
        )


def _said(text: str, otherwise: str) -> str:
    if not text.strip():
        raise rules.Refused(otherwise)
    return text.strip()


def _facts(duty: Duty) -> dict[str, Any]:
    """What the duty says, for the log: people by name, days as text."""
    first = duty.first_due_on
    return {
        "title": duty.title,
        "task": duty.task,
        "owner": duty.owner.display_name if duty.owner else "",
        "deputy": duty.deputy.display_name if duty.deputy else "",
        "laws": [f"{row['regime']} {row['control']}" for row in duty.authorities],
        "first_due_on": first.isoformat() if first else "",
        "repeats_months": duty.repeats_months,
        "reminders": [*duty.remind_before, duty.remind_every, duty.remind_max],
        "needs_evidence": duty.needs_evidence,
    }
