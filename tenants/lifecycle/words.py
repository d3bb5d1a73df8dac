"""What a status means, in sentences for the people of the site."""

from django.utils.translation import gettext as _

from tenants.enums import TenantStatus as Status


def reason_of(status: str) -> str:
    """Why a site in this status cannot be changed, for administrators."""
    sentences = {
        Status.READ_ONLY: _("This site is read-only because its trial or its contract has run out."),
        Status.SUSPENDED: _("This site is suspended by the operator of the service."),
        Status.CLOSING: _("This site is read-only because it is being closed."),
    }
    return sentences.get(Status(status), _("This site cannot be changed at the moment."))


def what_still_works(status: str) -> list[str]:
    """What the people of the site can do in this status, for administrators."""
    if status not in (Status.READ_ONLY, Status.SUSPENDED, Status.CLOSING):
        return [_("Everything works.")]
    lost = _("People, courses, requirements and settings cannot be changed.")
    if status != Status.READ_ONLY:
        lost = _("People, courses, requirements and settings cannot be changed, and no reminders are sent.")
    return [
        _("Everybody can still sign in, finish training and get certificates."),
        _("Reports, exports, the audit log and all evidence stay where they are and can be read."),
        lost,
    ]


def who_can_change_it(status: str) -> str:
    """Whom to turn to."""
    if status == Status.CLOSING:
        return _("An owner of this site can stop the closing under “Site settings” until its last day.")
    return _("An owner of this site can settle this with the operator of the service.")
