"""What stands in a schema, read from PostgreSQL's catalog; information_schema costs more with every tenant.

Everything is read with the search path on that schema, so that PostgreSQL prints names without it.
"""

from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import class_row, scalar_row

# Kinds of object that a fold would lose. Each was left out because no app of ours has one.
_UNCARRIED = """
SELECT 'materialized view, partition or foreign table ' || relname FROM pg_class
 WHERE relnamespace = %(schema)s::regnamespace
   AND (relkind IN ('m', 'p', 'f') OR relispartition OR (relhassubclass AND relkind = 'r'))
UNION ALL
SELECT 'type ' || typname FROM pg_type
 WHERE typnamespace = %(schema)s::regnamespace AND typtype IN ('e', 'd', 'r', 'm')
UNION ALL
SELECT 'row policy ' || polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'rule ' || rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
 WHERE c.relnamespace = %(schema)s::regnamespace AND rulename <> '_RETURN'
UNION ALL
SELECT 'statistics ' || stxname FROM pg_statistic_ext WHERE stxnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'column grant on ' || c.relname || '.' || a.attname
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND a.attacl IS NOT NULL
UNION ALL
SELECT 'SQL-standard body of function ' || proname FROM pg_proc
 WHERE pronamespace = %(schema)s::regnamespace AND prosqlbody IS NOT NULL
"""

_COLUMNS = """
SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS data_type,
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation,
       pg_get_expr(d.adbin, d.adrelid) AS default_expression, a.attgenerated AS generated,
       a.attidentity AS identity, a.attnotnull AS is_required,
       (SELECT conname FROM pg_constraint n
         WHERE n.conrelid = c.oid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum] LIMIT 1) AS not_null_name
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
 ORDER BY c.relname, a.attnum
"""

_CONSTRAINTS = """
SELECT r.relname AS table_name, c.conname AS name, c.contype AS kind,
       pg_get_constraintdef(c.oid) AS definition, f.relname AS references_table
  FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid LEFT JOIN pg_class f ON f.oid = c.confrelid
 WHERE r.relnamespace = %s::regnamespace AND c.contype IN ('p', 'u', 'c', 'f', 'x')
 ORDER BY r.relname, c.contype <> 'p', c.conname
"""

_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid, 0, true)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
 WHERE c.relnamespace = %s::regnamespace
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
 ORDER BY c.relname, x.relname
"""

# In the order they were made, so that a view may stand on an earlier one. `_RETURN` is what makes it a view.
_VIEWS = """
SELECT format('CREATE VIEW %%I%%s AS %%s', relname,
              ' WITH (' || array_to_string(reloptions, ', ') || ')', rtrim(pg_get_viewdef(oid), ';'))
  FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'v' ORDER BY oid
"""

_FUNCTIONS = """
SELECT pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = %s::regnamespace AND prokind IN ('f', 'p') ORDER BY proname, oid
"""

_TRIGGERS = """
SELECT pg_get_triggerdef(t.oid, true) AS definition, c.relname AS table_name, t.tgname AS name,
       t.tgenabled AS enabled
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal ORDER BY c.relname, t.tgname
"""

_SEQUENCES = """
SELECT s.relname AS name, format_type(q.seqtypid, NULL) AS data_type, q.seqstart AS start,
       q.seqincrement AS increment, q.seqmin AS least, q.seqmax AS most, q.seqcache AS cache,
       q.seqcycle AS is_cycle, coalesce(d.deptype = 'i', false) AS is_identity, o.relname AS table_name,
       a.attname AS column_name
  FROM pg_class s
  JOIN pg_sequence q ON q.seqrelid = s.oid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
       AND d.refclassid = 'pg_class'::regclass
  LEFT JOIN pg_class o ON o.oid = d.refobjid
  LEFT JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = d.refobjsubid
 WHERE s.relnamespace = %s::regnamespace AND s.relkind = 'S' ORDER BY s.relname
"""

_GRANTS = """
SELECT c.relname, array_agg(x.privilege_type ORDER BY x.privilege_type)
  FROM pg_class c, LATERAL aclexplode(c.relacl) x JOIN pg_roles g ON g.oid = x.grantee
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND g.rolname = %s GROUP BY c.relname ORDER BY 1
"""


Row = TypeVar("Row")


class Unfoldable(Exception):
    """The schema holds something the fold does not carry. The message lists what."""


@dataclass(frozen=True, slots=True)
class Column:
    table_name: str
    name: str
    data_type: str
    collation: str | None
    default_expression: str | None
    generated: str
    identity: str
    is_required: bool
    not_null_name: str | None


@dataclass(frozen=True, slots=True)
class Constraint:
    table_name: str
    name: str
    kind: str
    definition: str
    references_table: str | None


@dataclass(frozen=True, slots=True)
class Sequence:
    name: str
    data_type: str
    start: int
    increment: int
    least: int
    most: int
    cache: int
    is_cycle: bool
    is_identity: bool
    table_name: str | None
    column_name: str | None


@dataclass(frozen=True, slots=True)
class Trigger:
    definition: str
    table_name: str
    name: str
    enabled: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything in one schema that the fold carries."""

    columns: dict[str, list[Column]]
    constraints: dict[str, list[Constraint]]
    indexes: list[str]
    views: list[str]
    functions: list[str]
    triggers: list[Trigger]
    sequences: list[Sequence]
    grants: dict[str, list[str]]

    @property
    def tables(self) -> list[str]:
        """Table names in the order of the alphabet."""
        return sorted(self.columns)


def read(connection: psycopg.Connection[Any], schema: str, *, group: str) -> Schema:
    """Read a schema; ``group`` is the role whose rights on its tables matter.

    Must be called in a transaction, whose search path it changes. Raises `Unfoldable`.
    """
    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))
    found = [row[0] for row in connection.execute(_UNCARRIED, {"schema": schema})]
    if found:
        raise Unfoldable(f"The template cannot carry: {', '.join(found)}. Teach tenants.provisioning.fold.")
    columns: dict[str, list[Column]] = {}
    for column in _all(connection, Column, _COLUMNS, schema):
        columns.setdefault(column.table_name, []).append(column)
    constraints: dict[str, list[Constraint]] = {name: [] for name in columns}
    for constraint in _all(connection, Constraint, _CONSTRAINTS, schema):
        constraints[constraint.table_name].append(constraint)
    with connection.cursor(row_factory=scalar_row) as cursor:
        indexes: list[str] = cursor.execute(_INDEXES, [schema]).fetchall()
        views: list[str] = cursor.execute(_VIEWS, [schema]).fetchall()
        functions: list[str] = cursor.execute(_FUNCTIONS, [schema]).fetchall()
    return Schema(
        columns=columns,
        constraints=constraints,
        indexes=indexes,
        views=views,
        functions=functions,
        triggers=_all(connection, Trigger, _TRIGGERS, schema),
        sequences=_all(connection, Sequence, _SEQUENCES, schema),
        grants={row[0]: row[1] for row in connection.execute(_GRANTS, [schema, group])},
    )


def _all(
    connection: psycopg.Connection[Any], kind: type[Row], query: LiteralString, schema: str
) -> list[Row]:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, [schema]).fetchall()
