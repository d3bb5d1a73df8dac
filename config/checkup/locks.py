"""Holds the locked requirement sets to pyproject.toml: nothing missing, all hashed, no index address."""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]


def canonical(requirement: str) -> str:
    """The package name of a requirement, as package indexes compare names."""
    name = re.split(r"[\s\[<>=!~;]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> dict[str, int]:
    """Package name to number of hashes."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    return {canonical(line): line.count("--hash=sha256:") for line in entries}


def problems() -> list[str]:
    """One sentence each."""
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    found: list[str] = []
    for name, groups in {"base": [], "local": ["local"], "dev": ["local", "dev"]}.items():
        path = CLONE / "requirements" / f"{name}.txt"
        lock = locked(path)
        needed = wanted + [entry for group in groups for entry in project["dependency-groups"][group]]
        found += [f"{path.name}: {entry} is missing" for entry in needed if canonical(entry) not in lock]
        found += [f"{path.name}: {package} has no hash" for package, hashes in lock.items() if not hashes]
        if re.search(
            r"--(?:extra-)?index-url|--find-links|@\s*(?:https?|file):", path.read_text(encoding="utf-8")
        ):
            found.append(
                f"{path.name}: names where packages come from; that is the installing machine's business"
            )
    return found


if __name__ == "__main__":
    found = problems()
    print("\n".join(found) or "the locks hold everything pyproject.toml asks for")
    sys.exit(1 if found else 0)
