"""The rules of a migration that the previous release must survive, one function each; docs/operations/migrations.md.

While a release goes out, and in a tenant where its migration failed, one version of the code meets the other's schema.
So a migration may only add; what is taken away is taken away one release after the last code that used it.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, ManyToManyField, UniqueConstraint
from django.db.models.fields import NOT_PROVIDED

# Tables of a tenant that grow for years: an index is built beside the running site. All others of a tenant are small
# enough to be locked for the moment it takes; shared tables carry every tenant and count as large.
LARGE = frozenset(
    {
        "audit.event",
        "mail.message",
        "learning.progress",
        "learning.quizattempt",
        "reminders.notice",
        "reminders.escalation",
        "reminders.escalationcopy",
    }
)

_OURS = ("tenants", "lms", "compliance", "billing")
_QUALIFIED = re.compile(r"\b(public|t_\w+|duly_template)\s*\.\s*\"?\w", re.IGNORECASE)
_NOT_HERE = re.compile(
    r"\bCREATE\s+EXTENSION|\bCREATE\s+SCHEMA|\bSET\s+(LOCAL\s+|SESSION\s+)?(search_path|ROLE)|\b(GRANT|REVOKE)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Case:
    """One operation in its place. `is_old`: the table exists in the last release."""

    label: str
    migration: migrations.Migration
    operation: Operation
    before: ProjectState
    old_models: frozenset[tuple[str, str]]
    is_shared: bool

    @property
    def model(self) -> tuple[str, str]:
        """App and model that the operation is about; the model is empty where it is about none."""
        operation = self.operation
        if isinstance(operation, migrations.RenameModel):
            return self.label, operation.old_name.lower()
        name = getattr(operation, "model_name", None) or getattr(operation, "name", None) or ""
        return self.label, str(name).lower()

    @property
    def is_old(self) -> bool:
        return self.model in self.old_models

    def field_before(self) -> Field[Any, Any]:
        """The field as it was, of an AlterField."""
        fields: dict[str, Field[Any, Any]] = self.before.models[self.model].fields
        return fields[getattr(self.operation, "name", "")]


Rule = Callable[[Case], Iterator[str]]


def drop(case: Case) -> Iterator[str]:
    """Dropping what the previous release reads."""
    if case.is_old and isinstance(case.operation, migrations.DeleteModel | migrations.RemoveField):
        yield (
            "the previous release still uses it. Take it out of the code first; a release later, drop it in a "
            'migration with contract_since = "the release that stopped using it"'
        )


def rename(case: Case) -> Iterator[str]:
    """Renaming is dropping and adding at once."""
    kinds = (migrations.RenameModel, migrations.RenameField, migrations.AlterModelTable)
    if case.is_old and isinstance(case.operation, kinds):
        yield "no code works with both names. Add the new one, fill it, and drop the old one a release later"


def not_null(case: Case) -> Iterator[str]:
    """A column that the previous release does not know must fill itself."""
    if not case.is_old or not isinstance(case.operation, migrations.AddField | migrations.AlterField):
        return
    field = case.operation.field
    if field.null or isinstance(field, ManyToManyField):
        return
    if isinstance(case.operation, migrations.AddField):
        if field.db_default is NOT_PROVIDED and not field.primary_key:
            yield "the previous release inserts rows without it. Give it null=True or a db_default"
    elif case.field_before().null:
        yield (
            "rows of the previous release may be empty there. Fill them and add a constraint NOT VALID first; then "
            "contract_since"
        )


def change_type(case: Case) -> Iterator[str]:
    """Another type rewrites the table under a lock, and the previous release writes the old one."""
    if not case.is_old or not isinstance(case.operation, migrations.AlterField):
        return
    old, new = case.field_before(), case.operation.field
    if old.get_internal_type() != new.get_internal_type():
        yield f"{old.get_internal_type()} becomes {new.get_internal_type()}: add a new column and copy"
    elif old.max_length and new.max_length and new.max_length < old.max_length:
        yield "it becomes shorter, and there may be longer values"


def add_index(case: Case) -> Iterator[str]:
    """Building an index stops all writing to the table."""
    operation = case.operation
    if not isinstance(operation, migrations.AddIndex) or isinstance(operation, postgres.AddIndexConcurrently):
        return
    if case.is_old and (case.is_shared or ".".join(case.model) in LARGE):
        yield "nobody can write to this large table meanwhile. AddIndexConcurrently, alone, with atomic = False"


def add_constraint(case: Case) -> Iterator[str]:
    """A constraint meets rows it does not know, in some tenants and not in others."""
    operation = case.operation
    if not isinstance(operation, migrations.AddConstraint) or isinstance(
        operation, postgres.AddConstraintNotValid
    ):
        return
    if not case.is_old:
        return
    if isinstance(operation.constraint, UniqueConstraint):
        yield "tenants may hold rows that break it. Say in `allowed` why none does"
    else:
        yield (
            "it reads the whole table under a lock, and rows may break it. AddConstraintNotValid, then "
            "ValidateConstraint"
        )


def char_index(case: Case) -> Iterator[str]:
    """`unique=True` on text makes a second index that nothing uses, in every tenant."""
    operation = case.operation
    fields: list[tuple[str, Any]] = []
    if isinstance(operation, migrations.CreateModel):
        fields = list(operation.fields)
    elif isinstance(operation, migrations.AddField | migrations.AlterField):
        fields = [(operation.name, operation.field)]
    for name, field in fields:
        text = field.get_internal_type() in {"CharField", "SlugField", "TextField"} and not field.is_relation
        if text and not field.primary_key and (field.unique or field.db_index):
            yield f"{name}: use a UniqueConstraint or an Index in Meta"


def python(case: Case) -> Iterator[str]:
    """Code in a migration sees the models of its time, in the schema it was called for."""
    operation = case.operation
    if not isinstance(operation, migrations.RunPython):
        return
    if operation.reverse_code is None:
        yield "it cannot be taken back. Give a reverse, or RunPython.noop with the reason"
    if not isinstance(operation.code, FunctionType) or operation.code is migrations.RunPython.noop:
        return
    if "connection.alias" not in inspect.getsource(operation.code):
        yield (
            f"{operation.code.__name__} must say .using(schema_editor.connection.alias): without it, queries go over "
            "the login of requests"
        )


def direct_imports(case: Case) -> Iterator[str]:
    """Today's models do not fit a schema of then."""
    parts = _all_sent(case.migration)
    if case.operation is not parts[0] or not any(isinstance(each, migrations.RunPython) for each in parts):
        return
    tree = ast.parse(Path(inspect.getfile(type(case.migration))).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        module = getattr(node, "module", None) or ""
        modules = [module, *(f"{module}.{each.name}".strip(".") for each in node.names)]
        if any(each.startswith(_OURS) or each.endswith("get_user_model") for each in modules):
            yield f"line {node.lineno}: use apps.get_model; code and models of today do not fit a schema of then"


def sql(case: Case) -> Iterator[str]:
    """SQL is sent to every tenant as it stands, with the path on that tenant's schema."""
    operation = case.operation
    if not isinstance(operation, migrations.RunSQL):
        return
    text = _text(operation.sql)
    if operation.reverse_sql is None:
        yield "it cannot be taken back. Give reverse_sql, or RunSQL.noop with the reason"
    if not case.is_shared:
        if found := _QUALIFIED.search(text):
            yield f"{found[0]}…: it names a schema, and would reach it from every tenant"
        if found := _NOT_HERE.search(text):
            yield f"{found[0]}: paths, roles, rights and extensions are the database's, not a migration's"


def extension(case: Case) -> Iterator[str]:
    """The owner may make none, and backups of one tenant cannot carry them."""
    if isinstance(case.operation, postgres.CreateExtension):
        yield "extensions are not used (docs/operations/migrations.md)"


def alone(case: Case) -> Iterator[str]:
    """Outside a transaction there is no half done."""
    parts = _all_sent(case.migration)
    if not case.migration.atomic and case.operation is parts[0] and len(parts) > 1:
        yield "a migration that is not atomic has one operation, or a second try meets half of it"


RULES: dict[str, Rule] = {
    "drop": drop,
    "rename": rename,
    "not-null": not_null,
    "change-type": change_type,
    "add-index": add_index,
    "add-constraint": add_constraint,
    "char-index": char_index,
    "python": python,
    "direct-imports": direct_imports,
    "sql": sql,
    "extension": extension,
    "alone": alone,
}
# Rules that a migration of the second step may break.
CONTRACT = frozenset({"drop", "not-null"})


def sent(operation: Operation) -> list[Operation]:
    """What of an operation reaches the database; what only Django is told breaks nothing."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return [part for inner in operation.database_operations for part in sent(inner)]
    return [operation]


def _all_sent(migration: migrations.Migration) -> list[Operation]:
    return [part for operation in migration.operations for part in sent(operation)]


def _text(statements: Any) -> str:
    if isinstance(statements, str):
        return statements
    return "\n".join(each if isinstance(each, str) else str(each[0]) for each in statements)
