"""Two rules of the import graph that contracts cannot say."""

import importlib.metadata
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("config", "tenants", "lms", "compliance", "billing")
# What an app shows its neighbours; everything else is private. The foundation is open to all.
PUBLIC_FACE = {"actions", "queries", "events", "enums", "kinds", "urls", "urls_public", "urls_accounts"}
FOUNDATION = ("tenants", "lms.access", "lms.ui", "compliance.core")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *PACKAGES, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )


def _app(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] in {"lms", "compliance"} else parts[0]


def _is_private(module: str) -> bool:
    app = _app(module)
    inside = module.removeprefix(app).lstrip(".").split(".")[0]
    return bool(inside) and inside not in PUBLIC_FACE


def test_no_app_reaches_inside_another(graph: grimp.ImportGraph) -> None:
    reaching = [
        f"{importer} reaches into {imported}"
        for importer in graph.modules
        if importer.startswith(PACKAGES) and ".tests" not in importer and not importer.startswith("config")
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.startswith(PACKAGES)
        and _app(imported) != _app(importer)
        and not imported.startswith(FOUNDATION)
        and _is_private(imported)
    ]
    assert sorted(reaching) == []


def test_the_core_imports_the_standard_library_only(graph: grimp.ImportGraph) -> None:
    foreign = {
        imported
        for module in graph.modules
        if module.startswith("compliance.core") and ".tests" not in module
        for imported in graph.find_modules_directly_imported_by(module)
        if not imported.startswith("compliance.core")
        and imported.split(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_what_runs_in_production_imports_nothing_that_is_installed_for_tests_only(
    graph: grimp.ImportGraph,
) -> None:
    locked = {
        line.split("==")[0].replace("-", "_")
        for line in (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    by_module = importlib.metadata.packages_distributions()
    strangers = {
        f"{module} imports {imported}"
        for module in graph.modules
        if module.startswith(PACKAGES)
        and ".tests" not in module
        and not module.startswith(("config.local", "config.checkup", "config.isolation"))
        for imported in graph.find_modules_directly_imported_by(module)
        for name in [imported.split(".")[0]]
        if name not in sys.stdlib_module_names
        and name not in PACKAGES
        and not {found.lower().replace("-", "_") for found in by_module.get(name, [])} & locked
    }
    assert sorted(strangers) == []
