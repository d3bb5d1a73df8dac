"""What an archive says about itself to people: README.md, and what each table and column means."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model

from tenants import router
from tenants.portability import policy
from tenants.portability.manifest import Manifest, Part

_README = """# {name}: everything this site held

Taken on {taken_at} (UTC), by Duly. {rows} rows in {tables} tables.

- `manifest.json`: what is in here: every table with its columns, its count of rows and its SHA-256.
- `tables/*.csv`: one table each. UTF-8, RFC 4180 with line feeds, a header line. Every value stands in quotes; an empty
  field *without* quotes is "no value", `""` is an empty text. Moments are UTC (`2026-11-27 20:28:19.5+00`), days ISO
  8601, yes and no `t` and `f`, binary data `\\x` and hexadecimal digits, structured values JSON.
- `data-dictionary.md`: what each table and column means, and which column points to which table.
- `files/`: what people uploaded, as files.
- `checksums.txt`: check it with `sha256sum -c checksums.txt` after unpacking.

Values are exactly what was stored. A cell that begins with `=`, `+`, `-` or `@` may be run as a formula by a
spreadsheet program: open such a file there by importing it as text.

`manage.py import_tenant` reads this file into an empty site of any installation of the same release, with the same
standings, certificates and audit log.

## What is not in here

{left_out}
"""


def readme(contents: Manifest) -> str:
    """README.md of an archive."""
    left_out = "\n".join(f"- `{each['what']}`: {each['why']}." for each in contents.left_out)
    return _README.format(
        name=contents.tenant["name"],
        taken_at=f"{contents.taken_at:%Y-%m-%d %H:%M}",
        rows=f"{contents.rows:,}",
        tables=len(contents.parts),
        left_out=left_out,
    )


def dictionary(parts: tuple[Part, ...]) -> str:
    """data-dictionary.md: the models' own words about the tables in an archive."""
    known = _models()
    lines = ["# Data dictionary", ""]
    for part in parts:
        lines += [
            f"## {part.table}",
            "",
            *_about(known.get(part.table)),
            *_columns(known.get(part.table), part),
            "",
        ]
    return "\n".join(lines)


def whole() -> str:
    """The dictionary of every table that a takeout of this release may hold; docs/generated/data-dictionary.md."""
    lines = [
        "# Data dictionary",
        "",
        "Made from the models by `make fix`. The tables of a tenant's takeout (docs/export-format.md).",
        "",
    ]
    left_out = policy.of(policy.Contents.TAKEOUT).left_out
    for table, model in sorted(_models().items()):
        if table in left_out:
            continue
        lines += [
            f"## {table}",
            "",
            *_about(model),
            *(_column(field) for field in model._meta.local_concrete_fields),
            "",
        ]
    return "\n".join(lines)


def _models() -> dict[str, type[Model]]:
    labels = router.tenant_labels()
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table: m for m in models if m._meta.app_label in labels and m._meta.managed}


def _about(model: type[Model] | None) -> Iterator[str]:
    text = " ".join((model.__doc__ or "").split()) if model else ""
    # Django writes the list of columns where a model says nothing.
    if model and text and not text.startswith(f"{model.__name__}("):
        yield text
        yield ""


def _columns(model: type[Model] | None, part: Part) -> Iterator[str]:
    fields = {field.column: field for field in model._meta.local_concrete_fields} if model else {}
    for column, kind in zip(part.columns, part.types, strict=True):
        yield _column(fields[column]) if column in fields else f"- `{column}` ({kind})"


def _column(field: "Field[object, object]") -> str:
    kind = field.get_internal_type().removesuffix("Field").lower()
    target = field.related_model
    points = f", points to `{target._meta.db_table}`" if isinstance(target, type) else ""
    empty = ", may be empty" if field.null else ""
    words = [str(value) for value, _label in field.flatchoices][:12]
    one_of = f": one of {', '.join(f'`{word}`' for word in words if word)}" if words else ""
    return f"- `{field.column}` ({'number' if points else kind}{points}{empty}){one_of}"
