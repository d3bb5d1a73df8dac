"""What one person is told: what they lost, and what they will lose on which day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from compliance.consequences import rules
from compliance.consequences.enums import ReceiverState
from compliance.consequences.models import Consequence, Withdrawal
from compliance.consequences.queries.owing import frozen_spans
from compliance.records import queries as records
from compliance.records.enums import AssignmentStatus, ComplianceStatus
from lms.ui.dates import day_text
from tenants import context
from tenants.rules import lifecycle

_NOT_SAFE = {
    ComplianceStatus.NOT_YET_DUE,
    ComplianceStatus.EXPIRING,
    ComplianceStatus.IN_GRACE,
    ComplianceStatus.OVERDUE,
    ComplianceStatus.EXPIRED,
}


_NOTHING = (None,) * 5


@dataclass(frozen=True, slots=True)
class Loss:
    """Access to a system that somebody has lost (`is_lost`), or will lose `on` that day of the tenant.

    `is_only`: nothing else withdraws it there; `is_told`: the system can be told at the moment.
    """

    system: str
    requirement: str
    on: date
    due_on: date
    is_lost: bool
    is_only: bool = True
    is_told: bool = True

    @property
    def title(self) -> str:
        """What happened, or will, in one line; the same words for the person and for whoever helps them."""
        facts = {"system": self.system, "day": day_text(self.on)}
        if self.is_lost:
            return _("Access to %(system)s was withdrawn on %(day)s") % facts
        return _("Access to %(system)s ends on %(day)s") % facts

    @property
    def text(self) -> str:
        """Why, and what to do."""
        facts = {"requirement": self.requirement, "due": day_text(self.due_on)}
        if not self.is_lost:
            return _("Unless “%(requirement)s”, due on %(due)s, is done before.") % facts
        why = _("“%(requirement)s” was due on %(due)s and is not done.") % facts
        return f"{why} {self._way_back}"

    @property
    def _way_back(self) -> str:
        if not self.is_told:
            return _(
                "The system cannot be told at the moment; access comes back when it can, once this is done."
            )
        if not self.is_only:
            return _(
                "Access comes back by itself, within a minute after everything it is withdrawn for is finished."
            )
        return _(
            "Access comes back by itself, within a minute after it is finished; nobody needs to be called."
        )


def losses_of(user_id: int, today: date) -> list[Loss]:
    """What is lost, then what comes, soonest first; two statements where there are no consequences.

    Where nothing can be changed, nobody loses access, and nothing comes.
    """
    open_ones = Withdrawal.objects.filter(user_id=user_id, restored_at__isnull=True).select_related(
        "consequence__requirement", "consequence__receiver"
    )
    places = Counter(each.consequence.receiver_id for each in open_ones)
    lost = {
        each.consequence_id: _lost(each, is_only=places[each.consequence.receiver_id] == 1)
        for each in open_ones
    }
    held = records.obligations(today).filter(user_id=user_id, assignment_status=AssignmentStatus.ACTIVE)
    in_force = Consequence.objects.filter(
        ended_at__isnull=True,
        receiver__state=ReceiverState.ON,
        requirement_id__in=held.values("requirement_id"),
    )
    waiting = [each for each in in_force.select_related("requirement", "receiver") if each.pk not in lost]
    may_lose = lifecycle.may(context.require_tenant().status, lifecycle.Deed.ADMINISTER)
    coming = _coming(waiting, held, today) if waiting and may_lose else []
    return [*sorted(lost.values(), key=lambda each: each.on), *sorted(coming, key=lambda each: each.on)]


def _lost(each: Withdrawal, *, is_only: bool) -> Loss:
    at, system = each.consequence, each.consequence.receiver
    return Loss(
        system.name,
        at.requirement.title,
        each.withdrawn_on,
        each.due_on,
        is_lost=True,
        is_only=is_only,
        is_told=system.state == ReceiverState.ON,
    )


def _coming(waiting: list[Consequence], held: QuerySet[Any, Any], today: date) -> list[Loss]:
    frozen = frozen_spans()
    names = (
        "requirement_id",
        "status",
        "due_on",
        "grace_ends_on",
        "valid_until",
        "done_record__is_temporary",
    )
    standing = {row[0]: row[1:] for row in held.values_list(*names)}
    found = []
    for each in waiting:
        # Between the two statements it may have ceased to be owed.
        status, due_on, grace_ends_on, valid_until, is_bridge = standing.get(each.requirement_id, _NOTHING)
        day = rules.loses_on(
            rules.Terms(each.days, each.is_at_once_when_expired),
            due_on=due_on,
            grace_ends_on=grace_ends_on,
            valid_until=valid_until,
            is_renewal=is_bridge is False,
        )
        if status in _NOT_SAFE and day is not None:
            # Whose day has come already loses access on the next turn that may withdraw.
            on = rules.first_free_day(max(day, today), frozen)
            on = on if on > today else rules.first_free_day(today + timedelta(days=1), frozen)
            due = due_on or valid_until
            found.append(Loss(each.receiver.name, each.requirement.title, on, due, is_lost=False))
    return found
