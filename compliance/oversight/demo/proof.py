"""What people of the demo sent as proof of training done elsewhere. Call inside its tenant."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from compliance.evidence import actions as evidence
from compliance.evidence.enums import RejectReason
from lms.ui.dates import day_text
from tenants import clock

Moment = Callable[[int, int], dt.datetime]
"""(days before today, hour) as UTC."""


def send_and_review(
    *, late: Any, copied: Any, better: Any, requirement: Any, by: Any, today: dt.date, moment: Moment
) -> None:
    """One that waits too long, one with the same file by somebody else, and one that was not accepted and sent anew."""
    spring, autumn = today - dt.timedelta(days=140), today - dt.timedelta(days=40)
    shared = _pdf(
        _("Certificate: %(name)s attended the spring course on %(day)s")
        % {"name": late.display_name, "day": day_text(spring)}
    )
    claim = _claim(_("Information security, spring course"), spring)
    _send(late, claim, shared, requirement=requirement, at=moment(12, 10))
    claim = _claim(_("Security awareness, spring course"), spring)
    _send(copied, claim, shared, requirement=requirement, at=moment(1, 15))
    receipt, claim = _pdf(_("Receipt of the course fee")), _claim(_("Phishing and passwords"), autumn)
    first = _send(better, claim, receipt, requirement=requirement, at=moment(6, 9))
    evidence.reject(
        first,
        reason=RejectReason.WRONG_DOCUMENT,
        note=_(
            "This is the receipt. The academy sends a certificate after the last lesson; please send that."
        ),
        by=by,
        at=moment(4, 11),
    )


def _claim(title: str, completed_on: dt.date) -> evidence.Claim:
    academy = _("Danube Academy of Continuing Education")
    return evidence.Claim(title=title, issuer=academy, completed_on=completed_on)


def _send(who: Any, claim: evidence.Claim, content: bytes, *, requirement: Any, at: dt.datetime) -> Any:
    return evidence.send(
        requirement=requirement,
        claim=claim,
        files=evidence.checked([(f"{claim.title}.pdf", content)]),
        by=who,
        today=clock.today(at),
        at=at,
    )


def _pdf(words: str) -> bytes:
    """One page that says so."""
    shown = words.encode("latin-1", "replace").replace(b"(", b"[").replace(b")", b"]")
    drawn = b"BT /F1 12 Tf 60 700 Td (" + shown + b") Tj ET"
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length " + str(len(drawn)).encode() + b">>stream\n" + drawn + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    body, table = b"%PDF-1.4\n", b"xref\n0 6\n0000000000 65535 f \n"
    for number, part in enumerate(parts, 1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj%sendobj\n" % (number, part)
    return body + table + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
