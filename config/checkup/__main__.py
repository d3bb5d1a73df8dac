"""`make check`: runs every check, shows the output of those that fail, and ends with one line.

`python -m config.checkup types contracts` runs two of them; `--list` names all.
"""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
PYTHON = sys.executable
# Parameters that frameworks pass by name or position, whether we need them or not.
GIVEN_NAMES = "app_configs,frame,hints,include_public,model_name,obj,session,trace,sender,kwargs,exc_*"
PACKAGES = ["config", "tenants", "lms", "compliance", "billing", "bench"]


@dataclass(frozen=True)
class Check:
    """One command that must end with code 0."""

    name: str
    command: list[str]


def packages() -> list[str]:
    """Our Python packages that exist."""
    return [name for name in PACKAGES if (CLONE / name / "__init__.py").exists()]


def checks() -> list[Check]:
    """All of them, quick ones first."""
    ruff = [PYTHON, "-m", "ruff"]
    return [
        Check("style", [*ruff, "check", "--quiet", "."]),
        Check("format", [*ruff, "format", "--check", "--quiet", "."]),
        Check("csp", [PYTHON, "-m", "config.checkup.csp"]),
        Check("locks", [PYTHON, "-m", "config.checkup.locks"]),
        Check("templates", [PYTHON, "-m", "config.checkup.templates"]),
        Check("django", [PYTHON, "manage.py", "check", "--fail-level=WARNING"]),
        Check("migrations", [PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("expand", [PYTHON, "-m", "config.checkup.migrations"]),
        Check("contracts", [str(SCRIPTS / "lint-imports"), "--no-cache"]),
        Check("dead-code", [PYTHON, "-m", "vulture", *packages(), "--ignore-names", GIVEN_NAMES]),
        Check("documents", [PYTHON, "-m", "config.checkup.documents"]),
        Check("types", [PYTHON, "-m", "mypy", *packages(), "conftest.py", "manage.py"]),
    ]


def run(check: Check) -> bool:
    """Run one check and say how it went; its output only when it failed."""
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=CLONE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(CLONE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{check.name:<11}{'ok' if passed else 'FAILED':<7}{time.monotonic() - started:6.1f} s", flush=True)
    if not passed:
        print(f"$ {' '.join(check.command)}\n{done.stdout}", flush=True)
    return passed


def main(wanted: list[str]) -> int:
    """The exit code: 0 when everything asked for passed."""
    everything = checks()
    if "--list" in wanted:
        print("\n".join(check.name for check in everything))
        return 0
    unknown = set(wanted) - {check.name for check in everything}
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}. `python -m config.checkup --list` names them.")
        return 2
    chosen = [check for check in everything if not wanted or check.name in wanted]
    failed = [check.name for check in chosen if not run(check)]
    print(
        f"{len(failed)} of {len(chosen)} failed: {', '.join(failed)}"
        if failed
        else f"all {len(chosen)} checks passed"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
