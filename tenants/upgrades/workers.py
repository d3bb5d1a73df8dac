"""Apply one segment to many tenants at once; what happens in one is no matter of another."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog

from tenants import cells, clock, context
from tenants.failures import sentence
from tenants.upgrades import record, visits
from tenants.upgrades.planning import Moved, Segment, sqlstate
from tenants.upgrades.replay import Limits, OtherShape, Replay
from tenants.upgrades.survey import Candidate

log = structlog.get_logger(__name__)

# Worth another try: a lock that was not free, a deadlock, a serialization failure, a server that went away.
_PASSING = {"55P03", "40P01", "40001", "57P01", "57P02", "57P03", "08000", "08003", "08006"}
# A connection remembers something of every schema it touched.
_USES_OF_A_CONNECTION = 400


@dataclass(slots=True)
class Results:
    """Schemas by what became of them: done, to be looked at again, worth another try, failed; with the reason."""

    done: list[Candidate] = field(default_factory=list)
    moved: list[Candidate] = field(default_factory=list)
    passing: dict[Candidate, str] = field(default_factory=dict)
    failed: dict[Candidate, str] = field(default_factory=dict)


class Workers:
    """Threads with a connection each, as the owner."""

    def __init__(self, *, jobs: int, limits: Limits) -> None:
        self._jobs = jobs
        self._limits = limits
        self._own = threading.local()
        self._all: list[psycopg.Connection[Any]] = []
        self._lock = threading.Lock()

    def apply(self, segment: Segment, tenants: Iterable[Candidate]) -> Results:
        """Apply the segment to each; never raises for what happens in one of them."""
        results = Results()
        work = self._work(segment)

        def one(tenant: Candidate) -> tuple[Candidate, Exception | None]:
            return tenant, self._one(work, tenant, is_last=segment.is_last)

        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="upgrade")
        try:
            for tenant, outcome in pool.map(one, tenants):
                _sort(results, tenant, outcome)
        finally:
            # Interrupted, it hands out nothing more and waits for what has begun.
            pool.shutdown(cancel_futures=True)
            self.close()
        return results

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._own = threading.local()

    def _work(self, segment: Segment) -> Callable[[Candidate], None]:
        if segment.statements is None:
            visits.prepare(segment)
            return lambda tenant: self._visit(segment, tenant)
        replay = Replay(segment, self._limits)
        prepared = threading.Lock()

        def do(tenant: Candidate) -> None:
            try:
                replay.run(self._connection(tenant.cell), tenant, at=clock.now())
            except Moved:
                raise
            except (OtherShape, psycopg.Error) as error:
                if sqlstate(error) in _PASSING or not segment.steps:
                    raise
                # Perhaps only the names differ here: let Django look them up in this very schema.
                with prepared:
                    visits.prepare(segment)
                self._visit(segment, tenant)

        return do

    def _visit(self, segment: Segment, tenant: Candidate) -> None:
        visits.run(tenant, segment, limits=self._limits, at=clock.now())

    def _one(
        self, work: Callable[[Candidate], None], tenant: Candidate, *, is_last: bool
    ) -> Exception | None:
        try:
            home = self._connection(context.HOME)
            record.running(home, tenant.tenant_id, at=clock.now())
            work(tenant)
            if is_last and tenant.cell != context.HOME:
                record.done(home, [tenant.tenant_id], at=clock.now())
        except Exception as error:
            log.warning("upgrade.failed", schema=tenant.schema, error=sentence(error))
            return error
        return None

    def _connection(self, cell: str) -> psycopg.Connection[Any]:
        """This thread's connection to a cell; a new one when it is broken or has touched many schemas."""
        mine: dict[str, tuple[psycopg.Connection[Any], int]] = self._own.__dict__
        connection, uses = mine.get(cell, (None, 0))
        if connection is None or connection.closed or uses >= _USES_OF_A_CONNECTION:
            if connection is not None:
                connection.close()
            connection, uses = cells.connect_as_owner(cell), 0
            with self._lock:
                self._all.append(connection)
        mine[cell] = (connection, uses + 1)
        return connection


def _sort(results: Results, tenant: Candidate, outcome: Exception | None) -> None:
    if outcome is None:
        results.done.append(tenant)
    elif isinstance(outcome, Moved):
        results.moved.append(tenant)
    elif sqlstate(outcome) in _PASSING or isinstance(outcome.__cause__, psycopg.OperationalError):
        results.passing[tenant] = sentence(outcome)
    else:
        results.failed[tenant] = sentence(outcome)
