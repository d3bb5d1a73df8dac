"""The way of a message: claim, write, send, mark.

1. *Claim*: a batch becomes ours with a lease; other senders skip locked rows and rows with a live lease.
2. *Write*: in one transaction, make sure that the row is still ours, ask whether the message is still
   wanted, and store its words and its Message-ID.
3. *Send*: one SMTP conversation per message, one connection per turn, no transaction open.
4. *Mark*: settle that one row before the next is begun.

A process that dies between any two steps leaves a lease that runs out, and the row is taken up again. A
duplicate can only arise when it dies after the server accepted in step 3 and before step 4 committed; both
copies then carry the same Message-ID. Leases are told by the real clock, since they are about live processes;
what is due is told by `at`, so that a simulated day works.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from tenants import clock
from tenants.outbox import envelope, refusals
from tenants.outbox.gateway import Postman
from tenants.outbox.refusals import Refusal, Verdict
from tenants.outbox.rows import OPEN, Letter, OutboxRow, OutboxState

log = structlog.get_logger(__name__)

BATCH = 25
# Longer than the slowest conversation with a mail server (settings.EMAIL_TIMEOUT for each of its steps).
LEASE = timedelta(seconds=120)
# After this the turn ends and asks to be called again, so that no worker is held for hours.
TURN = timedelta(seconds=30)
# How long the mail server is left alone after it could not take anything.
SERVER_PAUSE = timedelta(minutes=1)

# How long messages wait that an allowance holds back, before it is looked at again.
ALLOWANCE_PAUSE = timedelta(minutes=5)
# The priority of messages that are never held back: sign-in and account.
URGENT = 0

R = TypeVar("R", bound=OutboxRow)
Writer = Callable[[R], Letter | None]


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf: `tenant` makes the Message-ID its own, `list_id` is a host name for List-Id."""

    tenant: str
    address: str
    list_id: str

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return self.address.rpartition("@")[2]


def deliver(
    rows: type[R], *, at: datetime, sender: Sender, write: Writer[R], allowance: int | None = None
) -> datetime | None:
    """Send what is due at `at` (UTC), and say when there is something to do again; None: nothing is open.

    `write` gets each row inside a transaction and answers with its words, or None when it is no longer
    wanted. Never raises for one message's sake. Returns `at` itself when the turn ended before the work did.
    Beyond the `allowance` only the most urgent messages (priority 0) leave; the others wait for a later turn.
    """
    ends_at = clock.now() + TURN
    left = allowance
    with Postman() as postman:
        while batch := claim(rows, at=at, limit=_limit(left), urgent_only=left is not None and left <= 0):
            if left is not None:
                left -= sum(row.priority > URGENT for row in batch)
            for position, row in enumerate(batch):
                refusal = _deliver_one(row, at=at, sender=sender, write=write, postman=postman)
                if refusal and refusal.verdict is Verdict.SERVER_DOWN:
                    _hand_back(batch[position + 1 :])
                    return at + SERVER_PAUSE
            if clock.now() >= ends_at:
                return at
    soonest = next_wake(rows, at=at)
    # What is due and was not sent is held back.
    return at + ALLOWANCE_PAUSE if soonest == at and left is not None and left <= 0 else soonest


def _limit(left: int | None) -> int:
    return BATCH if left is None or left <= 0 else min(BATCH, left)


def claim(rows: type[R], *, at: datetime, limit: int = BATCH, urgent_only: bool = False) -> list[R]:
    """Up to `limit` due rows, now ours until their lease ends. Commits.

    A row whose sender died travels alone, so that a message that kills its sender delays only itself.
    """
    now = clock.now()
    waiting = Q(state=OutboxState.PENDING, next_try_at__lte=at)
    if urgent_only:
        waiting &= Q(priority=URGENT)
    orphaned = Q(state=OutboxState.CLAIMED, lease_until__lte=now)
    with transaction.atomic():
        batch = _locked(rows, waiting, limit) or _locked(rows, orphaned, 1)
        for row in batch:
            row.state = OutboxState.CLAIMED
            row.lease_until = now + LEASE
            row.attempts += 1
            row.first_try_at = row.first_try_at or at
        rows.objects.bulk_update(batch, ["state", "lease_until", "attempts", "first_try_at"])
    return batch


def _locked(rows: type[R], which: Q, limit: int) -> list[R]:
    due = rows.objects.filter(which).order_by("priority", "next_try_at", "pk")
    return list(due.select_for_update(skip_locked=True, of=("self",))[:limit])


def next_wake(rows: type[R], *, at: datetime) -> datetime | None:
    """When the next message is due or the next lease ends, never before `at`. None: nothing is open."""
    open_rows = rows.objects.filter(state__in=OPEN)
    soonest: datetime | None = open_rows.aggregate(soonest=Min(Coalesce("lease_until", "next_try_at")))[
        "soonest"
    ]
    return max(soonest, at) if soonest else None


def _deliver_one(
    row: R, *, at: datetime, sender: Sender, write: Writer[R], postman: Postman
) -> Refusal | None:
    try:
        letter = _written(row, sender=sender, write=write)
    except Exception as error:
        # A mistake in a template or in a rule may be repaired within the two days that the row is retried.
        log.exception("mail.unwritable", key=row.key)
        return _refuse(row, Refusal(Verdict.AGAIN, f"{type(error).__name__}: {error}"), at=at)
    if letter is None:
        return None
    try:
        postman.send(_message(row, letter, sender=sender, at=at))
    except Exception as error:
        refusal = refusals.judge(error)
        log.warning("mail.refused", key=row.key, verdict=refusal.verdict.value, reason=refusal.reason)
        return _refuse(row, refusal, at=at)
    _settle(row, OutboxState.SENT, sent_at=at, last_error="")
    return None


def _written(row: R, *, sender: Sender, write: Writer[R]) -> Letter | None:
    """The words of the row, stored with a fresh lease; None when it is no longer ours or no longer wanted."""
    with transaction.atomic():
        if not list(_ours(row).select_for_update().values_list("pk")):
            return None
        letter = write(row)
        if letter is None:
            _settle(row, OutboxState.SUPPRESSED)
            return None
        message_id = envelope.message_id(tenant=sender.tenant, key=row.key, domain=sender.domain)
        lease_until = clock.now() + LEASE
        _ours(row).update(
            subject=envelope.one_line(letter.subject),
            text=letter.text,
            html=letter.html,
            message_id=message_id,
            lease_until=lease_until,
        )
        row.message_id, row.lease_until = message_id, lease_until
    return letter


def _message(row: R, letter: Letter, *, sender: Sender, at: datetime) -> Any:
    return envelope.compose(
        to_address=row.to_address,
        from_name=row.from_name,
        from_address=sender.address,
        letter=letter,
        headers={"Message-ID": row.message_id, "List-Id": f"<{sender.list_id}>"},
        at=at,
    )


def _ours(row: R) -> QuerySet[R]:
    held = {"pk": row.pk, "state": OutboxState.CLAIMED, "lease_until": row.lease_until}
    return type(row).objects.filter(**held)


def _settle(row: R, state: OutboxState, **fields: Any) -> None:
    """Close the row, unless someone else took it over meanwhile."""
    if not _ours(row).update(state=state, lease_until=None, **fields, **row.emptied()):
        log.warning("mail.lease_lost", key=row.key, state=state.value)


def _refuse(row: R, refusal: Refusal, *, at: datetime) -> Refusal:
    """Write the refusal down: try again later, or settle as not delivered."""
    reason = refusal.reason[: refusals.REASON_MAX].replace("\x00", "")
    again_at = None
    if refusal.verdict is not Verdict.NEVER:
        again_at = refusals.next_try(attempts=row.attempts, first_try_at=row.first_try_at or at, at=at)
    if again_at is None:
        _settle(row, OutboxState.FAILED, last_error=reason)
    else:
        _ours(row).update(
            state=OutboxState.PENDING, lease_until=None, next_try_at=again_at, last_error=reason
        )
    return refusal


def _hand_back(batch: list[R]) -> None:
    """Let go of what was claimed and not tried."""
    for row in batch:
        _ours(row).update(state=OutboxState.PENDING, lease_until=None, attempts=F("attempts") - 1)
