"""What may be sent as a file: how many, how large, and of which kind by its content, never by its name. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from compliance.evidence.enums import FileType

MAX_FILES = 5
MAX_BYTES = 10 * 1024 * 1024
# Together, so that one form stays below what the web server takes (docs/guides/evidence.md).
MAX_TOTAL_BYTES = 25 * 1024 * 1024
MAX_NAME = 150
TAIL = 1024

_ENDINGS = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png",),
    FileType.JPEG: (".jpg", ".jpeg"),
}
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class BadFile(ValueError):
    """A file that is not taken; the message says which and why, and what to send instead. Nothing was saved."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its safe name, what it is, and its content."""

    name: str
    content_type: FileType
    content: bytes
    sha256: str


def checked(given: Iterable[tuple[str, bytes]]) -> list[Checked]:
    """The files, if each of them and all together may be kept. Raises BadFile."""
    files = [_one(name, content) for name, content in given]
    if len(files) > MAX_FILES:
        raise BadFile(_("These are %(n)d files; at most %(most)d can be sent.") % _numbers(len(files)))
    if sum(len(each.content) for each in files) > MAX_TOTAL_BYTES:
        raise BadFile(_("Together the files are larger than 25 MB. Send fewer, or smaller ones."))
    if len({each.sha256 for each in files}) < len(files):
        raise BadFile(_("The same file was chosen twice. Choose each only once."))
    return files


def sniffed(content: bytes) -> FileType | None:
    """What the content is; None for everything that is not taken."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    return FileType.PDF if content.startswith(b"%PDF-") else None


def is_whole(kind: FileType, content: bytes) -> bool:
    """Whether the end is there: an upload that broke off has none."""
    tail = content[-TAIL:]
    if kind is FileType.PDF:
        return b"%%EOF" in tail
    return (b"IEND\xaeB`\x82" if kind is FileType.PNG else b"\xff\xd9") in tail


def safe_name(name: str, kind: FileType) -> str:
    """The name without folders, control characters and marks that turn the direction, with the ending it deserves."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        each for each in unicodedata.normalize("NFC", name) if unicodedata.category(each)[0] != "C"
    )
    shown = " ".join(shown.split()).strip(". ")
    path = PurePosixPath(shown or "file")
    stem, ending = (
        (path.stem, path.suffix) if path.suffix.lower() in _ENDINGS[kind] else (path.name, _ENDINGS[kind][0])
    )
    stem = f"_{stem}" if _RESERVED.match(stem) else stem
    return f"{stem[:MAX_NAME]}{ending}"


def _one(name: str, content: bytes) -> Checked:
    shown = {"name": _shown(name)}
    if not content:
        raise BadFile(_("“%(name)s” is empty. Choose the file again.") % shown)
    if len(content) > MAX_BYTES:
        raise BadFile(
            _("“%(name)s” is larger than 10 MB. Send a smaller scan, or only the pages that matter.") % shown
        )
    kind = sniffed(content)
    if kind is None:
        raise BadFile(
            _(
                "“%(name)s” is neither a PDF nor a PNG or JPEG image, whatever its name says. Save it as one of these."
            )
            % shown
        )
    if not is_whole(kind, content):
        raise BadFile(
            _("“%(name)s” is not complete: its end is missing. Save it anew and send it again.") % shown
        )
    return Checked(safe_name(name, kind), kind, content, hashlib.sha256(content).hexdigest())


def _shown(name: str) -> str:
    """A name as it can stand in a sentence."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in base if unicodedata.category(each)[0] != "C")[:80] or _("The file")


def _numbers(count: int) -> dict[str, int]:
    return {"n": count, "most": MAX_FILES}
