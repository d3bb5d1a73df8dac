"""Makes docs/generated anew in memory and compares: `python -m config.checkup.documents [--write]`."""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import django

from config.documents import pages, permissions, schema
from tenants.portability import dictionary

CLONE = Path(__file__).resolve().parents[2]
FOLDER = CLONE / "docs" / "generated"

# File name in docs/generated -> the function that makes its content.
MAKERS: dict[str, Callable[[], str]] = {
    "data-dictionary.md": dictionary.whole,
    "pages.md": pages.make,
    "permissions.md": permissions.make,
    "schema.md": schema.make,
}


def main(*, write: bool) -> int:
    """Compare, or with `write` bring up to date; the exit code says whether anything differs."""
    django.setup()
    stale = []
    for name, make in MAKERS.items():
        path, content = FOLDER / name, make()
        if write:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
    print(
        "\n".join(f"docs/generated/{name} is stale: make fix" for name in stale) or f"{len(MAKERS)} documents"
    )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv))
