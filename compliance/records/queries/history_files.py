"""Reading a file of past completions: lines, columns, days; every mistake with its line and what to do."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

MAX_ROWS = 5000
MAX_BYTES = 1_000_000
COLUMNS = {
    "person": ("person", "email", "e-mail", "employee id", "employee_id", "work email"),
    "requirement": ("requirement", "course", "training"),
    "on": ("completed on", "completed_on", "completed", "date", "day"),
    "score": ("score",),
    "reference": ("reference", "source", "certificate"),
}
_NEEDED = ("person", "requirement", "on")
_NAMES = {"person": "person", "requirement": "requirement", "on": "completed on"}
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
_SLASHED = re.compile(r"^\d{1,4}[/-]\d{1,2}[/-]\d{1,4}$")


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was written; `number` as an editor counts, the header being the first."""

    number: int
    person: str
    requirement: str
    on: str
    score: str = ""
    reference: str = ""


def decode(content: bytes) -> str:
    """The text of an uploaded file, in UTF-8 or as Excel writes it. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 1 MB. Split it and load one part after the other."))
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The file is no text. Save it as CSV in UTF-8 and try again."))


def read(text: str) -> list[Line]:
    """The lines of the file in order, without empty ones. Raises Unreadable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    first = text.split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    except csv.Error as error:
        raise Unreadable(_("The file is no CSV: a quotation mark may be missing.")) from error
    if not rows:
        raise Unreadable(_("The file is empty."))
    places = _places(rows[0])
    missing = [_NAMES[name] for name in _NEEDED if name not in places]
    if missing:
        raise Unreadable(
            _("The first line names no column “%(names)s”. Needed are: person, requirement, completed on.")
            % {"names": "”, “".join(missing)}
        )
    lines = [
        Line(
            number, **{name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        )
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if not lines:
        raise Unreadable(_("There is no line below the names of the columns."))
    if len(lines) > MAX_ROWS:
        raise Unreadable(
            _("The file has more than %(n)d lines. Split it and load one part after the other.")
            % {"n": MAX_ROWS}
        )
    return lines


def day_of(text: str) -> date | str:
    """The day that is meant, or what is wrong with how it is written."""
    if not text:
        return _("The day is missing.")
    iso, dotted = _ISO.match(text), _DOTTED.match(text)
    parts = iso.groups() if iso else tuple(reversed(dotted.groups())) if dotted else None
    if parts is None:
        if _SLASHED.match(text):
            return _("“%(text)s” could mean two days. Write it like 2025-03-31.") % {"text": text}
        return _("“%(text)s” is no day. Write it like 2025-03-31.") % {"text": text}
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return _("There is no day “%(text)s”.") % {"text": text}


def score_of(text: str) -> int | str | None:
    """The score in percent, None without one, or what is wrong with it."""
    bare = text.removesuffix("%").strip()
    if not bare:
        return None
    if not bare.isascii() or not bare.isdigit() or int(bare) > 100:
        return _("“%(text)s” is no score: it is a whole number from 0 to 100.") % {"text": text}
    return int(bare)


def _places(header: list[str]) -> dict[str, int]:
    """Which column holds what."""
    names = [" ".join(cell.strip().lstrip("\ufeff").casefold().split()) for cell in header]
    return {
        name: next(place for place, cell in enumerate(names) if cell in spellings)
        for name, spellings in COLUMNS.items()
        if any(cell in spellings for cell in names)
    }
