"""What the top of every page says about the status of the site, and to whom."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from lms.access.permissions import Permission
from tenants.context import current_tenant
from tenants.enums import TenantStatus as Status
from tenants.lifecycle import words

_READ_ONLY = (Status.READ_ONLY, Status.SUSPENDED, Status.CLOSING)


@dataclass(frozen=True, slots=True)
class State:
    """One banner. `url` leads to the settings of the site for whoever may see them."""

    status: str
    tone: str
    title: str
    sentences: list[str]
    url: str = ""


def state_for(user: Any) -> State | None:
    """The banner for this person of the tenant in force: learners hear of nothing but the end of the site."""
    tenant = current_tenant()
    if tenant is None or tenant.status not in (*_READ_ONLY, Status.PAST_DUE):
        return None
    permissions = user.permissions
    url = _settings_url() if Permission.SETTINGS_CHANGE in permissions else ""
    if tenant.status == Status.PAST_DUE:
        return _past_due(url) if ("owner", None) in user.held_roles else None
    if permissions:
        _signing_in, _evidence, lost = words.what_still_works(tenant.status)
        return State(tenant.status, "warn", words.reason_of(tenant.status), [lost], url)
    return _closing() if tenant.status == Status.CLOSING else None


def _past_due(url: str) -> State:
    return State(
        Status.PAST_DUE,
        "warn",
        _("An invoice of this site is past its due date"),
        [_("30 days after that day the site becomes read-only until it is paid. Only owners see this.")],
        url,
    )


def _closing() -> State:
    return State(
        Status.CLOSING,
        "info",
        _("This site is being closed"),
        [_("You can still finish training. Save the certificates that you want to keep.")],
    )


def _settings_url() -> str:
    try:
        return reverse("site:overview")
    except NoReverseMatch:
        return ""
