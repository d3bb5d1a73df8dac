"""Which files are taken: each bad one is refused with a sentence, whatever its name says."""

import pytest

from compliance.evidence.enums import FileType
from compliance.evidence.rules.files import (
    MAX_BYTES,
    MAX_FILES,
    BadFile,
    checked,
    safe_name,
)
from compliance.evidence.tests.factories import JPEG, PNG, pdf

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", pdf(), FileType.PDF),
        ("a.png", PNG, FileType.PNG),
        ("a.jpeg", JPEG, FileType.JPEG),
        ("certificate.docx", pdf(), FileType.PDF),
    ],
)
def test_the_content_says_what_a_file_is(name: str, content: bytes, kind: FileType) -> None:
    (found,) = checked([(name, content)])
    assert (found.content_type, found.content) == (kind, content)
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"hello", "neither a PDF nor"),
        ("a.png", b"<html><script>alert(1)</script>", "neither a PDF nor"),
        ("a.png", SVG, "neither a PDF nor"),
        ("a.gif", b"GIF89a/*" + PNG, "neither a PDF nor"),
        ("a.pdf", b" " * 3 + pdf(), "neither a PDF nor"),
        ("a.zip", b"PK\x03\x04" + pdf(), "neither a PDF nor"),
        ("a.exe", b"MZ" + pdf(), "neither a PDF nor"),
        ("a.pdf", pdf()[:-10], "its end is missing"),
        ("a.png", PNG[:-12], "its end is missing"),
        ("a.jpg", JPEG[:-2], "its end is missing"),
        ("a.pdf", pdf() + b"\x00" * MAX_BYTES, "larger than 10 MB"),
    ],
)
def test_a_bad_file_is_refused_by_its_name_and_with_the_reason(name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words) as refusal:
        checked([(name, content)])
    assert name in str(refusal.value)


def test_five_files_are_taken_and_six_are_not() -> None:
    many = [(f"{number}.pdf", pdf(str(number))) for number in range(MAX_FILES + 1)]
    assert len(checked(many[:MAX_FILES])) == MAX_FILES
    with pytest.raises(BadFile, match="6 files; at most 5"):
        checked(many)


def test_all_files_together_have_a_limit() -> None:
    large = [
        (f"{number}.pdf", b"%PDF-" + bytes([number]) * (9 * 1024 * 1024) + b"%%EOF") for number in range(3)
    ]
    with pytest.raises(BadFile, match="larger than 25 MB"):
        checked(large)


def test_the_same_file_twice_is_one_too_many() -> None:
    with pytest.raises(BadFile, match="chosen twice"):
        checked([("a.pdf", pdf()), ("b.pdf", pdf())])


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("a.png", FileType.PNG, "a.png"),
        ("A.JPEG", FileType.JPEG, "A.JPEG"),
        ("a.png.html", FileType.PNG, "a.png.html.png"),
        ("../../etc/passwd", FileType.PDF, "passwd.pdf"),
        ("C:\\Users\\Ana\\proof.pdf", FileType.PDF, "proof.pdf"),
        ("CON", FileType.PDF, "_CON.pdf"),
        ("nul.pdf", FileType.PDF, "_nul.pdf"),
        ("proof\u202efdp.exe", FileType.PDF, "prooffdp.exe.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', FileType.PDF, 'a"Set-Cookie: x=1.pdf'),
        ("\x00", FileType.PDF, "file.pdf"),
        ("", FileType.PDF, "file.pdf"),
        ("...", FileType.PDF, "file.pdf"),
        (".pdf", FileType.PDF, "pdf.pdf"),
        ("Zeugnis \U0001f393.pdf", FileType.PDF, "Zeugnis \U0001f393.pdf"),
        ("u\u0308bung.pdf", FileType.PDF, "übung.pdf"),
        ("a" * 255 + ".pdf", FileType.PDF, "a" * 150 + ".pdf"),
    ],
)
def test_a_name_becomes_one_that_no_system_and_no_reader_is_fooled_by(
    name: str, kind: FileType, safe: str
) -> None:
    assert safe_name(name, kind) == safe
