"""How many rows each tenant has of what should never become fewer, and which have become fewer since last time."""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings

from tenants.integrity import structure
from tenants.integrity.findings import Finding, Ground

Counts = dict[str, dict[str, int]]
MOST_LOST = 0.10  # a tenth; less is a day's work
_FEW = 20  # of a handful, a tenth is nobody
_COUNT = "SELECT {name}, count(*) FROM {table}"


def count(owner: psycopg.Connection[Any], ground: Ground) -> Counts:
    """Rows by schema and table, of settings.INTEGRITY_COUNTED_TABLES."""
    counts: Counts = {}
    for table in settings.INTEGRITY_COUNTED_TABLES:
        having = structure.with_table(owner, ground.schemas, table)
        for schema, number in structure.per_schema(owner, having, table, _COUNT):
            counts.setdefault(schema, {})[table] = number
    return counts


def losses(before: Counts, now: Counts) -> Iterator[Finding]:
    """Tables that lost more than a tenth of their rows. A schema that is gone is another check's matter."""
    for schema, tables in sorted(now.items()):
        for table, number in sorted(tables.items()):
            earlier = before.get(schema, {}).get(table, 0)
            if earlier >= _FEW and number < earlier * (1 - MOST_LOST):
                sentence = f"{schema}.{table} had {earlier} rows at the last audit and has {number} now."
                yield Finding("counts", schema, sentence)
