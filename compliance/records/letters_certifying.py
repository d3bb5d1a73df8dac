"""What the letters about requests to certify, to revoke and to take a revocation back say to whoever decides and asks.

The person whom it concerns reads nothing before it is so, and then a letter of its own (`letters`).
"""

from typing import Any

from django.utils.translation import gettext as _

from compliance.records.enums import RequestState
from compliance.records.models import CertificationRequest, RevocationRequest
from lms.ui.dates import day_text


def asked(found: Any) -> tuple[str, list[str]]:
    """To whoever may decide."""
    names = _names(found)
    if isinstance(found, CertificationRequest):
        return _("A certification waits for your decision: %(name)s") % names, [_wish(found, names)]
    if isinstance(found, RevocationRequest):
        return _("A revocation waits for your decision: %(name)s") % names, [
            _wish(found, names),
            _("Until it is approved, it counts as before."),
        ]
    return _("Taking a revocation back waits for your decision: %(name)s") % names, [_wish(found, names)]


def _wish(found: Any, names: dict[str, str]) -> str:
    if isinstance(found, CertificationRequest):
        if found.is_temporary:
            return (
                _("%(asker)s asks that %(name)s be certified for “%(title)s” until %(until)s, as of %(day)s.")
                % names
            )
        return _("%(asker)s asks to certify that %(name)s completed “%(title)s” on %(day)s.") % names
    if isinstance(found, RevocationRequest):
        return (
            _(
                "%(asker)s asks that what %(name)s completed on %(day)s for “%(title)s” count no longer. "
                "What is owed instead would be due on %(due)s."
            )
            % names
        )
    return _("%(asker)s asks that what %(name)s completed on %(day)s for “%(title)s” count again.") % names


def answered(found: Any) -> tuple[str, list[str]]:
    """To whoever asked."""
    names = _names(found)
    if found.state != RequestState.APPROVED:
        return _("Refused: %(title)s for %(name)s") % names, [
            _("%(decider)s refused what you asked for. Nothing changes for %(name)s.") % names,
            _remembered(found, names),
        ]
    return _("Approved: %(title)s for %(name)s") % names, [
        _("%(decider)s approved what you asked for. %(name)s was written to.") % names,
        _remembered(found, names),
    ]


def _remembered(found: Any, names: dict[str, str]) -> str:
    if isinstance(found, CertificationRequest):
        return _("You had asked to certify a completion of %(day)s.") % names
    if isinstance(found, RevocationRequest):
        return _("You had asked to revoke what was completed on %(day)s.") % names
    return _("You had asked that what was completed on %(day)s count again.") % names


def _names(found: Any) -> dict[str, str]:
    names = {
        "name": found.user.display_name,
        "title": found.requirement.title,
        "asker": found.asked_by.display_name,
        "decider": found.decided_by.display_name if found.decided_by else "",
    }
    if isinstance(found, CertificationRequest):
        until = day_text(found.valid_until) if found.valid_until else ""
        return names | {"day": day_text(found.on), "until": until}
    is_revocation = isinstance(found, RevocationRequest)
    record = found.record if is_revocation else found.revocation.record
    due = day_text(found.due_on) if is_revocation else ""
    return names | {"day": day_text(record.completed_on) if record.completed_on else "", "due": due}
