"""Lists for the pages: systems, consequences, freezes, and the log of withdrawals and calls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.consequences import rules
from compliance.consequences.enums import DeliveryKind, DeliveryState, ReceiverState
from compliance.consequences.models import Consequence, Delivery, Freeze, Receiver, Withdrawal


def receivers() -> QuerySet[Any]:
    """All systems but those that are ended, with `waiting`, `failed`, `last_sent_at`; the ones that are on first."""
    calls = {
        "waiting": Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING)),
        "failed": Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED)),
        "last_sent_at": Max("deliveries__settled_at", filter=Q(deliveries__state=DeliveryState.SENT)),
    }
    told: QuerySet[Any] = Receiver.objects.exclude(state=ReceiverState.ENDED)
    rows: QuerySet[Any] = told.annotate(**calls).order_by("state", "name", "pk")
    return rows


def receiver_names() -> list[tuple[str, str]]:
    """(public id, name) of every system there ever was, by name; of an ended one the name says so. One statement."""
    rows = Receiver.objects.order_by("name", "pk").values_list("public_id", "name", "state")
    ended = _("%(name)s (ended)")
    return [
        (str(key), ended % {"name": name} if state == ReceiverState.ENDED else name)
        for key, name, state in rows
    ]


def receiver(public_id: UUID) -> Receiver | None:
    """One system that is not ended."""
    found: Receiver | None = (
        Receiver.objects.exclude(state=ReceiverState.ENDED).filter(public_id=public_id).first()
    )
    return found


def consequences_of(requirement_id: int) -> QuerySet[Any]:
    """Those in force of a requirement, with `without_access`: how many people lack access because of it now."""
    rows: QuerySet[Any] = Consequence.objects.filter(requirement_id=requirement_id, ended_at__isnull=True)
    lacking = Count("withdrawals", filter=Q(withdrawals__restored_at__isnull=True))
    joined: QuerySet[Any] = rows.annotate(without_access=lacking).select_related("receiver")
    return joined.order_by("receiver__name", "pk")


def consequences_at(receiver_id: int) -> QuerySet[Consequence]:
    """Those in force at a system."""
    rows = Consequence.objects.filter(receiver_id=receiver_id, ended_at__isnull=True)
    return rows.select_related("requirement").order_by("requirement__title", "pk")


def free_receivers(requirement_id: int) -> list[Receiver]:
    """The systems that are on and have no consequence of this requirement."""
    taken = Consequence.objects.filter(requirement_id=requirement_id, ended_at__isnull=True)
    rows = Receiver.objects.filter(state=ReceiverState.ON).exclude(pk__in=taken.values("receiver_id"))
    return list(rows.order_by("name", "pk"))


def sentence(system: str, terms: rules.Terms) -> str:
    """When access to a system is lost, in words."""
    facts = {"system": system, "count": terms.days}
    said = (
        ngettext(
            "Access to %(system)s ends %(count)d day after the due date",
            "Access to %(system)s ends %(count)d days after the due date",
            terms.days,
        )
        % facts
    )
    if terms.is_at_once_when_expired:
        return _("%(said)s; at once for whoever had done it before and let it run out.") % {"said": said}
    return f"{said}."


def sentence_of(found: Consequence) -> str:
    """As `sentence`, of one that is in force; its system is there already."""
    return sentence(found.receiver.name, rules.Terms(found.days, found.is_at_once_when_expired))


def consequence(public_id: UUID) -> Consequence | None:
    """One that is in force."""
    found = Consequence.objects.filter(public_id=public_id, ended_at__isnull=True)
    return found.select_related("receiver", "requirement").first()


def open_withdrawals(consequence_id: int) -> int:
    """How many people lack access because of it now."""
    return Withdrawal.objects.filter(consequence_id=consequence_id, restored_at__isnull=True).count()


def freezes(today: date) -> QuerySet[Freeze]:
    """Those that are not over, soonest first."""
    return Freeze.objects.filter(ends_on__gte=today).order_by("starts_on", "pk")


def freeze(public_id: UUID) -> Freeze | None:
    """One of them."""
    return Freeze.objects.filter(public_id=public_id).first()


def delivery(public_id: UUID) -> Delivery | None:
    """One call."""
    return Delivery.objects.filter(public_id=public_id).select_related("receiver", "user").first()


def deliveries(receiver_id: int) -> QuerySet[Delivery]:
    """The calls to one system, those that failed first, then the newest."""
    rows = Delivery.objects.filter(receiver_id=receiver_id).select_related("user")
    has_failed = Q(state=DeliveryState.FAILED)
    sorted_rows: QuerySet[Delivery] = rows.annotate(has_failed=has_failed).order_by("-has_failed", "-pk")
    return sorted_rows


def newer_exists(found: Delivery) -> bool:
    """Whether a later call about the same person to the same system was made or waits: this one is out of date."""
    later = Delivery.objects.filter(receiver=found.receiver, user=found.user, pk__gt=found.pk)
    return later.exclude(kind=DeliveryKind.TEST).exists()


def log(
    *, system: str | None = None, requirement: str | None = None, state: str | None = None, search: str = ""
) -> QuerySet[Withdrawal]:
    """Every withdrawal of access, newest first; `state` is open, restored, or failed (a call that did not arrive)."""
    rows = Withdrawal.objects.select_related(
        "user", "consequence__requirement", "consequence__receiver", "lost_by", "regained_by"
    )
    if system:
        rows = rows.filter(consequence__receiver__public_id=system)
    if requirement:
        rows = rows.filter(consequence__requirement__public_id=requirement)
    if state == "failed":
        failed = DeliveryState.FAILED
        rows = rows.filter(Q(lost_by__state=failed) | Q(regained_by__state=failed))
    elif state:
        rows = rows.filter(restored_at__isnull=state == "open")
    for word in search.split()[:6]:
        mentions = Q()
        for name in ("given_name", "family_name", "preferred_name", "email", "external_id"):
            mentions |= Q(**{f"user__{name}__icontains": word})
        rows = rows.filter(mentions)
    return rows.order_by("-withdrawn_at", "-pk")
