"""Content types and permissions with the same ids in every tenant, whenever and wherever its schema was made.

Django numbers both by a sequence, so a tenant that was upgraded and one that was cut from the newer template would
differ, and Django remembers content types by id for the whole process. Here the id follows from the name.
"""

import hashlib
from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyRel
from psycopg import sql

from tenants import router

# Above what a sequence has reached anywhere, below the end of PostgreSQL's integer.
_LOWEST, _HIGHEST = 1_000_000, 2**31 - 1

# The same text that `digest` hashes, of the schema on the search path or, with a prefix, of another.
DIGEST = """
md5(concat(
 (SELECT string_agg(concat_ws('|', id, app_label, model), E'\\n' ORDER BY id) FROM {prefix}django_content_type),
 E'\\n\\n',
 (SELECT string_agg(concat_ws('|', id, content_type_id, codename, name), E'\\n' ORDER BY id)
    FROM {prefix}auth_permission)
))"""

_SETTLE = """
CREATE TEMPORARY TABLE duly_type (id int, app_label text, model text) ON COMMIT DROP;
CREATE TEMPORARY TABLE duly_right (id int, type_id int, codename text, name text) ON COMMIT DROP;
INSERT INTO duly_type VALUES {types};
INSERT INTO duly_right VALUES {rights};
CREATE TEMPORARY TABLE duly_number ON COMMIT DROP AS
    SELECT p.id AS old, r.id AS new
      FROM auth_permission p
      JOIN django_content_type c ON c.id = p.content_type_id
      LEFT JOIN duly_type t ON (t.app_label, t.model) = (c.app_label, c.model)
      LEFT JOIN duly_right r ON (r.type_id, r.codename) = (t.id, p.codename);
{holders}
DELETE FROM auth_permission WHERE id IN (SELECT old FROM duly_number WHERE new IS NULL);
UPDATE auth_permission p SET id = r.id, content_type_id = r.type_id, name = r.name
  FROM duly_number n JOIN duly_right r ON r.id = n.new
 WHERE p.id = n.old AND (p.id, p.content_type_id, p.name) <> (r.id, r.type_id, r.name);
DELETE FROM django_content_type c
 WHERE NOT EXISTS (SELECT FROM duly_type t WHERE (t.app_label, t.model) = (c.app_label, c.model));
UPDATE django_content_type c SET id = t.id FROM duly_type t
 WHERE (t.app_label, t.model) = (c.app_label, c.model) AND c.id <> t.id;
INSERT INTO django_content_type (id, app_label, model)
SELECT * FROM duly_type t WHERE NOT EXISTS (SELECT FROM django_content_type c WHERE c.id = t.id);
INSERT INTO auth_permission (id, content_type_id, codename, name)
SELECT * FROM duly_right r WHERE NOT EXISTS (SELECT FROM auth_permission p WHERE p.id = r.id);
"""

_HOLDERS = """
DELETE FROM {table} WHERE permission_id IN (SELECT old FROM duly_number WHERE new IS NULL);
UPDATE {table} SET permission_id = n.new FROM duly_number n WHERE permission_id = n.old AND n.new <> n.old;
"""

Type = tuple[int, str, str]
Right = tuple[int, int, str, str]


def number(*name: str) -> int:
    """The id that follows from a name."""
    digest = hashlib.sha256("\0".join(name).encode()).digest()
    return _LOWEST + int.from_bytes(digest[:8], "big") % (_HIGHEST - _LOWEST)


@cache
def wanted() -> tuple[tuple[Type, ...], tuple[Right, ...]]:
    """Content types (id, app, model) and permissions (id, content type, codename, name) of this release, by id."""
    labels = router.tenant_labels()
    types: list[Type] = []
    rights: list[Right] = []
    for model in apps.get_models():
        options = model._meta
        if options.app_label not in labels:
            continue
        type_id = number(options.app_label, str(options.model_name))
        types.append((type_id, options.app_label, str(options.model_name)))
        named = [
            (get_permission_codename(action, options), f"Can {action} {options.verbose_name_raw}")
            for action in options.default_permissions
        ]
        named += [(str(code), str(name)) for code, name in options.permissions]
        rights += [
            (number(options.app_label, str(options.model_name), code), type_id, code, name)
            for code, name in named
        ]
    return tuple(sorted(types)), tuple(sorted(rights))


@cache
def digest() -> str:
    """What `DIGEST` answers in a schema where everything is as wanted."""
    types, rights = wanted()
    text = "\n\n".join("\n".join("|".join(map(str, row)) for row in rows) for rows in (types, rights))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@cache
def script() -> str:
    """SQL that makes both tables of the schema on the search path as wanted; to be run in a transaction.

    Rows that stay keep their holders; what this release does not know is removed.
    """
    types, rights = wanted()
    through = {
        relation.through._meta.db_table
        for relation in Permission._meta.related_objects
        if isinstance(relation, ManyToManyRel) and relation.through
    }
    return _SETTLE.format(
        types=_values(types),
        rights=_values(rights),
        holders="".join(_HOLDERS.format(table=f'"{name}"') for name in sorted(through)),
    )


def forget() -> None:
    """Django remembers content types for the process; call it after their ids changed."""
    ContentType.objects.clear_cache()


def _values(rows: Iterable[tuple[object, ...]]) -> str:
    return ", ".join(f"({', '.join(sql.Literal(cell).as_string() for cell in row)})" for row in rows)
