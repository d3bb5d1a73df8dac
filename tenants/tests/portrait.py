"""Everything PostgreSQL knows of a schema, for comparing two of them."""

import re
from typing import Any

import psycopg

_CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")

PORTRAIT = """
SELECT 'column', c.relname, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity, a.attgenerated, l.collname, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'order', c.relname, string_agg(a.attname, ',' ORDER BY a.attnum), ''
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
 GROUP BY c.relname
UNION ALL
SELECT 'constraint', r.relname, k.conname, concat_ws(' ', k.contype, k.condeferrable, k.condeferred,
       k.convalidated, pg_get_constraintdef(k.oid))
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid WHERE r.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'index', c.relname, x.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'trigger', c.relname, t.tgname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'function', proname, proacl::text, pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'sequence', s.relname, '', concat_ws(' ', q.seqtypid, q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
       q.seqcycle, pg_sequence_last_value(s.oid)) FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid
 WHERE s.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'view', relname, reloptions::text, pg_get_viewdef(oid) FROM pg_class
 WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'v'
UNION ALL
SELECT 'rights', relname, relkind::text, relacl::text FROM pg_class
 WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'S', 'v')
"""


def portrait(connection: psycopg.Connection[Any], schema: str) -> set[tuple[str, ...]]:
    """Everything PostgreSQL knows of a schema, with the schema's own name taken out.

    Casts between the text types are left out: `(ARRAY['a'::varchar])::text[]` read again is printed as
    `ARRAY[('a'::varchar)::text]`, which means the same.
    """
    rows = connection.execute(PORTRAIT, {"schema": schema}).fetchall()
    return {tuple(_CASTS.sub("", str(cell).replace(f"{schema}.", "")) for cell in row) for row in rows}
