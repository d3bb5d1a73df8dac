"""From an archive into a schema: exactly the tables it must have, and exactly the rows its manifest names."""

from collections.abc import Iterable
from typing import Any, LiteralString

import psycopg
from django.utils.translation import gettext as _

from tenants.portability.manifest import BadArchive, Manifest, Part
from tenants.portability.reading import Package
from tenants.transfer import filling
from tenants.transfer.layout import Table


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
    """Fill a schema from a verified package, inside the caller's transaction as the owner (see `filling`).

    `skip` are tables that stay empty; sequences go on from the higher of the archive's and `at_least`.
    Raises BadArchive with the table and line of the first fault.
    """
    parts = package.manifest.parts
    try:
        with filling.filling(owner, schema, [part.table for part in parts]):
            for part in parts:
                if part.table not in skip:
                    _copy_in(owner, schema, package, part)
    except psycopg.errors.IntegrityError as error:
        raise BadArchive(
            _("A row refers to something the archive does not hold: %(detail)s") % {"detail": _detail(error)}
        ) from error
    lasts, least = package.manifest.sequences, at_least or {}
    filling.go_on(
        owner, schema, {name: max(lasts.get(name, 0), least.get(name, 0)) for name in {*lasts, *least}}
    )


def _copy_in(owner: psycopg.Connection[Any], schema: str, package: Package, part: Part) -> None:
    # The header is compared with the columns; values are parsed by the columns' own types.
    form: LiteralString = "FORMAT csv, HEADER match, NULL '', ENCODING 'UTF8'"
    try:
        loaded = filling.copy_in(owner, schema, part.as_table(), package.rows_of(part), form=form)
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
