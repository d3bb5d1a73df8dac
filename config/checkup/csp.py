"""Finds what our Content-Security-Policy would refuse in a browser: inline script, style and handlers."""

# ruff: noqa: T201  # a command: its output is its purpose
from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]

IN_TEMPLATES = {
    "inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>", re.IGNORECASE
    ),
    "inline style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
    "hx-on handler": re.compile(r"\shx-on[:a-z-]*\s*=|\shx-vals\s*=\s*[\"']js:", re.IGNORECASE),
    "address of another site": re.compile(
        r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)\s*=\s*[\"']https?:", re.IGNORECASE
    ),
}
IN_SCRIPTS = {
    "code from a string": re.compile(
        r"\beval\s*\(|\bnew\s+Function\s*\(|set(?:Timeout|Interval)\s*\(\s*[\"'`]"
    ),
    "markup from a string": re.compile(r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write"),
}
# Mail is read in mail programs, which know no style sheets but those in the message itself.
MAIL = re.compile(r"(?:^|/)templates/(?:mail|layouts/mail)")


def findings(text: str, rules: dict[str, re.Pattern[str]]) -> Iterator[tuple[int, str]]:
    """Line number (from 1) and what is wrong there. Template comments do not count."""
    plain = re.sub(
        r"{%\s*comment.*?endcomment\s*%}|{#.*?#}",
        lambda found: "\n" * found[0].count("\n"),
        text,
        flags=re.DOTALL,
    )
    for what, pattern in rules.items():
        for found in pattern.finditer(plain):
            yield plain.count("\n", 0, found.start()) + 1, what


def files(*patterns: str) -> list[Path]:
    """Our own files of these kinds; nothing installed, nothing built, no tests."""
    roots = ["templates", "config", "tenants", "lms", "compliance", "billing"]
    found = [path for root in roots for pattern in patterns for path in (CLONE / root).rglob(pattern)]
    return sorted(path for path in found if "tests" not in path.parts and "vendor" not in path.parts)


def main() -> int:
    """Print `file:line: what`; the exit code says whether there was any."""
    templates = [path for path in files("*.html") if not MAIL.search(path.as_posix())]
    jobs = [(path, IN_TEMPLATES) for path in templates] + [
        (path, IN_SCRIPTS) for path in files("*.js", "*.mjs")
    ]
    bad = [
        f"{path.relative_to(CLONE)}:{line}: {what}"
        for path, rules in jobs
        for line, what in findings(path.read_text(encoding="utf-8"), rules)
    ]
    print("\n".join(bad) or f"{len(jobs)} files, nothing inline")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
