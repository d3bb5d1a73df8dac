"""What the Content-Security-Policy forbids is not written, and every template compiles."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.html")
    if not path.relative_to(ROOT / "templates").as_posix().startswith("mail/")
)
OURS = ("layouts/", "components/", "allauth/", "account/", "mfa/", "usersessions/", "errors/", "ui/")
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script without a file": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_nothing_inline(path: Path) -> None:
    source = path.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]
    assert not found, f"{name_of(path)}: {', '.join(found)}"


@pytest.mark.parametrize("path", [p for p in TEMPLATES if name_of(p).startswith(OURS)], ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    get_template(name_of(path))


@pytest.mark.parametrize("path", sorted((ROOT / "lms/ui/static/ui/css").rglob("*.css")), ids=lambda p: p.name)
def test_a_stylesheet_is_in_a_layer_and_short(path: Path) -> None:
    source = path.read_text()
    assert re.match(r"(/\*.*?\*/\s*)?@layer ", source, re.DOTALL), "everything is in a layer"
    assert len(source.splitlines()) <= 150


@pytest.mark.parametrize("path", sorted((ROOT / "lms/ui/static/ui/js").rglob("*.js")), ids=lambda p: p.name)
def test_a_script_imports_by_relative_path_and_is_short(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= 80
    for target in re.findall(r'from "([^"]+)"', source):
        assert target.startswith("./")
        assert (path.parent / target).exists()


def test_every_custom_property_that_is_used_is_defined() -> None:
    sources = [path.read_text() for path in (ROOT / "lms").rglob("static/**/*.css")]
    defined = {name for source in sources for name in re.findall(r"(--[\w-]+)\s*:", source)}
    used = {name for source in sources for name in re.findall(r"var\((--[\w-]+)", source)}
    assert used <= defined, f"nobody defines {', '.join(sorted(used - defined))}"
