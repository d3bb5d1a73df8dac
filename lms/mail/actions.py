"""Leave a message, send what is due, send a failed one again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import transaction

from lms.audit import actions as audit
from lms.mail import kinds, messages, queries
from lms.mail.models import Message
from tenants import context, outbox, plans, schedule
from tenants.outbox import Letter, OutboxState
from tenants.outbox.rows import OPEN

if TYPE_CHECKING:
    from lms.people.models import User

log = structlog.get_logger(__name__)

# The day of the plan's limit slides: 24 hours back from now, whatever the clock on the wall shows.
DAY = timedelta(hours=24)

JOB = schedule.ScheduledJob(name="mail.outbox", action="lms.mail.actions.deliver_pending")


@dataclass(frozen=True, slots=True)
class Draft:
    """One of many messages of a kind."""

    user_id: int | None
    to_address: str
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def queue(
    *,
    kind: str,
    to: "User",
    key: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    send_after: datetime | None = None,
) -> bool:
    """Leave a message in the caller's transaction; False when `key` was queued before.

    It leaves at `send_after` (UTC) or as soon as the transaction has committed. Raises kinds.UnknownKind.
    """
    draft = Draft(to.pk, to.email, key, facts or {})
    return bool(queue_many(kind=kind, drafts=[draft], at=at, send_after=send_after))


def queue_many(
    *, kind: str, drafts: Iterable[Draft], at: datetime, send_after: datetime | None = None
) -> set[str]:
    """As `queue`, for many in a fixed number of statements; answers the keys that are new."""
    found = kinds.find(kind)
    rows = [_row(found, draft, at=at, send_after=send_after or at) for draft in drafts]
    return _leave(rows, at=send_after or at)


def queue_letter(
    *,
    kind: str,
    to_address: str,
    key: str,
    subject: str,
    text: str,
    at: datetime,
    html: str = "",
    user_id: int | None = None,
) -> bool:
    """As `queue`, with the words given now: for sign-in codes, also to addresses nobody here is known by."""
    draft = Draft(user_id, to_address, key)
    row = _row(kinds.find(kind), draft, at=at, send_after=at)
    row.subject, row.text, row.html = outbox.one_line(subject), text, html
    return bool(_leave([row], at=at))


def _row(kind: kinds.MessageKind, draft: Draft, *, at: datetime, send_after: datetime) -> Message:
    return Message(
        key=draft.key,
        kind=kind.key,
        category=kind.category,
        priority=kind.priority,
        is_copy_kept=kind.keeps_copy,
        user_id=draft.user_id,
        to_address=draft.to_address,
        from_name=context.require_tenant().name,
        facts=dict(draft.facts),
        created_at=at,
        next_try_at=send_after,
    )


def _leave(rows: list[Message], *, at: datetime) -> set[str]:
    """Write the rows whose keys are new, and see to it that somebody comes for them."""
    keys = {row.key for row in rows}
    with transaction.atomic():
        known = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
        Message.objects.bulk_create((row for row in rows if row.key not in known), ignore_conflicts=True)
        if keys - known:
            schedule.wake(JOB.name, at=at)
    return keys - known


def deliver_pending(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Send what is due at `at`; answers when to come back. Repeating it sends nothing twice."""
    tenant = context.require_tenant()
    sender = outbox.Sender(
        tenant=tenant.schema_name, address=settings.MAIL_FROM_ADDRESS, list_id=f"notices.{tenant.host}"
    )
    return outbox.deliver(Message, at=at, sender=sender, write=_write, allowance=_allowance(at))


def held_back_by(at: datetime) -> int | None:
    """The plan's limit of e-mails in 24 hours where it is reached, else None."""
    return plans.most(plans.Limit.EMAILS_A_DAY) if _allowance(at) == 0 else None


def _allowance(at: datetime) -> int | None:
    """How many more messages may leave now by the plan's limit for 24 hours; None is without limit.

    Sign-in and account do not count. What is held back waits in the outbox and leaves when the day before is over.
    """
    most = plans.most(plans.Limit.EMAILS_A_DAY)
    if most is None:
        return None
    left = most - queries.sent_within(DAY, at=at)
    if left <= 0:
        log.warning("mail.daily_limit", most=most)
    return max(left, 0)


def _write(message: Message) -> Letter | None:
    return messages.write(message)


def silence(*, at: datetime, reason: str) -> int:
    """Let nothing that waits leave any more, after a tenant came back from the past; answers how many there were."""
    waiting = Message.objects.filter(state__in=OPEN)
    with transaction.atomic():
        waiting.filter(is_copy_kept=False).update(text="", html="", facts={})
        return waiting.update(state=OutboxState.SUPPRESSED, lease_until=None, last_error=reason[:500])


def resend(*, message: Message, by: "User", at: datetime) -> bool:
    """Try a message again that could not be delivered; False when it is not such a one.

    Its words are written anew, to the person's present address.
    """
    address = message.user.email if message.user else message.to_address
    with transaction.atomic():
        failed = Message.objects.filter(pk=message.pk, state=OutboxState.FAILED, is_copy_kept=True)
        changed = failed.update(
            state=OutboxState.PENDING,
            to_address=address,
            attempts=0,
            first_try_at=None,
            next_try_at=at,
            resent_at=at,
        )
        if changed:
            schedule.wake(JOB.name)
            audit.record(
                action="mail.resent",
                by=by,
                at=at,
                object_label=message.subject,
                object_id=message.public_id,
                facts={"to": address},
            )
    return bool(changed)
