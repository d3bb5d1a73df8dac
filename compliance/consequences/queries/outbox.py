"""What waits for a system, and which calls tell how things stand now."""

from django.db.models import Exists, OuterRef, QuerySet

from compliance.consequences.enums import DeliveryState
from compliance.consequences.models import Delivery


def waiting_at(receiver_id: int) -> QuerySet[Delivery]:
    """The calls that the system is still to be told."""
    return Delivery.objects.filter(receiver_id=receiver_id, state=DeliveryState.WAITING)


def untold_at(receiver_id: int) -> QuerySet[Delivery]:
    """Of each person, the last call to the system, where it was given up or dropped: what the system should know."""
    later = Delivery.objects.filter(
        receiver_id=OuterRef("receiver_id"), user_id=OuterRef("user_id"), pk__gt=OuterRef("pk")
    )
    lost = [DeliveryState.FAILED, DeliveryState.DROPPED]
    about_people = Delivery.objects.filter(receiver_id=receiver_id, state__in=lost, user__isnull=False)
    rows: QuerySet[Delivery] = about_people.filter(~Exists(later))
    return rows
