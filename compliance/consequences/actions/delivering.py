"""The way of a call: claim with a lease, send without a transaction, mark. At least once, in order for each person."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from compliance.consequences import gateway, queries, rules
from compliance.consequences.actions import calls
from compliance.consequences.enums import DeliveryState, ReceiverState
from compliance.consequences.gateway import Answer
from compliance.consequences.kinds import DELIVER
from compliance.consequences.models import Delivery, Receiver
from lms.audit import actions as audit
from tenants import clock, schedule

if TYPE_CHECKING:
    from lms.people.models import User

BATCH = 20
# Longer than a batch can take, each call being cut off after gateway.DEADLINE_SECONDS.
LEASE = timedelta(minutes=5)
# After this the turn ends and asks to be called again, so that no worker is held for long.
TURN = timedelta(seconds=20)
# How long a system that did not answer is left alone.
PAUSE = timedelta(minutes=1)


def deliver_pending(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Send what is due at `at`; answers when to come back, None when nothing waits that could be sent."""
    ends_at, down = clock.now() + TURN, set[int]()
    while batch := _claim(at, down):
        for position, each in enumerate(batch):
            if clock.now() >= ends_at:
                _hand_back(batch[position:])
                return at
            if each.receiver_id in down:
                _hand_back([each])
            elif not _is_on(each.receiver):
                _hand_back([each])
                down.add(each.receiver_id)
            elif (answer := _send(each, at)).is_down or answer.is_gone:
                down.add(each.receiver_id)
    return _next_wake(at)


def _in_order() -> QuerySet[Delivery]:
    """What waits at systems that are on, without those that wait for an earlier call about the same person."""
    earlier = Delivery.objects.filter(
        receiver_id=OuterRef("receiver_id"),
        user_id=OuterRef("user_id"),
        pk__lt=OuterRef("pk"),
        state=DeliveryState.WAITING,
    )
    return Delivery.objects.filter(
        ~Exists(earlier), state=DeliveryState.WAITING, receiver__state=ReceiverState.ON
    )


def _claim(at: datetime, down: Iterable[int]) -> list[Delivery]:
    """Up to BATCH due calls, now ours until their lease ends; one a person and system at most. Commits."""
    now = clock.now()
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    due = _in_order().filter(is_free, next_try_at__lte=at).exclude(receiver_id__in=set(down))
    with transaction.atomic():
        locked = due.select_related("receiver").order_by("next_try_at", "pk")
        batch = list(locked.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        for each in batch:
            each.lease_until = now + LEASE
            each.attempts += 1
        Delivery.objects.bulk_update(batch, ["lease_until", "attempts"])
    return batch


def _is_on(receiver: Receiver) -> bool:
    """Whether it is still to be told, and where and with which secrets: somebody may have paused it since the claim."""
    receiver.refresh_from_db()
    return receiver.state == ReceiverState.ON


def _send(each: Delivery, at: datetime) -> Answer:
    # Signed for the real moment: a receiver compares it with its own clock.
    now = clock.now()
    answer = gateway.call(
        each.receiver.url,
        message_id=str(each.public_id),
        body=each.body.encode(),
        secrets=gateway.secrets_in_force(each.receiver, now),
        at=now,
    )
    with transaction.atomic():
        if not _settle(each, answer, at):
            return answer  # our lease had run out, and somebody else has it
        if answer.is_gone:
            note = _("It answered that it wants no more calls (410).")
            Receiver.objects.filter(pk=each.receiver_id, state=ReceiverState.ON).update(
                state=ReceiverState.PAUSED, note=note
            )
    return answer


def _settle(each: Delivery, answer: Answer, at: datetime) -> bool:
    said = {"last_status": answer.status, "last_answer": answer.text, "lease_until": None}
    ours = Delivery.objects.filter(pk=each.pk, state=DeliveryState.WAITING, lease_until=each.lease_until)
    # Whoever wants no more calls gets this one when they are turned on again.
    again_at = at if answer.is_gone else rules.next_try(attempts=each.attempts, at=at)
    if answer.is_taken:
        return bool(ours.update(state=DeliveryState.SENT, settled_at=at, **said))
    if again_at is None:
        return bool(ours.update(state=DeliveryState.FAILED, settled_at=at, **said))
    return bool(ours.update(next_try_at=again_at, **said))


def _hand_back(batch: Iterable[Delivery]) -> None:
    """Let go of what was claimed and not tried."""
    for each in batch:
        Delivery.objects.filter(pk=each.pk, lease_until=each.lease_until).update(
            lease_until=None, attempts=F("attempts") - 1
        )


def _next_wake(at: datetime) -> datetime | None:
    soonest: datetime | None = _in_order().aggregate(soonest=Min("next_try_at"))["soonest"]
    if soonest is not None and soonest <= at:
        return at + PAUSE  # the system did not answer, or somebody else has it
    return soonest


@transaction.atomic
def send_again(found: Delivery, *, by: "User", at: datetime) -> None:
    """Try a call again that failed or was dropped. Raises rules.Refused when it was not, or when it would be wrong.

    It would be when a newer one about the person exists, or the system is told nothing any more.
    """
    # No newer call is made while this is held.
    receiver = Receiver.objects.select_for_update().get(pk=found.receiver_id)
    if receiver.state == ReceiverState.ENDED:
        raise rules.Refused(_("This system was ended and is told nothing any more. Nothing was changed."))
    if queries.newer_exists(found):
        raise rules.Refused(
            _(
                "A newer call about this person was made. Sending this one now would tell what is no longer true."
            )
        )
    lost = [DeliveryState.FAILED, DeliveryState.DROPPED]
    failed = Delivery.objects.filter(pk=found.pk, state__in=lost)
    if not failed.update(state=DeliveryState.WAITING, settled_at=None, attempts=0, next_try_at=at):
        raise rules.Refused(_("This call did not fail, or is being tried again. Nothing was changed."))
    schedule.wake(DELIVER, at=at)
    audit.record(
        action="consequences.sent_again",
        by=by,
        at=at,
        object_label=found.receiver.name,
        object_id=found.public_id,
        facts={},
    )


def send_test(receiver: Receiver, *, at: datetime) -> Answer:
    """Call a system once about nobody, now, whether it is paused or not; the call is kept in its list."""
    call = calls.test(receiver, at=at)
    call.attempts = 1
    now = clock.now()
    answer = gateway.call(
        receiver.url,
        message_id=str(call.public_id),
        body=call.body.encode(),
        secrets=gateway.secrets_in_force(receiver, now),
        at=now,
    )
    call.state = DeliveryState.SENT if answer.is_taken else DeliveryState.FAILED
    call.settled_at, call.last_status, call.last_answer = at, answer.status, answer.text
    call.save()
    return answer


def hold_all(*, at: datetime, reason: str) -> int:
    """After a tenant came back from the past no system is told before somebody has looked; answers how many calls.

    What waited is dropped: it may have been told already.
    """
    with transaction.atomic():
        Receiver.objects.filter(state=ReceiverState.ON).update(
            state=ReceiverState.PAUSED, note=reason[:300], changed_at=at
        )
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        return waiting.update(
            state=DeliveryState.DROPPED, settled_at=at, lease_until=None, last_answer=reason[:300]
        )
