"""What people of the demo sent as proof of training done elsewhere. Call inside its tenant."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from compliance.evidence import actions as evidence
from compliance.evidence.enums import RejectReason
from compliance.records import queries as records
from compliance.requirements import queries as requirements
from tenants import clock

Moment = Callable[[int, int], dt.datetime]
"""(days before today, hour) as UTC."""


def send_and_review(*, late: Any, copied: Any, better: Any, by: Any, today: dt.date, moment: Moment) -> None:
    """One that waits too long, one with the same file by somebody else, and one that was not accepted and sent anew."""
    shared = _pdf(_("Certificate of attendance, spring course"))
    spring, autumn = today - dt.timedelta(days=140), today - dt.timedelta(days=40)
    _send(late, shared, _("Information security, spring course"), completed_on=spring, at=moment(12, 10))
    _send(copied, shared, _("Security awareness, spring course"), completed_on=spring, at=moment(1, 15))
    receipt = _pdf(_("Receipt of the course fee"))
    first = _send(better, receipt, _("Phishing and passwords"), completed_on=autumn, at=moment(6, 9))
    if first is not None:
        evidence.reject(
            first,
            reason=RejectReason.WRONG_DOCUMENT,
            note=_(
                "This is the receipt. The academy sends a certificate after the last lesson; please send that."
            ),
            by=by,
            at=moment(4, 11),
        )


def _send(who: Any, content: bytes, title: str, *, completed_on: dt.date, at: dt.datetime) -> Any:
    held = [each for each in requirements.in_force() if records.holds(who.pk, each.id)]
    if not held:
        return None
    return evidence.send(
        requirement=requirements.requirement_by(held[0].public_id),
        claim=evidence.Claim(
            title=title,
            issuer=_("Danube Academy of Continuing Education"),
            completed_on=completed_on,
        ),
        files=evidence.checked([(f"{title}.pdf", content)]),
        by=who,
        today=clock.today(at),
        at=at,
    )


def _pdf(words: str) -> bytes:
    """One page that says so."""
    shown = words.encode("latin-1", "replace").replace(b"(", b"[").replace(b")", b"]")
    drawn = b"BT /F1 22 Tf 60 700 Td (" + shown + b") Tj ET"
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length " + str(len(drawn)).encode() + b">>stream\n" + drawn + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"".join(
        str(number).encode() + b" 0 obj" + part + b"endobj\n" for number, part in enumerate(parts, 1)
    )
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"
