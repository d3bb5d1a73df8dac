"""Compiles every template, so that a misspelt tag or a missing parent is found before a person finds it."""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import django
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode

from config.checkup.csp import CLONE

LONGEST = 120
FOLDERS = ["templates", "lms", "compliance", "tenants", "billing", "config"]


def names() -> dict[str, Path]:
    """Every template of ours by the name it is loaded with."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted((CLONE / folder).rglob("*")):
            if "tests" in path.parts:
                continue  # a test brings the settings its templates need
            inside = path.as_posix().rpartition("templates/")[2]
            if (
                path.is_file()
                and "templates" in path.parts
                and path.suffix in {".html", ".txt", ".svg", ".xml"}
            ):
                found[inside] = path
    return found


def problem(name: str, path: Path) -> str | None:
    """What is wrong with this template, or None: its length, its syntax, or a parent or part not found."""
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > LONGEST:
        return f"{lines} lines; at most {LONGEST}"
    try:
        template = get_template(name)
        nodes = template.template.nodelist.get_nodes_by_type((ExtendsNode, IncludeNode))  # type: ignore[attr-defined]
        for node in nodes:
            target: Any = node.parent_name if isinstance(node, ExtendsNode) else node.template
            wanted = target.var
            if isinstance(wanted, str):
                get_template(wanted)
    except (TemplateSyntaxError, TemplateDoesNotExist) as error:
        return f"{type(error).__name__}: {error}"
    return None


def main() -> int:
    """Print each problem; the exit code says whether there was any."""
    django.setup()
    found = names()
    problems = {name: what for name, path in found.items() if (what := problem(name, path))}
    for name, what in problems.items():
        print(f"{found[name].relative_to(CLONE)}: {what}")
    print(f"{len(found)} templates, {len(problems)} with a problem")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
