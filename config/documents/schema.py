"""docs/generated/schema.md: the tables, as one diagram for the shared schema and one for each app of a tenant's."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import Model

from tenants import router

_HEAD = """# The schema

Made from the models by `make fix`. A tenant's tables exist once in every tenant's schema; the shared ones once in all.
No foreign key leads from one to the other.
"""
_MARKS = {True: "PK"}


def make() -> str:
    """The whole document."""
    shared, tenant = router.shared_labels(), router.tenant_labels()
    parts = [_HEAD, "\n## Shared\n", _diagram(_models(shared))]
    for label in [config.label for config in apps.get_app_configs() if config.label in tenant]:
        models = _models({label})
        if models:
            parts += [f"\n## {label}\n", _diagram(models)]
    return "\n".join(parts) + "\n"


def _models(labels: Iterable[str]) -> list[type[Model]]:
    wanted = set(labels)
    found = [model for model in apps.get_models() if model._meta.app_label in wanted and model._meta.managed]
    return sorted(found, key=lambda model: model._meta.db_table)


def _diagram(models: list[type[Model]]) -> str:
    lines = ["```mermaid", "erDiagram"]
    for model in models:
        lines += [f"    {model._meta.object_name} {{", *_columns(model), "    }"]
    for model in models:
        lines += _arrows(model)
    return "\n".join([*lines, "```"])


def _columns(model: type[Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        mark = " PK" if field.primary_key else " FK" if field.is_relation else ""
        optional = ' "may be empty"' if field.null else ""
        yield f"        {_kind(field.get_internal_type())} {field.column}{mark}{optional}"


def _kind(name: str) -> str:
    return {"ForeignKey": "bigint", "OneToOneField": "bigint"}.get(name, name.removesuffix("Field").lower())


def _arrows(model: type[Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        target = field.related_model
        if not field.is_relation or not isinstance(target, type):
            continue
        one = "||" if not field.null else "|o"
        many = "o|" if field.unique else "o{"
        yield f'    {target._meta.object_name} {one}--{many} {model._meta.object_name} : "{field.name}"'
