"""Refuses migrations that the previous release would not survive: `python -m config.checkup.migrations`.

New is what comes after the numbers in released.toml; `--released` puts today's numbers there, as part of a release.
A migration answers for an exception itself, by attributes of its class:

    contract_since = "0.2"     what it drops is not used by any code since that release
    allowed = {"add-constraint": "no tenant has two, the form refuses the second since 0.1"}
"""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import django
from django.apps import apps
from django.db.migrations import CreateModel, Migration
from django.db.migrations.loader import MigrationLoader

from config.checkup import expand
from tenants import router

CLONE = Path(__file__).resolve().parents[2]
RELEASED = Path(__file__).with_name("released.toml")
_OURS = ("tenants", "lms.", "compliance.", "billing")
_HEAD = (
    "# The last migration of each app in the last release (python -m config.checkup.migrations --released).\n"
)
_SHORTEST_REASON = 20


def problems(released: dict[str, str]) -> list[str]:
    """What is wrong with the migrations that come after `released` (number of the last one, by app label)."""
    loader = MigrationLoader(None)
    shared = router.shared_labels()
    new = [
        key
        for key in loader.disk_migrations
        if _is_ours(key[0]) and _number(key[1]) > released.get(key[0], "")
    ]
    old = [key for key in loader.disk_migrations if key not in new]
    created = {
        (key[0], operation.name.lower())
        for key in new
        for operation in loader.disk_migrations[key].operations
        if isinstance(operation, CreateModel)
    }
    # Asking for the old ones' state, Django adds new migrations that libraries depend on.
    old_models = frozenset(loader.project_state(old).models.keys() - created) if old else frozenset()
    found = []
    for key in sorted(new):
        migration = loader.disk_migrations[key]
        crossing = [each[0] for each in migration.dependencies if (each[0] in shared) != (key[0] in shared)]
        found += [
            f"{_named(key)}: it depends on {label}, across shared and tenants' tables" for label in crossing
        ]
        state = loader.project_state(key, at_end=False)
        broken: dict[str, list[str]] = {}
        for operation in migration.operations:
            for part in expand.sent(operation):
                case = expand.Case(key[0], migration, part, state.clone(), old_models, key[0] in shared)
                for name, rule in expand.RULES.items():
                    broken.setdefault(name, []).extend(f"{part.describe()}: {why}" for why in rule(case))
            operation.state_forwards(key[0], state)
        found += [f"{_named(key)}: {line}" for line in _judged(migration, broken)]
    return found


def _judged(migration: Migration, broken: dict[str, list[str]]) -> list[str]:
    """What remains of the findings after the migration's own exceptions; an exception without a finding is one."""
    allowed: dict[str, str] = getattr(migration, "allowed", {})
    since: str = getattr(migration, "contract_since", "")
    lines = []
    for name, findings in broken.items():
        if name in allowed or (since and name in expand.CONTRACT):
            continue
        lines += [f"{name}: {finding}" for finding in findings]
    for name, reason in allowed.items():
        if not broken.get(name):
            lines.append(f"allowed {name!r}: nothing here breaks that rule")
        elif len(reason) < _SHORTEST_REASON:
            lines.append(f"allowed {name!r}: the reason is too short to be one")
    if since and not _version(since) < _version(_current_version()):
        lines.append(f"contract_since {since}: must be a release before {_current_version()}")
    return lines


def released() -> dict[str, str]:
    """The numbers on record."""
    return dict(tomllib.loads(RELEASED.read_text(encoding="utf-8")))


def present() -> dict[str, str]:
    """The numbers of today."""
    last: dict[str, str] = {}
    for label, name in MigrationLoader(None).disk_migrations:
        if _is_ours(label):
            last[label] = max(last.get(label, ""), _number(name))
    return last


def write_released() -> None:
    """Put today's numbers on record."""
    lines = "".join(f'{label} = "{number}"\n' for label, number in sorted(present().items()))
    RELEASED.write_text(_HEAD + lines, encoding="utf-8")


def _is_ours(label: str) -> bool:
    return apps.get_app_config(label).name.startswith(_OURS)


def _number(name: str) -> str:
    return name.split("_", maxsplit=1)[0]


def _named(key: tuple[str, str]) -> str:
    return f"{key[0]}.{key[1]}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _current_version() -> str:
    told = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


def main(*, release: bool) -> int:
    """Print each problem; the exit code says whether there was any."""
    django.setup()
    if release:
        write_released()
        return 0
    found = problems(released())
    print("\n".join(found) or "every new migration can meet the previous release")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(release="--released" in sys.argv))
