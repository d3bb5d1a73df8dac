"""Work out what a schema in a given state needs, once for all schemas in that state.

On one of them, the canary, the migrations are really run, in a transaction that is taken back; what they sent to the
database is written down. What cannot be written down (Python code, work outside a transaction, values that must differ
from tenant to tenant) ends the plan: it is a step of its own, run in each tenant by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from django.db import connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from tenants import cells, context, router
from tenants.provisioning import content_types
from tenants.upgrades import survey
from tenants.upgrades.survey import Candidate, State

_DJANGOS_OWN = ("django.db.migrations.operations.", "django.contrib.postgres.operations")
# Callables whose answer is the same everywhere.
_CONSTANT = (dict, list, set, str, int, bool)
# Between migrations, as a commit would: what a migration wrote must not hinder the next one's ALTER TABLE.
SETTLE_CONSTRAINTS = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"

# Names of constraints and indexes that Django looked up on the canary must be the same in every other schema.
SHAPE = """
(SELECT md5(string_agg(t, ' ' ORDER BY t)) FROM (
    SELECT conname || ' ' || pg_get_constraintdef(oid) AS t FROM pg_constraint
     WHERE conrelid = to_regclass({table}) AND contype IN ('p', 'u', 'c', 'f', 'x')
    UNION ALL
    SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE indrelid = to_regclass({table})) n)
"""

Key = tuple[str, str]
SPACE = 0x7570  # advisory locks of single schemas


class Moved(Exception):
    """The schema is not in the state that was expected: look again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration and what the models were before it, ready to be run."""

    migration: Migration
    before: ProjectState

    @property
    def key(self) -> Key:
        return (self.migration.app_label, self.migration.name)


@dataclass(frozen=True, slots=True)
class Segment:
    """What is to be done next in every schema of one state.

    `statements` is None when the steps have to be run in each schema. `shapes` are digests of tables that the
    statements rely on. `is_last`: nothing is left after it; `names`: content types and permissions are settled.
    """

    state: State
    steps: tuple[Step, ...]
    records: tuple[Key, ...]
    statements: tuple[str, ...] | None
    shapes: dict[str, str] = field(default_factory=dict)
    is_last: bool = True
    names: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether a schema in this state has everything."""
        return not (self.records or self.names)

    @property
    def old_schema_serves(self) -> bool:
        """Whether this release can work with a schema that the segment failed in; each migration may deny it."""
        return all(getattr(step.migration, "old_schema_serves", True) for step in self.steps)

    def label(self) -> str:
        """The migrations by name, for people."""
        names = [".".join(step.key) for step in self.steps]
        if len(names) > 3:
            names = [*names[:2], f"{len(names) - 3} more", names[-1]]
        return ", ".join(names) or "content types and permissions"


def can_be_replayed(migration: Migration) -> bool:
    """Whether the SQL that a migration sends in one schema is the SQL it sends in every other."""
    return bool(migration.atomic) and all(_is_plain(each) for each in migration.operations)


def next_segment(canary: Candidate, state: State, *, lock_timeout_ms: int) -> Segment:
    """What schemas in `state` need next, worked out on `canary`, which is left as it was.

    Raises Moved when the canary is in another state by now, and what the migrations raise there.
    """
    with context.bare_schema(canary.schema):
        connection = connections[cells.owner_alias(canary.cell)]
        try:
            hold(connection, canary.schema, state, lock_timeout_ms=lock_timeout_ms)
            return _plan(connection, state)
        finally:
            connection.close()


def hold(connection: Any, schema: str, state: State, *, lock_timeout_ms: int) -> None:
    """Keep every other session out of this schema's migrations until the connection is closed.

    Raises Moved when the schema is not in `state`: a killed run's last message may have been finished meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [str(lock_timeout_ms)])
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [SPACE, schema])
        cursor.execute(f"SELECT {survey.state_expression()}")
        if State(*cursor.fetchone()) != state:
            raise Moved(schema)


def _plan(connection: Any, state: State) -> Segment:
    executor = MigrationExecutor(connection)
    todo = _todo(executor)
    settled = state.named == content_types.digest()
    count = _length(todo)
    chosen = todo[:count]
    replayed = bool(chosen) and can_be_replayed(chosen[0])
    is_last = count == len(todo)
    records = tuple(key for migration in chosen for key in _recorded(migration))
    if is_last:
        records += tuple(key for key in _replaced(executor) if key not in records)
    graph, applied = executor.loader.graph, executor.loader.applied_migrations
    models = executor.loader.project_state(cast(Any, [key for key in graph.nodes if key in applied]))
    statements: tuple[str, ...] | None = ()
    shapes: dict[str, str] = {}
    if replayed:
        statements, tables = _rehearse(connection, chosen, models.clone())
        shapes = _shapes(connection, tables)
    elif chosen:
        statements = None
    return Segment(
        state=state,
        steps=_steps(chosen, models),
        records=records,
        statements=statements,
        shapes=shapes,
        is_last=is_last,
        names=is_last and not settled,
    )


def _todo(executor: MigrationExecutor) -> list[Migration]:
    labels = router.tenant_labels()
    leaves = [key for key in executor.loader.graph.leaf_nodes() if key[0] in labels]
    todo = [migration for migration, _ in executor.migration_plan(leaves)]
    strangers = {migration.app_label for migration in todo} - labels
    if strangers:
        raise RuntimeError(f"A tenant's migration depends on shared tables: {', '.join(sorted(strangers))}.")
    return todo


def _length(todo: list[Migration]) -> int:
    """How many migrations, from the first on, are of one kind: replayed together, or run one by one."""
    for index, migration in enumerate(todo):
        if can_be_replayed(migration) != can_be_replayed(todo[0]):
            return index
    return len(todo)


def _recorded(migration: Migration) -> list[Key]:
    """The rows of django_migrations that one migration amounts to; a squashed one stands for those it replaces."""
    return [*migration.replaces, (migration.app_label, migration.name)]


def _replaced(executor: MigrationExecutor) -> list[Key]:
    """Squashed migrations that are not on record though everything they replace is."""
    applied = executor.loader.applied_migrations
    labels = router.tenant_labels()
    return [
        key
        for key, migration in executor.loader.replacements.items()
        if key[0] in labels and key not in applied and all(each in applied for each in migration.replaces)
    ]


def _steps(chosen: list[Migration], models: ProjectState) -> tuple[Step, ...]:
    steps = []
    for migration in chosen:
        steps.append(Step(migration, models))
        models = migration.mutate_state(models, preserve=True)
    return tuple(steps)


def _rehearse(
    connection: Any, chosen: list[Migration], models: ProjectState
) -> tuple[tuple[str, ...], set[str]]:
    """Run the migrations and take them back; answers what was sent, and the tables that were looked at first."""
    sent: list[str] = []
    models.apps  # noqa: B018  # rendered once, or Django renders it anew for every operation
    with _written_down(connection, sent) as tables, transaction.atomic(using=connection.alias):
        for migration in chosen:
            with connection.schema_editor(atomic=True) as editor:
                models = migration.apply(models, editor)
            sent.append(SETTLE_CONSTRAINTS)
            with connection.cursor() as cursor:
                cursor.execute(SETTLE_CONSTRAINTS)
        transaction.set_rollback(True, using=connection.alias)
    return tuple(sent), tables


@contextmanager
def _written_down(connection: Any, sent: list[str]) -> Iterator[set[str]]:
    """Let the connection's schema editor write down what it sends; yields the tables it asks the names of."""
    original = connection.SchemaEditorClass
    introspection = connection.introspection
    tables: set[str] = set()

    class Writing(original):  # type: ignore[misc, valid-type]  # its class depends on the engine
        def execute(self, sql: Any, params: Any = ()) -> None:
            text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
            sent.append(text)
            BaseDatabaseSchemaEditor.execute(self, text, None)

    def get_constraints(cursor: Any, table_name: str) -> Any:
        tables.add(table_name)
        return type(introspection).get_constraints(introspection, cursor, table_name)

    connection.SchemaEditorClass = Writing
    introspection.get_constraints = get_constraints
    try:
        yield tables
    finally:
        connection.SchemaEditorClass = original
        del introspection.get_constraints


def _shapes(connection: Any, tables: set[str]) -> dict[str, str]:
    found = {}
    for table in sorted(tables):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {SHAPE.format(table='%s')}", [f'"{table}"', f'"{table}"'])
            digest = cursor.fetchone()[0]
        if digest is not None:
            found[table] = digest
    return found


def _is_plain(operation: Operation) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return all(_is_plain(each) for each in operation.database_operations)
    if isinstance(operation, RunPython) or not type(operation).__module__.startswith(_DJANGOS_OWN):
        return False
    return not _makes_up_values(getattr(operation, "field", None))


def _makes_up_values(value: object) -> bool:
    """Whether a default is computed in Python: what is written down once must not be the same token everywhere."""
    default = getattr(value, "default", NOT_PROVIDED)
    return default is not NOT_PROVIDED and callable(default) and default not in _CONSTANT


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's five letters, also of an error that Django wrapped; empty for others."""
    for each in (error, error.__cause__):
        if isinstance(each, psycopg.Error):
            return each.sqlstate or ""
    return ""
