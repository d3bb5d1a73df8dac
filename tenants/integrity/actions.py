"""Audits everything, writes down what was found, and asks to be woken the next night."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import structlog

from tenants import cells, clockwork, schedule
from tenants.integrity import counting, pointers, rights, structure, trespass
from tenants.integrity.findings import Finding, Ground
from tenants.models import IntegrityAudit, WakeUp

log = structlog.get_logger(__name__)

JOB = schedule.ScheduledJob(
    name="tenants.integrity", action="tenants.integrity.actions.audit_nightly", is_public=True
)
NIGHT = dt.time(3, 20)  # UTC
KEPT = dt.timedelta(days=400)
_LOCK = 0x617564  # one audit at a time
Check = Callable[[psycopg.Connection[Any], Ground], Iterator[Finding]]
CHECKS: list[Check] = [
    structure.differences,
    structure.contents,
    rights.on_schemas,
    rights.on_tables,
    rights.of_roles,
    pointers.of_schemas,
]


class AtWork(Exception):
    """Another process is auditing at this moment."""


def audit(*, at: dt.datetime) -> IntegrityAudit:
    """Look at every database of the cluster list and keep the result. In the public schema.

    Reads as the owner, in transactions that cannot write; tries the walls as requests would. Raises
    `cells.NoOwnerLogin` where this process has no owner's login at home, and `AtWork`.
    """
    began = time.monotonic()
    previous = IntegrityAudit.objects.order_by("-at", "-pk").first()
    findings: list[Finding] = []
    counts: counting.Counts = {}
    schemas = 0
    with cells.connect_as_owner(cells.names()[0]) as lock:
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row is None or not row[0]:
            raise AtWork
        for cell in cells.names():
            ground = pointers.ground(cell)
            schemas += len(ground.tenants)
            found, counted = _audit_cell(ground)
            findings += found
            counts |= counted
        findings += pointers.of_rows()
        findings += trespass.attempts()
    findings += counting.losses(previous.counts if previous else {}, counts)
    result = IntegrityAudit.objects.create(
        at=at,
        seconds=round(time.monotonic() - began, 3),
        schemas=schemas,
        findings=[finding.as_json() for finding in findings],
        counts=counts,
    )
    IntegrityAudit.objects.filter(at__lt=at - KEPT).delete()
    for finding in findings:
        log.error("integrity.finding", check=finding.check, schema=finding.schema, sentence=finding.sentence)
    return result


def _audit_cell(ground: Ground) -> tuple[list[Finding], counting.Counts]:
    try:
        with cells.connect_as_owner(ground.cell) as owner:
            owner.execute("SET default_transaction_read_only = on")
            findings = [finding for check in CHECKS for finding in check(owner, ground)]
            return findings, counting.count(owner, ground)
    except (cells.NoOwnerLogin, psycopg.OperationalError) as error:
        if ground.cell == cells.names()[0]:
            raise
        return [Finding("reach", "", f"The database {ground.cell} could not be looked at: {error}")], {}


def latest() -> IntegrityAudit | None:
    """The newest result, for the operator console. None before the first night."""
    return IntegrityAudit.objects.order_by("-at", "-pk").first()


def audit_nightly(*, at: dt.datetime, scheduled_for: dt.datetime) -> dt.datetime | None:
    """The job. Run twice at once, the second leaves it to the first, and both see to the next night."""
    with suppress(AtWork):
        audit(at=at)
    is_planned = WakeUp.objects.filter(tenant=None, job=JOB.name, due_at__gt=at).exists()
    return None if is_planned else next_night(at)


def next_night(after: dt.datetime) -> dt.datetime:
    """When the next audit is due."""
    return clockwork.next_local(after, NIGHT, "UTC")


def plan(*, at: dt.datetime) -> None:
    """Have an audit every night from now on. Repeating it changes nothing. In the public schema."""
    if not WakeUp.objects.filter(tenant=None, job=JOB.name).exists():
        schedule.wake_public(JOB.name, at=next_night(at))
