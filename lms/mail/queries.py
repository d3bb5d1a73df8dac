"""Reading what was sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from lms.mail.enums import Category
from lms.mail.models import Message
from tenants.outbox import OutboxState
from tenants.outbox.rows import OPEN


def log(
    *, search: str = "", state: str = "", category: str = "", user_id: int | None = None
) -> QuerySet[Message]:
    """The messages that fit all that is given, newest first, with their people."""
    rows = Message.objects.select_related("user").order_by("-created_at", "-pk")
    if search:
        rows = rows.filter(
            Q(to_address__icontains=search)
            | Q(subject__icontains=search)
            | Q(user__given_name__icontains=search)
            | Q(user__family_name__icontains=search)
        )
    if state:
        rows = rows.filter(state=state)
    if category:
        rows = rows.filter(category=category)
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    return rows


def counts() -> dict[str, int]:
    """How many messages are in each state; every state is there."""
    found = dict(Message.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return {state.value: found.get(state.value, 0) for state in OutboxState}


def sent_within(span: timedelta, *, at: datetime) -> int:
    """How many messages left in the time before `at`, those of sign-in and account not counted."""
    # Whatever leaves was written at most a few days before: the index needs a bound of its own.
    recent = Message.objects.filter(state=OutboxState.SENT, created_at__gt=at - span - timedelta(days=30))
    return recent.filter(sent_at__gt=at - span).exclude(category=Category.ACCOUNT).count()


def failed_count() -> int:
    """How many messages could not be delivered."""
    return Message.objects.filter(state=OutboxState.FAILED).count()


def find(public_id: UUID) -> Message | None:
    """One message with its person, or None."""
    return Message.objects.select_related("user").filter(public_id=public_id).first()


def history(user_id: int, *, limit: int | None = 50) -> list[Message]:
    """The newest messages to one person."""
    return list(log(user_id=user_id)[:limit])


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a message has come; `settled_at` is when it was sent, None before."""

    state: str
    settled_at: datetime | None


def states(keys: Collection[str]) -> dict[str, Delivery]:
    """How far the messages of these keys have come; unknown keys are left out."""
    rows = Message.objects.filter(key__in=keys).values_list("key", "state", "sent_at")
    return {key: Delivery(state, sent_at) for key, state, sent_at in rows}


def measure(*, at: datetime) -> dict[str, object]:
    """What the operator of the service sees of the mail of the last seven days: numbers, no word and no address."""
    ended = Message.objects.filter(created_at__gt=at - timedelta(days=7))
    counted = ended.aggregate(
        sent=Count("pk", filter=Q(state__in=[OutboxState.SENT, OutboxState.FAILED])),
        refused=Count("pk", filter=Q(state=OutboxState.FAILED)),
    )
    waiting = Message.objects.filter(state__in=OPEN, next_try_at__lte=at).aggregate(first=Min("next_try_at"))
    return {
        "mail_sent": counted["sent"],
        "mail_refused": counted["refused"],
        "mail_waiting_since": waiting["first"],
    }
