"""Reading the log."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lms.audit import rules
from lms.audit.models import Event
from tenants import clock


def events(
    *, who: str = "", action: str = "", about: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[Event]:
    """The events that fit all that is given, newest first. Days are the tenant's own, both ends included."""
    rows = Event.objects.order_by("-number")
    if who:
        rows = rows.filter(Q(actor_label__icontains=who) | Q(actor_id=who))
    if action:
        rows = rows.filter(action=action)
    if about:
        rows = rows.filter(Q(object_label__icontains=about) | Q(object_id=about))
    if since:
        rows = rows.filter(at__gte=_start_of(since))
    if until:
        rows = rows.filter(at__lt=_start_of(until + timedelta(days=1)))
    return rows


def _start_of(on: date) -> datetime:
    return datetime.combine(on, time.min, tzinfo=clock.zone())


def about(object_id: str, *, limit: int = 50) -> list[Event]:
    """The newest events of one person, course or other thing, by its public id."""
    return list(Event.objects.filter(object_id=object_id).order_by("-number")[:limit])


def about_any(object_ids: Collection[str], *, since: datetime, until: datetime) -> list[Event]:
    """The events about these things between two moments, both included, oldest first; one statement."""
    rows = Event.objects.filter(object_id__in=list(object_ids), at__gte=since, at__lte=until)
    return list(rows.order_by("number"))


def is_recorded(*, action: str, object_id: str) -> bool:
    """Whether this deed to this thing stands in the log."""
    return Event.objects.filter(action=action, object_id=object_id).exists()


def actions_seen() -> list[str]:
    """The names of the deeds that occur in the log."""
    return list(Event.objects.order_by("action").values_list("action", flat=True).distinct())


def faults() -> list[str]:
    """What is wrong with the log as a whole, in sentences; for a tenant that comes back from an archive."""
    report = verify_chain()
    if report.is_complete:
        return []
    sentence = _("The audit log is broken at entry %(number)s (%(fault)s).")
    return [sentence % {"number": report.broken_at, "fault": report.fault}]


def verify_chain() -> rules.ChainReport:
    """Check every event against its hash and its neighbour."""
    return rules.check(Event.objects.order_by("number").iterator(chunk_size=1000))
