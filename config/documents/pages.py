"""docs/generated/pages.md: every address that answers, and who is let in."""

import importlib
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver

from lms.access.guard import Access

_HEAD = """# Addresses

Made from the URLconfs and the guards on the views by `make fix`. What each page shows is in `docs/pages.md`.
"""


def make() -> str:
    """The whole document."""
    parts = [_HEAD]
    for title, module in (
        ("A tenant's host", "config.urls_tenant"),
        ("The public host", "config.urls_public"),
        ("The operators' host", "config.urls_operator"),
    ):
        parts += [f"\n## {title}\n", "| Address | Name | Who |", "|---|---|---|"]
        rows = sorted(walk(importlib.import_module(module).urlpatterns))
        parts += [f"| `{address}` | {name} | {who} |" for address, name, who in rows]
    return "\n".join(parts) + "\n"


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = "/", space: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Every (address, name, guard) below these patterns."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, address, inner)
        else:
            yield address, f"{space}{pattern.name}", _who(getattr(pattern.callback, "access", None))


def _who(access: object) -> str:
    if access is None:
        return "the sign-in library decides"
    if getattr(access, "kind", "") == "operators":
        return "operators with a second factor"
    if not isinstance(access, Access):
        return "everybody"  # the public host marks its views with a reason of its own
    if access.support is not None:
        return f"everyone signed in; support with `{access.support.value}`"
    if access.permission is None:
        return {"signed_in": "everyone signed in", "open": "everybody"}.get(access.kind, access.kind)
    return f"`{access.permission.value}`" + (", within their departments" if access.is_scoped else "")
