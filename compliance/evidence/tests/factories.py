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
