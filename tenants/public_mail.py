"""Mail of the public host: sign-up codes. To be called in the public schema."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from tenants import outbox, schedule
from tenants.models import PublicMessage
from tenants.outbox import Letter

JOB = schedule.ScheduledJob(name="public.mail", action="tenants.public_mail.deliver_pending", is_public=True)


def queue(*, to: str, key: str, subject: str, text: str, at: datetime, html: str = "") -> bool:
    """Leave a message in the outbox, in the caller's transaction; False when `key` was queued before."""
    row = PublicMessage(
        key=key,
        to_address=to,
        from_name="Duly",
        subject=subject,
        text=text,
        html=html,
        priority=0,
        created_at=at,
        next_try_at=at,
    )
    # Nearly always the key is new: the row is written without a look before.
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not PublicMessage.objects.filter(key=key).exists():
            raise
        return False
    schedule.wake_public(JOB.name)
    return True


def send(letter: Letter, *, to: str, key: str, at: datetime) -> bool:
    """As `queue`, for a letter that is written."""
    return queue(to=to, key=key, subject=letter.subject, text=letter.text, html=letter.html, at=at)


def deliver_pending(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Send what is due at `at`; answers when to come back."""
    sender = outbox.Sender(
        tenant="public",
        address=settings.MAIL_FROM_ADDRESS,
        list_id=f"accounts.{urlsplit(settings.PUBLIC_ORIGIN).hostname}",
    )
    return outbox.deliver(PublicMessage, at=at, sender=sender, write=_as_queued)


def _as_queued(row: PublicMessage) -> Letter:
    return Letter(subject=row.subject, text=row.text, html=row.html)
