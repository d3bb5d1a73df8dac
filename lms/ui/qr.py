"""A QR code as one SVG path, so that a page carries it without a file and without a style of its own."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

# White around it, in modules, without which scanners do not find it (ISO/IEC 18004 asks for four).
_QUIET = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """The modules of a code as the `d` of a path; `size` is the side of its square, quiet zone included."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """What a telephone reads as `text`, with 15 % of it allowed to be damaged."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return QrCode(len(rows), "".join(dark))
