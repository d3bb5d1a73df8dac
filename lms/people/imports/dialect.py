"""Text to cells: the separator, the header, and records with the physical line each starts on.

Python's reader does the splitting. Around it stands a watch over quotation marks: one that is never closed
would otherwise swallow every line after it; here it costs its own line only.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lms.people.imports.decode import NotReadable
from lms.people.imports.problems import Problem

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 200
MAX_RECORDS = 200_000
MAX_LINE_LENGTH = 100_000
MAX_LINES_IN_RECORD = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file; `line` is the physical line it starts on, the header being line 1."""

    line: int
    cells: list[str]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The column names (made distinct) and the physical line they stand on."""

    names: list[str]
    line: int
    repeated: list[str]


class _Runaway(Exception):
    """A record went on for too long."""


class _Lines:
    """Physical lines, with the ones of the current record remembered so that they can be given back."""

    def __init__(self, text: str) -> None:
        self._source = iter(io.StringIO(text, newline=""))
        self._again: deque[str] = deque()
        self.current: list[str] = []
        self.consumed = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.current.append(line)
        self.consumed += 1
        if len(line) > MAX_LINE_LENGTH or len(self.current) > MAX_LINES_IN_RECORD:
            raise _Runaway
        return line

    def start_record(self) -> int:
        """The number of the line the next record starts on."""
        self.current = []
        return self.consumed + 1

    def give_back_all_but_first(self) -> str:
        """Let the lines after the first of this record be read again; returns the first."""
        first, *rest = self.current
        self._again.extendleft(reversed(rest))
        self.consumed -= len(rest)
        return first


def sniff(text: str) -> str:
    """The separator: the one that splits the header into most cells, and the next line about as often."""
    first, *others = [line for line in text[:20_000].splitlines() if line.strip()][:5] or [""]
    if first.lower().startswith("sep=") and len(first) > 4:
        return first[4]

    def score(delimiter: str) -> tuple[int, int]:
        width = len(next(csv.reader([first], delimiter=delimiter)))
        same = sum(len(next(csv.reader([line], delimiter=delimiter), [])) == width for line in others)
        return (width if width == 1 else 2 + same, width)

    return max(DELIMITERS, key=score)


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record that has something in it, the header first."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    width = 0
    while True:
        start = lines.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_Runaway, csv.Error):
            yield _broken(start, lines)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if start == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep="):
            continue
        if len(lines.current) > 1 and _swallowed_lines(lines.current, len(cells), width, delimiter):
            yield _broken(start, lines)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if any(cell.strip() for cell in cells):
            width = width or len(cells)
            yield Record(start, cells)


def header_of(record: Record) -> Header:
    """The column names of the first record. Raises NotReadable when it cannot be a header."""
    if record.problem is not None:
        raise NotReadable(_("The first line cannot be read: a quotation mark in it is not closed."))
    names = [" ".join(cell.split()) for cell in record.cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise NotReadable(
            _("The file has %(count)s columns; %(limit)s are allowed. Leave out what is not needed.")
            % {"count": len(names), "limit": MAX_COLUMNS}
        )
    if any("@" in name for name in names):
        raise NotReadable(
            _("The first line must name the columns, such as “E-mail”. Here it already holds an address.")
        )
    seen: dict[str, int] = {}
    distinct: list[str] = []
    for number, written in enumerate(names, 1):
        name = written or str(_("Column %(number)s") % {"number": number})
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return Header(distinct, record.line, [name for name, count in seen.items() if count > 1])


def _broken(start: int, lines: _Lines) -> Record:
    first = lines.give_back_all_but_first()
    if len(first) > MAX_LINE_LENGTH:
        problem = Problem("long_line", facts={"count": len(first), "limit": MAX_LINE_LENGTH})
        return Record(start, [first[:200]], problem)
    return Record(start, [first.rstrip("\r\n")], Problem("open_quote"))


def _swallowed_lines(lines: list[str], count: int, width: int, delimiter: str) -> bool:
    """Whether the quotation mark of a record over several lines was closed by a later record's, or never."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return width > 1 and count != width and any(line.count(delimiter) >= width - 1 for line in lines[1:])
