"""Bring every tenant's schema up to this release; `manage.py migrate_tenants`."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from tenants import cells, chronicle, clock, context, hosts
from tenants.enums import TenantStatus
from tenants.failures import sentence
from tenants.models import Tenant
from tenants.upgrades import planning, record, survey
from tenants.upgrades.planning import Segment
from tenants.upgrades.replay import Limits
from tenants.upgrades.survey import Candidate, State
from tenants.upgrades.workers import Workers

log = structlog.get_logger(__name__)

TRIES = 3
_FIRST_PAUSE = 0.5  # seconds before the second try; four times as long before the third
_CANARIES = 3
_MOST_ROUNDS = 100
_BY = "system"

Tell = Callable[[str], None]


class AtWork(Exception):
    """Another run is at it at this moment."""


class NoOwnerLogin(Exception):
    """This process was not given the owner's login, so it cannot change schemas."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to go about it. `only`: schema names, or None for everyone. `wait`: for another run to end."""

    jobs: int = 4
    limits: Limits = field(default_factory=Limits)
    only: frozenset[str] | None = None
    wait: bool = True
    close_failed: bool = False
    verify: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of the tenants, by schema name."""

    upgraded: list[str] = field(default_factory=list)
    current: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    untouched: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether every tenant that was asked for has this release's schema."""
        return not (self.failed or self.untouched)

    def complaint(self) -> str:
        """Who is not up to date and why, one a line."""
        return "\n".join(f"{schema}: {why}" for schema, why in {**self.failed, **self.untouched}.items())

    def doors(self) -> list[str]:
        """Who was closed and opened, for people."""
        lines = {"closed": self.closed, "open again": self.reopened}
        return [f"{len(names)} {what}: {', '.join(names)}" for what, names in lines.items() if names]


def upgrade(options: Options, tell: Tell = lambda _line: None) -> Outcome:
    """Bring every tenant that is left up to this release. One statement when nobody is.

    Killed at any point, the next run does what is left. Raises NoOwnerLogin, AtWork, survey.PublicBehind.
    """
    if not settings.DATABASE_OWNER_URL:
        raise NoOwnerLogin("DATABASE_OWNER_URL is not set: migrations run as the owner of the database.")
    started = time.monotonic()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        run = _Run(owner, options, tell)
        run.all_of_it()
    run.outcome.seconds = time.monotonic() - started
    return run.outcome


class _Run:
    """One run, which holds the lock. Tenants that are through with it, well or badly, are in `through`."""

    def __init__(self, owner: psycopg.Connection[Any], options: Options, tell: Tell) -> None:
        self.outcome = Outcome()
        self._owner = owner
        self._options = options
        self._tell = tell
        self._workers = Workers(jobs=options.jobs, limits=options.limits)
        self._through: dict[str, Candidate] = {}
        self._must_close: set[str] = set()

    def all_of_it(self) -> None:
        """Rounds, until nobody is left."""
        found = self._first_look()
        left = self._chosen(found.left)
        asked = found.total if self._options.only is None else len(self._options.only)
        self.outcome.current = asked - len(left)
        if left:
            record.begin(self._owner, left, at=clock.now())
        for _ in range(_MOST_ROUNDS):
            if not left:
                break
            self._round(left)
            left = self._chosen(survey.take(self._owner, lock=False).left)
        self._leave(left, "it was changed by somebody else, again and again")
        self._doors()

    def _first_look(self) -> survey.Survey:
        found = survey.take(self._owner, everyone=self._options.verify)
        if found.is_ours:
            return found
        if not self._options.wait:
            raise AtWork("Another run is at it. This one changed nothing.")
        self._tell("Another run is at it; waiting for it to end.")
        self._owner.execute("SELECT pg_advisory_lock(%s)", [survey.LOCK])
        return survey.take(self._owner, everyone=self._options.verify, lock=False)

    def _chosen(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        only = self._options.only
        return [
            each
            for each in candidates
            if each.schema not in self._through and (only is None or each.schema in only)
        ]

    def _round(self, left: list[Candidate]) -> None:
        """Bring every state of schema one segment further, database by database."""
        before = len(self._through)
        advanced = []
        for cell in dict.fromkeys(each.cell for each in left):
            members = [each for each in left if each.cell == cell]
            try:
                with cells.connect_as_owner(cell) as there:
                    groups = self._by_state(there, members)
            except (cells.UnknownCell, cells.NoOwnerLogin, psycopg.OperationalError) as error:
                self._leave(members, sentence(error))
                continue
            advanced += [self._group(state, group) for state, group in groups.items()]
        if not any(advanced) and len(self._through) == before:
            self._leave(left, "nothing could be done in a whole round")

    def _by_state(
        self, there: psycopg.Connection[Any], members: list[Candidate]
    ) -> dict[State, list[Candidate]]:
        by_schema = {each.schema: each for each in members}
        existing = survey.existing(there, list(by_schema))
        for schema in by_schema.keys() - existing:
            if by_schema[schema].status == TenantStatus.PREPARING:
                self._through[schema] = by_schema[schema]  # cut later, from this release's template
            else:
                self._fail({by_schema[schema]: "the schema is missing"})
        states, unreadable = survey.states(there, sorted(existing))
        self._fail({by_schema[schema]: error for schema, error in unreadable.items()})
        groups: dict[State, list[Candidate]] = {}
        for schema, state in states.items():
            groups.setdefault(state, []).append(by_schema[schema])
        return groups

    def _group(self, state: State, members: list[Candidate]) -> bool:
        """Bring the schemas of one state further; whether any was."""
        try:
            segment = self._plan(state, members)
        except planning.Moved:
            return True  # to be grouped anew
        if segment is None:
            return False
        if segment.is_empty:
            record.done(self._owner, [each.tenant_id for each in members], at=clock.now())
            self._through |= {each.schema: each for each in members}
            self.outcome.current += len(members)
            return True
        how = "in each of them by itself" if segment.statements is None else "as planned SQL"
        self._tell(f"{len(members)} tenants: {segment.label()}, {how}")
        return self._apply(segment, members)

    def _plan(self, state: State, members: list[Candidate]) -> Segment | None:
        """Plan on one schema of this state; if it fails there, on two others before giving the state up."""
        canaries = list(dict.fromkeys([members[0], members[len(members) // 2], members[-1]]))[:_CANARIES]
        errors: dict[Candidate, str] = {}
        for canary in canaries:
            try:
                return planning.next_segment(canary, state, lock_timeout_ms=self._options.limits.lock_ms)
            except (DatabaseError, psycopg.Error) as error:
                errors[canary] = sentence(error)
                log.warning("upgrade.canary", schema=canary.schema, error=errors[canary])
        self._fail(errors)
        rest = [each for each in members if each not in errors]
        self._leave(
            rest, f"not tried, after {len(errors)} tenants like it failed: {next(iter(errors.values()))}"
        )
        return None

    def _apply(self, segment: Segment, members: Sequence[Candidate]) -> bool:
        tenants: Collection[Candidate] = members
        advanced = False
        for attempt in range(1, TRIES + 1):
            results = self._workers.apply(segment, tenants)
            advanced = advanced or bool(results.done or results.moved)
            if segment.is_last:
                self.outcome.upgraded += [each.schema for each in results.done]
                self._through |= {each.schema: each for each in results.done}
            self._fail(results.failed, segment)
            tenants = results.passing
            if not tenants:
                break
            if attempt == TRIES:
                self._fail(results.passing, segment)
                break
            self._tell(f"{len(tenants)} tenants were busy: trying again")
            time.sleep(_FIRST_PAUSE * 4.0 ** (attempt - 1))
        return advanced

    def _fail(self, errors: dict[Candidate, str], segment: Segment | None = None) -> None:
        for tenant, error in errors.items():
            record.failed(self._owner, tenant.tenant_id, error, at=clock.now())
            self._through[tenant.schema] = tenant
            self.outcome.failed[tenant.schema] = error
            if segment is not None and not segment.old_schema_serves:
                self._must_close.add(tenant.schema)

    def _leave(self, tenants: list[Candidate], reason: str) -> None:
        for tenant in tenants:
            record.pending(self._owner, tenant.tenant_id, reason, at=clock.now())
            self._through[tenant.schema] = tenant
            self.outcome.untouched[tenant.schema] = reason

    def _doors(self) -> None:
        """Close who failed, if so wished or needed, and open whom an earlier run closed and this one finished."""
        lost = self.outcome.failed.keys() | self.outcome.untouched.keys()
        well = [each.tenant_id for schema, each in self._through.items() if schema not in lost]
        wanted = self.outcome.failed if self._options.close_failed else self._must_close
        shut = [each.tenant_id for schema, each in self._through.items() if schema in wanted]
        reopened = record.reopen(self._owner, well) if well else []
        closed = record.close(self._owner, shut) if shut else []
        self.outcome.reopened = [each.schema for each in reopened]
        self.outcome.closed = [each.schema for each in closed]
        if closed or reopened:
            self._write_down([(each, "upgrade.closed") for each in closed])
            self._write_down([(each, "upgrade.opened") for each in reopened])
            hosts.forget_all()

    def _write_down(self, changes: list[tuple[record.Change, str]]) -> None:
        with context.public_schema():
            for change, kind in changes:
                tenant = Tenant.objects.get(pk=change.tenant_id)
                chronicle.write(tenant, kind, by=_BY, at=clock.now())
