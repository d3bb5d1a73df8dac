"""Has every schema the same tables, columns, constraints, indexes, triggers, functions, migrations and content types?

Set-based: the catalog is read once for all schemas, and tables of tenants in batches of many.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tenants.integrity.findings import Finding, Ground

# NOT NULL is taken from the columns: its constraints are named differently by the versions of PostgreSQL.
# `x IN ('a', 'b')` reads differently after PostgreSQL has printed it and read it back, as it has in every schema that
# was cut and in none that was upgraded: the casts that it moves about are taken out of what is compared.
_PARTS = r"""
WITH mine AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY(%(schemas)s)),
described AS (
    SELECT nspname, format('column %%s.%%s %%s%%s', relname, attname, format_type(atttypid, atttypmod),
                           CASE WHEN attnotnull THEN ' not null' ELSE '' END) AS part
      FROM mine JOIN pg_class c ON relnamespace = mine.oid AND relkind IN ('r', 'p', 'v', 'm')
      JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT nspname, format('constraint %%s.%%s %%s', relname, conname,
                           replace(pg_get_constraintdef(k.oid), nspname || '.', ''))
      FROM mine JOIN pg_class c ON relnamespace = mine.oid JOIN pg_constraint k ON conrelid = c.oid
     WHERE contype <> 'n'
    UNION ALL
    SELECT nspname, 'index ' || replace(pg_get_indexdef(indexrelid), nspname || '.', '')
      FROM mine JOIN pg_class c ON relnamespace = mine.oid JOIN pg_index ON indrelid = c.oid
     WHERE relkind = 'r'
    UNION ALL
    SELECT nspname, format('trigger %%s.%%s %%s', relname, tgname, tgenabled)
      FROM mine JOIN pg_class c ON relnamespace = mine.oid JOIN pg_trigger ON tgrelid = c.oid
     WHERE NOT tgisinternal
    UNION ALL
    SELECT nspname, format('function %%s %%s %%s', proname, prosecdef, md5(prosrc))
      FROM mine JOIN pg_proc ON pronamespace = mine.oid
),
parts AS (
    SELECT nspname,
           regexp_replace(
               regexp_replace(
                   regexp_replace(part, $$\(('[^']*')::character varying\)::text$$, '\1', 'g'),
                   $$('[^']*')::character varying$$, '\1', 'g'),
               $$\((ARRAY\[[^]]*\])\)::text\[\]$$, '\1', 'g') AS part
      FROM described
)
"""
_FINGERPRINTS = "SELECT nspname, md5(string_agg(part, chr(10) ORDER BY part)) FROM parts GROUP BY nspname"
_EVERY_PART = "SELECT nspname, part FROM parts"
_WITH_TABLE = """
SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
 WHERE nspname = ANY(%s) AND relname = %s AND relkind = 'r' ORDER BY nspname
"""
_DIGESTS = {
    "django_migrations": (
        "SELECT {name}, md5(string_agg(app || '.' || name, ',' ORDER BY app, name)) FROM {table}",
        "has applied other migrations than most",
    ),
    "django_content_type": (
        "SELECT {name}, md5(string_agg(id || app_label || '.' || model, ',' ORDER BY id)) FROM {table}",
        "has other content types, or the same under other ids, than most",
    ),
}
_BATCH = 200
_DETAILED = 5  # schemas described part by part; of the others it is only said that they differ
_PARTS_NAMED = 4


def differences(owner: psycopg.Connection[Any], ground: Ground) -> Iterator[Finding]:
    """Schemas that are not built like most."""
    prints = dict(owner.execute(_PARTS + _FINGERPRINTS, {"schemas": ground.schemas}).fetchall())
    odd = _unlike_most(prints)
    if not odd:
        return
    model = min(name for name in prints if name not in odd)
    for name in odd[:_DETAILED]:
        yield Finding(
            "structure", name, f"{name} is not built like {model}: {_describe(owner, name, model)}."
        )
    for name in odd[_DETAILED:]:
        yield Finding("structure", name, f"{name} is not built like {model}.")


def _describe(owner: psycopg.Connection[Any], name: str, model: str) -> str:
    parts: dict[str, set[str]] = {name: set(), model: set()}
    for schema, part in owner.execute(_PARTS + _EVERY_PART, {"schemas": [name, model]}):
        parts[schema].add(part)
    said = [f"lacks {part}" for part in sorted(parts[model] - parts[name])]
    said += [f"has {part}" for part in sorted(parts[name] - parts[model])]
    rest = len(said) - _PARTS_NAMED
    return "; ".join(said[:_PARTS_NAMED]) + (f"; and {rest} more" if rest > 0 else "")


def contents(owner: psycopg.Connection[Any], ground: Ground) -> Iterator[Finding]:
    """Schemas whose migrations or content types are not those of most: ids of content types are remembered by
    processes that serve many tenants.
    """
    for table, (digest, said) in _DIGESTS.items():
        prints = dict(per_schema(owner, with_table(owner, ground.schemas, table), table, digest))
        for name in _unlike_most(prints):
            yield Finding("contents", name, f"{name} {said}.")


def per_schema(
    owner: psycopg.Connection[Any], schemas: list[str], table: str, query: LiteralString
) -> Iterator[tuple[Any, ...]]:
    """The rows of `query` for the same table of many schemas, many a statement. {name} and {table} are filled in."""
    template = sql.SQL(query)
    for start in range(0, len(schemas), _BATCH):
        parts = [
            template.format(name=sql.Literal(name), table=sql.Identifier(name, table))
            for name in schemas[start : start + _BATCH]
        ]
        yield from owner.execute(sql.SQL(" UNION ALL ").join(parts))


def with_table(owner: psycopg.Connection[Any], schemas: list[str], table: str) -> list[str]:
    """Those of `schemas` that hold a table of this name."""
    return [row[0] for row in owner.execute(_WITH_TABLE, [schemas, table])]


def _unlike_most(prints: dict[str, str]) -> list[str]:
    if not prints:
        return []
    usual = Counter(sorted(prints.values())).most_common(1)[0][0]
    return sorted(name for name, value in prints.items() if value != usual)
