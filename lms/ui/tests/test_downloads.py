"""A downloaded table opens in a spreadsheet as what it says, and as nothing else."""

import csv
import datetime as dt
import io

import pytest

from lms.ui import downloads


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_would_run_as_a_formula_gets_an_apostrophe(start: str) -> None:
    assert downloads.cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_a_name_with_an_inner_sign_stays_as_it_is() -> None:
    assert downloads.cell("Ana-Maria = O'Neil") == "Ana-Maria = O'Neil"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (-3, "-3"),
        (dt.date(2026, 12, 12), "2026-12-12"),
        (dt.datetime(2026, 12, 12, 10, 44, tzinfo=dt.UTC), "2026-12-12T10:44:00+00:00"),
        ("a\x00b", "ab"),
    ],
)
def test_values_are_written_plainly(value: object, written: str) -> None:
    assert downloads.cell(value) == written


def test_what_was_written_reads_back_the_same() -> None:
    rows = [["Söderström, Åsa", 'says "no"', "two\nlines", "=1+1"], ["李", "", "ع", "x"]]
    response = downloads.csv_response("people.csv", header=["a", "b", "c", "d"], rows=rows)
    raw = body(response)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert int(response["Content-Length"]) == len(raw)
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert response["Cache-Control"] == "private, no-store"
    read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert read == [["a", "b", "c", "d"], ["Söderström, Åsa", 'says "no"', "two\nlines", "'=1+1"], rows[1]]


def test_every_field_is_quoted_and_the_mark_can_be_left_out() -> None:
    raw = body(downloads.csv_response("x.csv", header=["n"], rows=[[1], [None]], bom=False))
    assert raw == b'"n"\r\n"1"\r\n""\r\n'


def test_a_large_table_is_whole() -> None:
    rows = ([number, "x" * 100] for number in range(30_000))
    raw = body(downloads.csv_response("x.csv", header=["n", "t"], rows=rows))
    assert raw.count(b"\r\n") == 30_001


def test_an_error_in_a_late_row_gives_no_file_at_all() -> None:
    def rows():
        yield [1]
        raise LookupError("row 2")

    with pytest.raises(LookupError):
        downloads.csv_response("x.csv", header=["n"], rows=rows())
