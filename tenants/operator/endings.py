"""How a tenant ends, as deeds of the console: closing it, and deleting its data, which needs two people."""

from django.utils.translation import gettext_lazy as _

from tenants.closing import actions as closing
from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.operator.deeds import Deed
from tenants.rules.lifecycle import may_follow


def _is_closing(tenant: Tenant) -> bool:
    return tenant.status == TenantStatus.CLOSING


def _has_request(tenant: Tenant) -> bool:
    return _is_closing(tenant) and closing.request_of(tenant.pk) is not None


def _waits_for_approval(tenant: Tenant) -> bool:
    request = closing.request_of(tenant.pk) if _is_closing(tenant) else None
    return request is not None and request.approved_at is None


OF_TENANT: tuple[Deed[Tenant], ...] = (
    Deed(
        "close",
        _("Close the site"),
        _(
            "It is read-only from now on, and nothing is deleted before the waiting period is over. It can be undone."
        ),
        _("Close the site"),
        lambda tenant, said: closing.start_closing(tenant.pk, **said.as_keywords()),
        lambda tenant: may_follow(TenantStatus.CLOSING, tenant.status),
        is_grave=True,
    ),
    Deed(
        "undo-closing",
        _("Undo the closing"),
        _("Everything is as it was before. A request to delete the data ends with it."),
        _("Undo the closing"),
        lambda tenant, said: closing.cancel_closing(tenant.pk, **said.as_keywords()),
        _is_closing,
    ),
    Deed(
        "ask-purge",
        _("Ask to delete the data"),
        _(
            "All data of this university is deleted for good after the waiting period, once somebody else has agreed."
        ),
        _("Ask to delete the data"),
        lambda tenant, said: closing.request_purge(tenant.pk, **said.as_keywords()),
        lambda tenant: _is_closing(tenant) and not _has_request(tenant),
        is_grave=True,
    ),
    Deed(
        "agree-purge",
        _("Agree to delete the data"),
        _("Somebody else asked for it. When the waiting period is over, all data is deleted for good."),
        _("Agree to delete the data"),
        lambda tenant, said: closing.approve_purge(tenant.pk, by=said.by, at=said.at),
        _waits_for_approval,
        is_grave=True,
    ),
    Deed(
        "withdraw-purge",
        _("Withdraw the deletion"),
        _("The data is not deleted; the site stays closing."),
        _("Withdraw the deletion"),
        lambda tenant, said: closing.withdraw_purge(tenant.pk, **said.as_keywords()),
        _has_request,
    ),
)
