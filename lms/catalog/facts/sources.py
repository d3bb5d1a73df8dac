"""The files of a course, wherever they come from: a folder, a zip, or several uploaded files.

A zip is looked at before anything is unpacked, and nothing is ever written to disk: names that leave the
folder, links, encryption and bombs are refused here.
"""

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

from django.utils.translation import gettext as _

from lms.catalog.facts.plan import Problem

MAX_FILES = 500
MAX_FILE_BYTES = 512 * 1024
MAX_TOTAL_BYTES = 8 * 1024 * 1024
MAX_ZIP_BYTES = 5 * 1024 * 1024
MAX_RATIO = 100
LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


class Unreadable(Exception):
    """The source as a whole is refused; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Source:
    """Files by their path inside the course folder, parts joined by `/`. `name` is what the person gave."""

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def from_folder(folder: Path) -> Source:
    """The files of a folder on this machine. Raises Unreadable."""
    if not folder.is_dir():
        _refuse(str(folder), _("There is no such folder."), _("Check the path."))
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        if _is_litter(inner):
            continue
        if path.is_symlink():
            _refuse(inner, _("This is a link to another place."), _("Put the file itself into the folder."))
        if not path.is_file():
            continue
        total += _checked_size(inner, path.stat().st_size)
        _check_totals(folder.name, len(files) + 1, total)
        files[inner] = path.read_bytes()
    return Source(folder.name, files)


def from_uploads(uploads: Iterable[tuple[str, bytes]]) -> Source:
    """Several files sent together; they carry no folders, so they form one module. Raises Unreadable."""
    files: dict[str, bytes] = {}
    total = 0
    for given, content in uploads:
        name = _safe_name(given)
        if _is_litter(name):
            continue
        if name.casefold() in {known.casefold() for known in files}:
            _refuse(name, _("Two files have this name."), _("Send each file once; for folders send a zip."))
        total += _checked_size(name, len(content))
        _check_totals(_("Upload"), len(files) + 1, total)
        files[name] = content
    return Source(_("Upload"), files)


def from_zip(content: bytes, name: str) -> Source:
    """The files in a zip; one folder around everything is taken off. Raises Unreadable."""
    if len(content) > MAX_ZIP_BYTES:
        _refuse(name, _("The zip is larger than 5 MB."), _("A course is text: see what else is in the zip."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _checked_entries(archive, name)
            files = {inner: _unpacked(archive, entry, inner) for inner, entry in entries.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Unreadable(
            Problem(
                name,
                None,
                _("This is not a zip that can be read, or it is damaged."),
                _("Make the zip again and send it once more."),
            )
        ) from error
    return Source(name, _without_wrapping_folder(files))


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip, the same bytes for the same files: how an upload waits to be saved."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _checked_entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Everything worth unpacking, by its safe path; decided from the directory alone."""
    entries: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    total = 0
    for entry in archive.infolist():
        inner = _safe_name(entry.orig_filename.removesuffix("/"))
        _check_entry(entry, inner)
        if entry.is_dir() or _is_litter(inner):
            continue
        total += _checked_size(inner, entry.file_size)
        _check_totals(name, len(entries) + 1, total)
        if inner.casefold() in seen:
            _refuse(inner, _("The zip holds two files with this name."), _("Keep one of them."))
        seen.add(inner.casefold())
        entries[inner] = entry
    return entries


def _check_entry(entry: zipfile.ZipInfo, inner: str) -> None:
    if entry.flag_bits & 0x1:
        _refuse(inner, _("The zip is protected by a password."), _("Make a zip without a password."))
    if stat.S_ISLNK(entry.external_attr >> 16):
        _refuse(inner, _("This is a link to another place."), _("Put the file itself into the zip."))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(inner, _("The zip is packed in an unusual way."), _("Make an ordinary zip."))
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 100):
        _refuse(inner, _("This file unpacks to far more than its size."), _("Take it out of the zip."))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, inner: str) -> bytes:
    """The content, never more than the limit whatever the directory of the zip claims."""
    with archive.open(entry) as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    _checked_size(inner, len(content))
    return content


def _safe_name(given: str) -> str:
    """The path as we use it: inside the folder, composed characters, no tricks. Raises Unreadable."""
    name = unicodedata.normalize("NFC", given)
    parts = PurePosixPath(name).parts
    is_odd = any(not char.isprintable() for char in name) or "\\" in name or ":" in name
    if not parts or name.startswith("/") or ".." in parts or is_odd:
        shown = "".join(char if char.isprintable() else "?" for char in name)[:100]
        _refuse(
            shown or "?",
            _("This name leads out of the course folder or holds characters that file names cannot have."),
            _("Rename the file, and pack the course folder itself."),
        )
    return PurePosixPath(*parts).as_posix()


def _without_wrapping_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """The zip of a folder usually holds that folder; the course is what lies inside it."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return _without_wrapping_folder({name.split("/", 1)[1]: content for name, content in files.items()})
    return files


def _is_litter(name: str) -> bool:
    """What operating systems leave behind, and hidden files."""
    return any(part.startswith(".") or part.casefold() in LITTER for part in name.split("/"))


def _checked_size(name: str, size: int) -> int:
    if size > MAX_FILE_BYTES:
        _refuse(name, _("This file is larger than 512 KB."), _("Split it, or take it out."))
    return size


def _check_totals(name: str, count: int, total: int) -> None:
    if count > MAX_FILES:
        _refuse(name, _("There are more than 500 files."), _("Keep only what belongs to the course."))
    if total > MAX_TOTAL_BYTES:
        _refuse(name, _("The files are more than 8 MB together."), _("Keep only what belongs to the course."))


def _refuse(file: str, message: str, fix: str) -> NoReturn:
    raise Unreadable(Problem(file, None, message, fix))
