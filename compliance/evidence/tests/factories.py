"""Files as people send them, and proof in every state. Call inside a tenant."""

import datetime as dt
from typing import Any

from compliance.evidence import actions
from compliance.evidence.models import Evidence

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 40 + b"\xff\xd9"


def pdf(words: str = "Certificate of completion") -> bytes:
    """A page with these words, as small as a PDF can be."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% " + words.encode() + b"\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def text_pdf(*pages: str) -> bytes:
    """A PDF whose pages hold these lines as text, in Helvetica."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, page in enumerate(pages):
        shown = b"".join(b"(%s) Tj T*\n" % line.encode("cp1252") for line in page.splitlines())
        drawn = b"BT /F1 12 Tf 14 TL 50 700 Td\n" + shown + b"ET"
        parts.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (5 + 2 * number)
        )
        parts.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    return whole_pdf(*parts)


def whole_pdf(*parts: bytes) -> bytes:
    """These objects, numbered from 1, with their table; the first is the catalogue."""
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    end = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


def files(*given: tuple[str, bytes]) -> list[actions.Checked]:
    """These files, checked; without any, one PDF."""
    return actions.checked(given or [("certificate.pdf", pdf())])


def claim(**fields: Any) -> actions.Claim:
    """A training completed sixty days ago, without an end."""
    defaults: dict[str, Any] = {
        "title": "Security awareness 2026",
        "issuer": "University of Elsewhere",
        "completed_on": TODAY - 60 * DAY,
    }
    return actions.Claim(**(defaults | fields))


def send(user: Any, requirement: Any, at: dt.datetime, *given: tuple[str, bytes], **fields: Any) -> Evidence:
    """Proof that waits for a review."""
    replaces = fields.pop("replaces", None)
    return actions.send(
        requirement=requirement,
        claim=claim(**fields),
        files=files(*given),
        by=user,
        today=TODAY,
        at=at,
        replaces=replaces,
    )
