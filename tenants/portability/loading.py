"""From an archive into a schema: all rows in one transaction of the owner, or none."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from tenants.portability import layout
from tenants.portability.layout import Table
from tenants.portability.manifest import BadArchive, Manifest, Part
from tenants.portability.reading import Package

_PREPARE = """
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '10s';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL TimeZone = 'UTC';
SET CONSTRAINTS ALL DEFERRED
"""


def refuse_another_layout(found: list[Table], contents: Manifest, left_out: Iterable[str]) -> None:
    """Raise BadArchive unless the archive has exactly the tables and columns of the schema it is to go into."""
    tables = {table.name: set(table.columns) for table in found}
    parts = {part.table: set(part.columns) for part in contents.parts}
    for name in sorted(set(parts) - set(tables)):
        raise BadArchive(
            _("The archive has a table %(name)s that this release does not know.") % {"name": name}
        )
    for name in sorted(set(parts) & set(left_out)):
        raise BadArchive(_("The archive brings a table %(name)s that it must not bring.") % {"name": name})
    for name in sorted(set(tables) - set(parts) - set(left_out)):
        raise BadArchive(_("The archive lacks the table %(name)s.") % {"name": name})
    for name, columns in parts.items():
        if strange := sorted(columns ^ tables[name]):
            raise BadArchive(
                _("The columns of %(table)s are not this release's: %(columns)s.")
                % {"table": name, "columns": ", ".join(strange)}
            )


def load(
    owner: psycopg.Connection[Any],
    schema: str,
    package: Package,
    *,
    skip: Iterable[str] = (),
    at_least: dict[str, int] | None = None,
) -> None:
    """Fill a schema from a verified package, inside the caller's transaction as the owner.

    The tables' own triggers, which refuse changes to what is finished, rest meanwhile; keys, checks and references
    do not. `skip` are tables that stay empty; sequences go on from the higher of the archive's and `at_least`.
    Raises BadArchive with the table and line of the first fault.
    """
    owner.execute(_PREPARE, prepare=False)
    owner.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))
    known = layout.tables(owner, schema)
    _rest(owner, known, on=False)
    for part in package.manifest.parts:
        owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(part.table)))
    for part in package.manifest.parts:
        if part.table not in skip:
            _copy_in(owner, package, part)
    try:
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.errors.IntegrityError as error:
        raise BadArchive(
            _("A row refers to something the archive does not hold: %(detail)s") % {"detail": _detail(error)}
        ) from error
    _rest(owner, known, on=True)
    _set_sequences(owner, schema, package.manifest.sequences, at_least or {})


def _rest(owner: psycopg.Connection[Any], tables: list[Table], *, on: bool) -> None:
    action = sql.SQL("ENABLE" if on else "DISABLE")
    statements = [
        sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table.name), action)
        for table in tables
    ]
    owner.execute(sql.SQL(";").join(statements), prepare=False)


def _copy_in(owner: psycopg.Connection[Any], package: Package, part: Part) -> None:
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in part.columns)
    # The header is compared with the columns; values are parsed by the columns' own types.
    statement = sql.SQL(
        "COPY {} ({}) FROM STDIN WITH (FORMAT csv, HEADER match, NULL '', ENCODING 'UTF8')"
    ).format(sql.Identifier(part.table), columns)
    try:
        with owner.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for block in package.rows_of(part):
                    copy.write(block)
            loaded = cursor.rowcount
    except (psycopg.errors.DataError, psycopg.errors.IntegrityError) as error:
        raise BadArchive(
            _("%(name)s cannot be read: %(detail)s") % {"name": part.path, "detail": _detail(error)}
        ) from error
    if loaded != part.rows:
        raise BadArchive(
            _("%(name)s has %(found)d rows; the manifest says %(said)d.")
            % {"name": part.path, "found": loaded, "said": part.rows}
        )


def _detail(error: psycopg.Error) -> str:
    """What PostgreSQL found, and in which line; never the row itself, which may be anybody's."""
    where = (error.diag.context or "").splitlines()
    place = where[0].split(":")[0] if where else ""
    return f"{error.diag.message_primary or error}{f' ({place})' if place else ''}"


def _set_sequences(
    owner: psycopg.Connection[Any], schema: str, lasts: dict[str, int], at_least: dict[str, int]
) -> None:
    query = "SELECT sequencename FROM pg_sequences WHERE schemaname = %s"
    for (name,) in owner.execute(query, [schema]).fetchall():
        if last := max(lasts.get(name, 0), at_least.get(name, 0)):
            owner.execute("SELECT setval(%s::regclass, %s)", [sql.Identifier(schema, name).as_string(), last])
