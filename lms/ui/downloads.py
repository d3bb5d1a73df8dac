"""CSV files that a spreadsheet opens safely.

The rows are written while the request still has its tenant, into memory first and onto disk when large, and leave in
chunks. So an error in row 40,000 is an error page and never half a file that looks whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Final

from django.http import FileResponse

RISKY_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
IN_MEMORY: Final = 2 * 1024 * 1024
BOM: Final = "\ufeff"


def csv_response(
    file_name: str,
    *,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    bom: bool = True,
) -> FileResponse:
    """A download of `rows` under `header`: every field quoted, UTF-8 (with a BOM unless told otherwise), CRLF lines.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
    """
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    write_csv(spool, header=header, rows=rows, bom=bom)
    length = spool.tell()
    spool.seek(0)
    response = FileResponse(
        spool, as_attachment=True, filename=file_name, content_type="text/csv; charset=utf-8"
    )
    response["Content-Length"] = str(length)
    response["Cache-Control"] = "private, no-store"
    return response


def write_csv(
    file: IO[bytes], *, header: Sequence[object], rows: Iterable[Sequence[object]], bom: bool = True
) -> None:
    """Write `header` and `rows` to a binary file as `csv_response` describes."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    if bom:
        text.write(BOM)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([cell(value) for value in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def cell(value: object) -> str:
    """One field as text: None is empty, days and moments are ISO 8601, numbers stay numbers, formulas are defused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(RISKY_STARTS) else text
