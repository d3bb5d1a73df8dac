"""Bytes to text: byte-order mark, then zero bytes, then strict UTF-8, then Windows-1252 said aloud."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 20_000_000

# What the form offers when the guess was wrong; the values are Python's names.
ENCODINGS: dict[str, Promise | str] = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": _("Windows, Western Europe (1252)"),
    "cp1250": _("Windows, Central Europe (1250)"),
    "mac_roman": _("Macintosh, Western Europe"),
}

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAVE_AS = _("Save it as “CSV UTF-8” and upload that.")
_MAGIC: tuple[tuple[bytes, Promise], ...] = (
    (b"PK\x03\x04", _("This is an Excel workbook or a zip archive, not a text file.")),
    (b"\xd0\xcf\x11\xe0", _("This is an old Excel workbook, not a text file.")),
    (b"%PDF", _("This is a PDF, not a text file.")),
    (b"\x1f\x8b", _("This is a compressed file, not a text file.")),
    (b"\x89PNG", _("This is a picture, not a text file.")),
    (b"\xff\xd8\xff", _("This is a picture, not a text file.")),
    (b"{\\rtf", _("This is a text-processor document, not a plain text file.")),
)
_SAMPLE = 8192
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x0b\x00\x1a")


class NotReadable(Exception):
    """The file cannot be read as a roster; the argument is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text without its byte-order mark. `is_guess` when the encoding could not be known for sure."""

    text: str
    encoding: str
    is_guess: bool = False


def decode(content: bytes, encoding: str = "") -> Decoded:
    """The text of an uploaded file; in `encoding` where the person chose one.

    Raises NotReadable with a sentence that says what to do.
    """
    _check_is_text(content)
    if encoding:
        return Decoded(_strict(_without_mark(content, encoding), encoding), encoding)
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Decoded(_strict(content[len(mark) :], name), name)
    if wide := _wide_encoding(content[:_SAMPLE]):
        return Decoded(_strict(content, wide), wide, is_guess=True)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return Decoded(_strict(content, "cp1252"), "cp1252", is_guess=True)


def _check_is_text(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise NotReadable(_("The file is larger than 20 MB. Split it and import one part after the other."))
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise NotReadable(_("The file is empty."))
    for magic, sentence in _MAGIC:
        if content.startswith(magic):
            raise NotReadable(f"{sentence} {_SAVE_AS}")
    if content[:256].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise NotReadable(f"{_('This is a web page or an XML file, not a list.')} {_SAVE_AS}")
    sample = content[:_SAMPLE]
    odd = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    if odd * 50 > len(sample):
        raise NotReadable(f"{_('This is not a text file.')} {_SAVE_AS}")


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) * 10 > half * 3:
        return "utf-16-le"
    if sample[0::2].count(0) * 10 > half * 3:
        return "utf-16-be"
    return ""


def _without_mark(content: bytes, encoding: str) -> bytes:
    for mark, name in _BYTE_ORDER_MARKS:
        if name == encoding and content.startswith(mark):
            return content[len(mark) :]
    return content


def _strict(content: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise NotReadable(_("This encoding is not known here."))
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotReadable(
            _("The text on line %(line)s cannot be read as %(encoding)s. Save the file as “CSV UTF-8”.")
            % {"line": line, "encoding": ENCODINGS[encoding]}
        ) from error
