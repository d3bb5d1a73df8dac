"""Where takeouts lie: a folder for each tenant, file names that cannot be guessed."""

import datetime as dt
import re
import secrets
from pathlib import Path

from django.conf import settings

from tenants import context
from tenants.portability import takeouts

_NAME = re.compile(r"[A-Za-z0-9_-]{32}\.zip")


class NotSetUp(Exception):
    """EXPORT_DIR is not set: there is nowhere to put a takeout."""


def is_set_up() -> bool:
    """Whether this installation has a place for takeouts."""
    return bool(settings.EXPORT_DIR)


def folder() -> Path:
    """The folder of the tenant in force; perhaps not there yet. Raises NotSetUp."""
    place = takeouts.folder_of(context.require_tenant().id)
    if place is None:
        raise NotSetUp
    return place


def new_path() -> Path:
    """Where the next takeout goes; its folder is made, for us alone."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place / f"{secrets.token_urlsafe(24)}.zip"


def path_of(name: str) -> Path | None:
    """The file of this name in the tenant's folder; None when there is none or the name is not one of ours."""
    if not is_set_up() or _NAME.fullmatch(name) is None:
        return None
    path = folder() / name
    return path if path.is_file() and not path.is_symlink() else None


def sweep(keep: set[str], *, older_than: dt.datetime) -> int:
    """Delete what is not to be kept and was last written before `older_than`; answers how many files that were."""
    if not is_set_up() or not folder().is_dir():
        return 0
    gone = 0
    for path in folder().iterdir():
        written_at = dt.datetime.fromtimestamp(path.lstat().st_mtime, tz=dt.UTC)
        if path.name not in keep and written_at < older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
