"""A tenant that comes back from the past must not be told again what it was told before."""

from datetime import datetime

from django.db import transaction

from compliance.reminders.enums import EscalationState, NoticeState
from compliance.reminders.models import Escalation, Notice
from tenants import clock

from .escalating import plan_escalations
from .plan import plan_notices
from .turn import settle


def pass_over(*, at: datetime, reason: str) -> int:
    """Count every step and rung whose day has come as said; answers how many were passed over.

    Those who were told before the restore are not told twice; who was not hears of the next step. Notices whose
    message was suppressed become suppressed with it.
    """
    with transaction.atomic():
        plan_notices(today=clock.today(at), at=at)
        plan_escalations(today=clock.today(at), at=at)
        waiting = Notice.objects.filter(state=NoticeState.PLANNED, digest=None)
        passed = waiting.update(state=NoticeState.SUPERSEDED)
        rungs = Escalation.objects.filter(state=EscalationState.PLANNED)
        passed += rungs.update(state=EscalationState.SUPERSEDED)
        settle(at=at, scheduled_for=at)
    return passed
