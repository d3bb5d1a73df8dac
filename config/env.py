"""Typed readers of the environment that fail loudly.

A secret may stand in NAME itself or, as container platforms like it, in a file that NAME_FILE names.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadEnvironment(Exception):
    """A variable is missing or holds something its reader cannot use."""


def text(name: str, default: str | None = None) -> str:
    """The variable `name`, else the content of the file `name`_FILE, else `default`.

    Raises BadEnvironment when none of them exists.
    """
    if name in os.environ:
        return os.environ[name]
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        return Path(file_name).read_text(encoding="utf-8").strip()
    if default is None:
        raise BadEnvironment(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
    return default


def flag(name: str, *, default: bool) -> bool:
    """A yes or no; raises BadEnvironment for anything else."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise BadEnvironment(f"{name} is {value!r}; expected one of {sorted(_TRUE | _FALSE - {''})}.")


def choice(name: str, options: tuple[str, ...]) -> str:
    """One of `options`, the first by default; raises BadEnvironment for anything else."""
    value = text(name, options[0]).strip().lower() or options[0]
    if value not in options:
        raise BadEnvironment(f"{name} is {value!r}; expected one of {', '.join(options)}.")
    return value


def number(name: str, default: int) -> int:
    """A whole number; raises BadEnvironment for anything else."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise BadEnvironment(f"{name} is {value!r}; expected a whole number.") from error


def pairs(name: str) -> dict[str, str]:
    """`key=value` pairs with blanks or new lines between them; raises BadEnvironment for anything else."""
    found: dict[str, str] = {}
    for item in text(name, "").split():
        key, sign, value = item.partition("=")
        if not sign or not key.isidentifier() or not value or key in found:
            raise BadEnvironment(
                f"{name} holds {key!r}; expected name=value pairs with blanks between them, each name once."
            )
        found[key] = value
    return found


def database(url: str) -> dict[str, object]:
    """Django's database settings for a postgresql:// URL; a `host` in the query names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment(f"A database URL begins with postgresql://, not {parts.scheme}://.")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(query),
    }
