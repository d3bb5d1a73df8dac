"""The import contracts bite: a wrong line, planted in a copy of the tree, is noticed by the contract meant for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "tenants", "lms", "compliance", "billing")
WRONG_LINES = [
    ("compliance/core/standing.py", "import django.utils.timezone", "The compliance core is pure"),
    ("compliance/core/terms.py", "import compliance.records.models", "Inside compliance: one direction"),
    ("lms/people/rules.py", "import compliance.records.queries", "The tree"),
    ("tenants/tasks.py", "import lms.people.queries", "The tree"),
    ("lms/catalog/queries/content.py", "import lms.learning.queries", "Inside lms: one direction"),
    ("lms/access/guard.py", "import lms.people.queries", "Inside lms: one direction"),
    ("lms/audit/models.py", "import lms.audit.actions", "Inside an app"),
    ("lms/mail/queries.py", "import lms.mail.views", "Inside an app"),
    ("lms/rewards/__init__.py", "", "Inside lms: one direction"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", target)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    return target


def _broken(tree: Path) -> list[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=120)
    return [line for line in result.stdout.splitlines() if " BROKEN" in line]


def test_the_tree_as_it_is_breaks_nothing(copy: Path) -> None:
    assert _broken(copy) == []


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "contract"), WRONG_LINES)
def test_a_wrong_import_is_noticed(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        assert any(contract in found for found in _broken(copy))
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, encoding="utf-8")
