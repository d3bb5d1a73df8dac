"""The house rules that no linter knows: sizes, names, signals, and where tables may live."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model

from tenants import router

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "tenants", "lms", "compliance", "billing", "bench")
DRAWERS = {"utils", "helpers", "common", "misc"}
FILE_LINES, FUNCTION_LINES, LONG_FUNCTION_LINES, LONG_FUNCTION_SHARE = 400, 50, 40, 0.02
TEMPLATE_LINES, CSS_LINES, JS_LINES = 120, 150, 80


def _sources(*, tests: bool = True) -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            inner = path.relative_to(ROOT).parts
            if "migrations" not in inner and (tests or "tests" not in inner):
                yield path


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions() -> list[tuple[str, int]]:
    found = []
    for path in _sources(tests=False):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{_named(path)}:{node.lineno} {node.name}", length))
    return found


def test_no_python_file_is_too_long_to_read() -> None:
    assert {_named(path): _lines(path) for path in _sources() if _lines(path) > FILE_LINES} == {}


def test_no_function_is_too_long_to_read() -> None:
    functions = _functions()
    assert [entry for entry in functions if entry[1] > FUNCTION_LINES] == []
    long = [entry for entry in functions if entry[1] > LONG_FUNCTION_LINES]
    assert len(long) <= LONG_FUNCTION_SHARE * len(functions), long


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("templates/**/*.html", TEMPLATE_LINES),
        ("lms/ui/static/**/*.css", CSS_LINES),
        ("lms/ui/static/**/*.js", JS_LINES),
    ],
)
def test_no_front_end_file_is_too_long_to_read(pattern: str, most: int) -> None:
    paths = [path for path in ROOT.glob(pattern) if "vendor" not in path.parts]
    assert paths, "nothing matches: the pattern is wrong"
    assert {_named(path): _lines(path) for path in paths if _lines(path) > most} == {}


def test_every_document_that_code_sends_somebody_to_is_there() -> None:
    named = {
        (_named(path), document)
        for path in _sources()
        for document in re.findall(r"docs/[\w/-]+\.(?:md|json)", path.read_text())
    }
    assert {pair for pair in named if not (ROOT / pair[1]).exists()} == set()
    assert named


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = range(1, len(decisions) + 1)
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in numbers]
    titles = [path.read_text().split(".")[0] for path in decisions]
    assert titles == [f"# {number}" for number in numbers]


def test_nothing_is_called_a_drawer() -> None:
    assert [_named(path) for path in _sources() if DRAWERS & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_no_rule_hides_in_a_save_signal() -> None:
    banned = re.compile(r"\b(pre_save|post_save|pre_delete|post_delete|m2m_changed)\b")
    hits = [_named(path) for path in _sources(tests=False) if banned.search(path.read_text(encoding="utf-8"))]
    assert hits == []


def test_only_the_clock_asks_the_system_what_time_it_is() -> None:
    banned = re.compile(r"datetime\.now\(|\.utcnow\(|date\.today\(|timezone\.now\(|auto_now")
    allowed = {"tenants/clock.py"}
    hits = [
        _named(path)
        for path in _sources(tests=False)
        if _named(path) not in allowed
        and not _named(path).startswith(("config/local", "bench"))
        and banned.search(path.read_text(encoding="utf-8"))
    ]
    assert hits == []


def test_rules_never_see_a_request() -> None:
    layers = {"actions", "queries", "rules", "core", "models", "facts", "imports"}
    hits = [
        _named(path)
        for path in _sources(tests=False)
        if layers & {path.stem, *path.relative_to(ROOT).parts[:-1]}
        and "HttpRequest" in path.read_text(encoding="utf-8")
    ]
    assert hits == []


def _models() -> list[type[Model]]:
    return list(apps.get_models(include_auto_created=True))


def test_every_model_is_shared_or_a_tenants_and_never_both() -> None:
    shared, tenant = router.shared_labels(), router.tenant_labels()
    assert shared & tenant == frozenset()
    homeless = {model._meta.label for model in _models() if model._meta.app_label not in shared | tenant}
    assert homeless == set()


def test_no_foreign_key_crosses_from_shared_to_tenant_or_back() -> None:
    tenant = router.tenant_labels()
    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in _models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        and isinstance(field.related_model, type)
        and (model._meta.app_label in tenant) != (field.related_model._meta.app_label in tenant)
    ]
    assert crossing == []


def test_char_fields_are_made_unique_by_constraints() -> None:
    """`unique=True` on a CharField makes a second, unused index in every tenant."""
    ours = [
        model
        for model in _models()
        if model.__module__.startswith(("tenants", "lms", "compliance", "billing"))
    ]
    inherited = {"tenants.Tenant.schema_name", "tenants.Domain.domain"}
    hits = {
        f"{model._meta.label}.{field.name}"
        for model in ours
        for field in model._meta.local_concrete_fields
        if (field.unique or getattr(field, "db_index", False))
        and field.get_internal_type() in {"CharField", "SlugField", "TextField"}
    }
    assert hits - inherited == set()


def test_own_settings_are_read_somewhere() -> None:
    """A setting nobody reads is a promise nobody keeps."""
    names = {
        "TENANT_DB_ROLES",
        "TENANT_OPENERS",
        "MAIL_FROM_ADDRESS",
        "MAILBOX_DIR",
        "PUBLIC_ORIGIN",
        "ALLOW_DEMO",
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in _sources() if "settings" not in path.parts)
    assert {name for name in names if f"settings.{name}" not in text} == set()
    assert {name for name in names if not hasattr(settings, name)} == set()
