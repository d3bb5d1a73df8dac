"""Wake-ups, wherever they lie: each database of the cluster list holds those of the tenants that live there.

What is in a database that cannot be read is unknown. It is never taken for nothing.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from tenants import cells, context
from tenants.clockwork import MAX_ATTEMPTS
from tenants.models import Tenant, WakeUp

log = structlog.get_logger(__name__)

# The job that sends a tenant's mail (lms.mail): its oldest wake-up that is due is the age of the outbox.
MAIL_JOB = "mail.outbox"
_ANY_MAIL = (MAIL_JOB, "tenants.mail")
_STUCK = Q(attempts__gte=MAX_ATTEMPTS)
_MOST = 200
# So long a page does not ask again a database that did not answer: each asking may wait for the connection's time-out.
_AWAY_SECONDS = 5.0
_away: dict[str, float] = {}

UNREACHABLE = _("The database “%(cell)s” cannot be reached at the moment. Nothing was changed; try again.")

Answer = TypeVar("Answer")


class Unreachable(Exception):
    """The database of this cell cannot be read at the moment. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one tenant's wake-ups stand: since when mail waits that could leave, and how many keep failing."""

    mail_since: dt.datetime | None = None
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """The same over all tenants that could be read; `due_since` is of work nobody is at. `unknown` names the others'
    databases."""

    mail_since: dt.datetime | None
    due_since: dt.datetime | None
    stuck: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    """One wake-up that fails; without a tenant it is work of all."""

    cell: str
    pk: int
    tenant: Tenant | None
    job: str
    due_at: dt.datetime
    attempts: int
    last_error: str


def cells_in_use() -> list[str]:
    """Every cell that is listed or that a tenant lives in, home first: this process may not be told of all."""
    lived_in = Tenant.objects.exclude(cell=context.HOME).values_list("cell", flat=True).distinct()
    return [context.HOME, *sorted({*cells.names(), *lived_in} - {context.HOME})]


def totals(*, at: dt.datetime) -> Totals:
    """The wake-ups of all tenants in figures."""
    found, unknown = [], []
    for cell in cells_in_use():
        try:
            found.append(_read(cell, partial(_figures, at)))
        except Unreachable:
            unknown.append(cell)
    return Totals(
        mail_since=min((mail for mail, _due, _stuck in found if mail), default=None),
        due_since=min((due for _mail, due, _stuck in found if due), default=None),
        stuck=sum(stuck for _mail, _due, stuck in found),
        unknown=tuple(unknown),
    )


def _figures(at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None, int]:
    due = WakeUp.objects.filter(due_at__lte=at)
    return (
        due.filter(job__in=_ANY_MAIL).aggregate(first=Min("due_at"))["first"],
        due.filter(lease_until=None).aggregate(first=Min("due_at"))["first"],
        WakeUp.objects.filter(_STUCK).count(),
    )


def standings(rows: Iterable[Tenant], *, at: dt.datetime) -> dict[int, Standing | None]:
    """How the wake-ups of these tenants stand, by id; None: unknown. One query a database."""
    by_cell: dict[str, list[int]] = {}
    for row in rows:
        by_cell.setdefault(row.cell, []).append(row.pk)
    found: dict[int, Standing | None] = {}
    for cell, ids in by_cell.items():
        try:
            answered = _read(cell, partial(_standings, ids, at))
        except Unreachable:
            found |= dict.fromkeys(ids)
        else:
            found |= {pk: answered.get(pk, Standing()) for pk in ids}
    return found


def _standings(ids: list[int], at: dt.datetime) -> dict[int, Standing]:
    rows = (
        WakeUp.objects.filter(tenant__in=ids)
        .values("tenant")
        .annotate(
            mail=Min("due_at", filter=Q(job=MAIL_JOB, due_at__lte=at)),
            stuck=Count("pk", filter=_STUCK),
        )
    )
    return {row["tenant"]: Standing(row["mail"], row["stuck"]) for row in rows}


def whose_work_is_stuck() -> Q:
    """Tenants with work that keeps failing, and those of whom that is unknown."""
    return _tenants_with(_STUCK)


def whose_mail_waits(*, since: dt.datetime) -> Q:
    """Tenants whose mail could have left before `since`, and those of whom that is unknown."""
    return _tenants_with(Q(job=MAIL_JOB, due_at__lt=since))


def _tenants_with(trouble: Q) -> Q:
    rows = WakeUp.objects.filter(trouble, tenant__isnull=False).values_list("tenant_id", flat=True)
    found = Q(cell=context.HOME, pk__in=rows.order_by())
    for cell in cells_in_use()[1:]:
        try:
            found |= Q(pk__in=_read(cell, partial(set, rows.all())))
        except Unreachable:
            found |= Q(cell=cell)
    return found


def stuck() -> tuple[list[Wake], tuple[str, ...]]:
    """Work that keeps failing, oldest first, and the cells of which nothing is known."""
    found: list[Wake] = []
    unknown: list[str] = []
    for cell in cells_in_use():
        try:
            found += _wakes(cell, _STUCK)
        except Unreachable:
            unknown.append(cell)
    return sorted(found, key=lambda wake: wake.due_at)[:_MOST], tuple(unknown)


def failing(tenant: Tenant) -> list[Wake] | None:
    """What failed of one tenant's work, oldest first; None: unknown."""
    try:
        return _wakes(tenant.cell, Q(tenant=tenant.pk) & ~Q(last_error=""))[:50]
    except Unreachable:
        return None


def find(cell: str, pk: int) -> Wake | None:
    """One of them. Raises Unreachable."""
    if cell not in cells_in_use():
        return None
    return next(iter(_wakes(cell, Q(pk=pk))), None)


def _wakes(cell: str, which: Q) -> list[Wake]:
    rows = _read(cell, lambda: list(WakeUp.objects.filter(which).order_by("due_at")[:_MOST]))
    # A tenant's name and address are what they are at home.
    homes = Tenant.objects.in_bulk({row.tenant_id for row in rows if row.tenant_id})
    return [
        Wake(cell, row.pk, homes.get(row.tenant_id), row.job, row.due_at, row.attempts, row.last_error)
        for row in rows
    ]


def _read(cell: str, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers in another database; home is where everything else of the page comes from."""
    if cell == context.HOME:
        return ask()
    if time.monotonic() < _away.get(cell, 0.0):
        raise Unreachable(cell)
    try:
        with context.public_schema(cell):
            return ask()
    except DatabaseError as error:
        _away[cell] = time.monotonic() + _AWAY_SECONDS
        log.warning("cell.unreachable", cell=cell, error=str(error).strip())
        raise Unreachable(cell) from error
