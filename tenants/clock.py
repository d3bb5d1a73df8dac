"""The only callers of the system clock. Everything else is told what time it is."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from tenants import context

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return _frozen or dt.datetime.now(tz=dt.UTC)


def zone() -> ZoneInfo:
    """The zone of the tenant in force; UTC on the public host."""
    tenant = context.current_tenant()
    return ZoneInfo(tenant.time_zone) if tenant else ZoneInfo("UTC")


def local(at: dt.datetime) -> dt.datetime:
    """`at` on the wall clock of the tenant in force."""
    return at.astimezone(zone())


def today(at: dt.datetime | None = None) -> dt.date:
    """The calendar day of `at` (default: now) where the tenant in force is."""
    return local(at or now()).date()


def end_of_day(on: dt.date) -> dt.datetime:
    """The last second of `on` in the tenant's zone, as UTC: the moment until which something due `on` is in time."""
    return dt.datetime.combine(on, dt.time(23, 59, 59), tzinfo=zone()).astimezone(dt.UTC)


@contextmanager
def frozen(at: dt.datetime) -> Iterator[None]:
    """Let `now()` answer `at` in every thread of this process. For tests, and for commands that take --now."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(dt.UTC)
    try:
        yield
    finally:
        _frozen = before
