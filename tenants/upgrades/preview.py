"""What a run would do, without doing it."""

from collections.abc import Collection
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.db import Error as DatabaseError

from tenants import cells
from tenants.failures import sentence
from tenants.upgrades import actions, planning, survey
from tenants.upgrades.replay import Limits


@dataclass(frozen=True, slots=True)
class Plan:
    """The next segment of schemas that are in one state. `sql` is empty where code is run in each of them."""

    tenants: list[str]
    migrations: list[str]
    is_replayed: bool
    is_last: bool
    sql: list[str] = field(default_factory=list)
    problem: str = ""

    def lines(self, *, with_sql: bool) -> list[str]:
        """For people."""
        head = f"{len(self.tenants)} tenants, such as {self.tenants[0]}: "
        if self.problem:
            return [head + f"cannot be planned: {self.problem}"]
        how = "planned once, sent to each" if self.is_replayed else "run in each by itself"
        what = ", ".join(self.migrations) or "content types and permissions"
        more = "" if self.is_last else "; more follows when that is done"
        return [f"{head}{what} ({how}){more}", *(self.sql if with_sql else [])]


def plans(only: Collection[str] | None = None, *, verify: bool = False) -> list[Plan]:
    """One entry for each state that schemas are in, and that is not this release's.

    Locks one schema's tables for the moment of planning. Raises actions.NoOwnerLogin, survey.PublicBehind.
    """
    if not settings.DATABASE_OWNER_URL:
        raise actions.NoOwnerLogin(
            "DATABASE_OWNER_URL is not set: a plan is made as the owner of the database."
        )
    found = []
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        left = survey.take(owner, everyone=verify, lock=False).left
    chosen = [each for each in left if only is None or each.schema in only]
    for cell in dict.fromkeys(each.cell for each in chosen):
        by_schema = {each.schema: each for each in chosen if each.cell == cell}
        with cells.connect_as_owner(cell) as there:
            states, unreadable = survey.states(there, sorted(survey.existing(there, list(by_schema))))
        groups: dict[survey.State, list[survey.Candidate]] = {}
        for schema, state in states.items():
            groups.setdefault(state, []).append(by_schema[schema])
        found += [plan for state, members in groups.items() if (plan := _plan(state, members))]
        found += [Plan([schema], [], False, False, problem=error) for schema, error in unreadable.items()]
    return found


def _plan(state: survey.State, members: list[survey.Candidate]) -> Plan | None:
    names = [each.schema for each in members]
    try:
        segment = planning.next_segment(members[0], state, lock_timeout_ms=Limits().lock_ms)
    except (planning.Moved, DatabaseError, psycopg.Error) as error:
        return Plan(names, [], False, False, problem=sentence(error))
    if segment.is_empty:
        return None
    return Plan(
        tenants=names,
        migrations=[".".join(step.key) for step in segment.steps],
        is_replayed=segment.statements is not None,
        is_last=segment.is_last,
        sql=list(segment.statements or ()),
    )
