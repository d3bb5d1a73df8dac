"""Systems that are told: added, changed, paused, ended, and their secrets."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.consequences import gateway, queries, rules
from compliance.consequences.enums import Cause, DeliveryState, ReceiverState
from compliance.consequences.kinds import DELIVER, RESTORE
from compliance.consequences.models import Consequence, Receiver, Withdrawal
from lms.audit import actions as audit
from tenants import clock, schedule

if TYPE_CHECKING:
    from lms.people.models import User


@transaction.atomic
def add_receiver(*, name: str, url: str, by: "User", at: datetime) -> tuple[Receiver, str]:
    """A new system and its signing secret, which is shown this once. Raises rules.Refused when there are too many."""
    if Receiver.objects.exclude(state=ReceiverState.ENDED).count() >= rules.MOST_RECEIVERS:
        raise rules.Refused(
            _("There are %(most)s systems already. End one that is no longer told.")
            % {"most": rules.MOST_RECEIVERS}
        )
    receiver = Receiver.objects.create(name=name, url=url, created_by=by, created_at=at, changed_at=at)
    _record("consequences.receiver_added", receiver, by, at, url=gateway.loggable(url))
    return receiver, gateway.secret_of(receiver, rotation=1)


@transaction.atomic
def change_receiver(receiver: Receiver, *, name: str, url: str, by: "User", at: datetime) -> None:
    """Another name or address. Raises rules.Refused when it was ended meanwhile."""
    _change(receiver, by, at, name=name, url=url)
    told = {"url": gateway.loggable(url), "before": gateway.loggable(receiver.url)}
    _record("consequences.receiver_changed", receiver, by, at, **told)


@transaction.atomic
def rotate_secret(receiver: Receiver, *, is_at_once: bool, by: "User", at: datetime) -> str:
    """A new secret; the old one is signed with as well for rules.OVERLAP, unless it ends `is_at_once`.

    Raises rules.Refused when the system was ended, or somebody else made a new secret meanwhile.
    """
    overlap_until = None if is_at_once else at + rules.OVERLAP
    held = Receiver.objects.filter(rotation=receiver.rotation)
    _change(receiver, by, at, held=held, rotation=receiver.rotation + 1, overlap_until=overlap_until)
    _record("consequences.secret_rotated", receiver, by, at, at_once=is_at_once)
    return gateway.secret_of(receiver, rotation=receiver.rotation + 1)


@transaction.atomic
def pause_receiver(receiver: Receiver, *, by: "User", at: datetime) -> None:
    """Nobody loses access there, and what is to be told waits. Raises rules.Refused when it is not on."""
    held = Receiver.objects.filter(state=ReceiverState.ON)
    _change(receiver, by, at, held=held, state=ReceiverState.PAUSED, note="")
    _record("consequences.receiver_paused", receiver, by, at)


@transaction.atomic
def resume_receiver(receiver: Receiver, *, by: "User", at: datetime) -> None:
    """It is told again, beginning with what waits. Raises rules.Refused when it is not paused.

    What it was last to be told about a person, and was not (given up, or dropped with a backup), is told now too.
    """
    held = Receiver.objects.filter(state=ReceiverState.PAUSED)
    _change(receiver, by, at, held=held, state=ReceiverState.ON, note="")
    queries.waiting_at(receiver.pk).update(next_try_at=at, attempts=0)
    queries.untold_at(receiver.pk).update(
        state=DeliveryState.WAITING, settled_at=None, next_try_at=at, attempts=0
    )
    schedule.wake(RESTORE, at=at)
    schedule.wake(DELIVER, at=at)
    _record("consequences.receiver_resumed", receiver, by, at)


@transaction.atomic
def end_receiver(receiver: Receiver, *, drops: int = 0, by: "User", at: datetime) -> None:
    """It is told nothing any more. Raises rules.Refused while something depends on it, or more than `drops` calls wait.

    Calls that wait are dropped. Whoever left while access was withdrawn is not told of any more either.
    """
    # Those of a turn first, in its order: then nobody can lose or regain access there meanwhile.
    list(Consequence.objects.select_for_update().filter(receiver=receiver).order_by("pk"))
    Receiver.objects.select_for_update().get(pk=receiver.pk)
    if Consequence.objects.filter(receiver=receiver, ended_at__isnull=True).exists():
        raise rules.Refused(
            _("Requirements still withdraw access to this system. End those consequences first.")
        )
    lacking = Withdrawal.objects.filter(consequence__receiver=receiver, restored_at__isnull=True)
    gone = queries.gone_of({*lacking.values_list("user_id", flat=True)}, clock.today(at))
    if lacking.exclude(user_id__in=gone).exists():
        raise rules.Refused(
            _("People still lack access to this system. They regain it within a minute; end it after that.")
        )
    waiting = queries.waiting_at(receiver.pk)
    if (count := waiting.count()) > drops:
        raise rules.Refused(
            ngettext(
                "%(count)d call to this system still waits. Nothing was changed; say first that it may be dropped.",
                "%(count)d calls to this system still wait. Nothing was changed; say first that they may be dropped.",
                count,
            )
            % {"count": count}
        )
    waiting.update(state=DeliveryState.DROPPED, settled_at=at, lease_until=None)
    lacking.update(restored_at=at, cause=Cause.ENDED)
    _change(receiver, by, at, state=ReceiverState.ENDED, note="")
    _record("consequences.receiver_ended", receiver, by, at, dropped=count)


def _change(receiver: Receiver, by: "User", at: datetime, held: Any = None, **fields: Any) -> None:
    rows = (held if held is not None else Receiver.objects).exclude(state=ReceiverState.ENDED)
    if not rows.filter(pk=receiver.pk).update(changed_by=by, changed_at=at, **fields):
        raise rules.Refused(
            _("Somebody else changed this system meanwhile. Nothing was changed; look at it again.")
        )


def _record(action: str, receiver: Receiver, by: "User", at: datetime, **facts: Any) -> None:
    audit.record(
        action=action, by=by, at=at, object_label=receiver.name, object_id=receiver.public_id, facts=facts
    )
