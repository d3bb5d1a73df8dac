"""The daily turn: plan, gather, hand over to the outbox; and afterwards, what became of it."""

from datetime import datetime, timedelta

from django.db import connection

from compliance.reminders import rules
from compliance.reminders.enums import NoticeState
from compliance.reminders.models import Digest, EscalationCopy
from lms.mail import queries as mail
from tenants import clock
from tenants.outbox import OutboxState

from .digests import compose_digests
from .escalating import escalate, plan_escalations
from .plan import plan_notices

SETTLE_AGAIN = timedelta(hours=6)
_SETTLED = {
    OutboxState.SENT: NoticeState.SENT,
    OutboxState.SUPPRESSED: NoticeState.SUPPRESSED,
    OutboxState.FAILED: NoticeState.UNDELIVERED,
}

# What was completed before its digest left was left out of it, so it was not sent.
SETTLE = """
UPDATE reminders_notice n
   SET state = CASE WHEN s.state = 'sent' AND r.completed_at <= s.sent_at THEN 'suppressed' ELSE s.state END
  FROM unnest(%(digests)s::bigint[], %(states)s::text[], %(sent_ats)s::timestamptz[]) AS s (digest_id, state, sent_at),
       records_compliancerecord r
 WHERE n.digest_id = s.digest_id AND n.state = 'planned' AND r.id = n.record_id
"""

# Whom the letter did not name any more when it left was noted then.
SETTLE_COPIES = """
UPDATE reminders_escalationcopy c SET state = s.state
  FROM unnest(%(keys)s::text[], %(states)s::text[]) AS s (key, state)
 WHERE c.message_key = s.key AND c.state = 'planned'
"""


def run_daily(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """One turn for the tenant in force: the people, then those above. Any number of them ends in the same rows.

    Late turns (after an outage) count as of `at`, never as of `scheduled_for`: what the outage skipped is
    superseded, not sent late. Outside business hours notices are planned, and the answer is the next opening (UTC).
    """
    today, local = clock.today(at), clock.local(at)
    plan_notices(today=today, at=at)
    plan_escalations(today=today, at=at)
    if not rules.is_business_time(local):
        return rules.next_opening(local).astimezone(at.tzinfo)
    compose_digests(today=today, at=at)
    escalate(today=today, at=at)
    return None


def settle(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Write down what became of the digests and of the letters to those above; come back while some wait."""
    waiting = Digest.objects.filter(notices__state=NoticeState.PLANNED).distinct()
    digests = dict(waiting.values_list("message_key", "pk"))
    copies = EscalationCopy.objects.filter(state=NoticeState.PLANNED).values_list("message_key", flat=True)
    letters = set(copies)
    settled = [
        (key, str(_SETTLED[state]), delivery.settled_at)
        for key, delivery in mail.states([*digests, *letters]).items()
        if (state := OutboxState(delivery.state)) in _SETTLED
    ]
    keys, states, sent_ats = (list(each) for each in zip(*settled, strict=True)) if settled else ([], [], [])
    with connection.cursor() as cursor:
        told = {"digests": [digests.get(key) for key in keys], "states": states, "sent_ats": sent_ats}
        cursor.execute(SETTLE, told)
        cursor.execute(SETTLE_COPIES, {"keys": keys, "states": states})
    return None if len(settled) == len(digests) + len(letters) else at + SETTLE_AGAIN
