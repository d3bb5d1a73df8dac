"""Writing many new rows at once, when a rule reaches thousands of people."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from compliance.core.terms import Fact
from compliance.records.models import Assignment, ComplianceRecord


def kept(facts: Iterable[Fact]) -> list[list[str]]:
    """Facts as a column of JSON holds them."""
    return [list(fact) for fact in facts]


def insert(rows: Sequence[Assignment] | Sequence[ComplianceRecord]) -> None:
    """Write new rows of one model in one statement and give each its id; nothing happens when there are none.

    As `bulk_create` without its options, in a third of the time: that prepares every value of every row by itself,
    here the database reads all of them from one document by the names and types of the table's columns.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    # Days, moments and UUIDs are read from how they are written.
    document = json.dumps(
        [{field.column: getattr(row, field.attname) for field in fields} for row in rows], default=str
    )
    # Put together from the names of the model; the values go in by the placeholder.
    text = f"""
    INSERT INTO {table} ({columns})
    SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)
    RETURNING public_id, id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(text, [document])
        ids: dict[UUID, int] = dict(cursor.fetchall())
    for row in rows:
        row.pk = ids[row.public_id]
        row._state.adding = False
        row._state.db = connection.alias
