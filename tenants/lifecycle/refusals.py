"""What a tenant's state refuses, in a sentence for whoever asked."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from tenants import context
from tenants.enums import TenantStatus
from tenants.rules import lifecycle
from tenants.rules.lifecycle import Deed


class Refused(ValueError):
    """A change of a tenant that cannot be made as it stands. `sentence` is for the person who asked for it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ReadOnly(PermissionDenied):
    """Administration was asked for in a status that does not allow it. Nothing was changed."""

    def __init__(self, status: str) -> None:
        super().__init__(reason_of(status))
        self.status = status


def may_administer() -> bool:
    """Whether the tenant in force may change people, courses, requirements and settings; True outside tenants."""
    tenant = context.current_tenant()
    return tenant is None or lifecycle.may(tenant.status, Deed.ADMINISTER)


def refuse_unless_administered() -> None:
    """Raise ReadOnly when the tenant in force may not be changed by its administrators at the moment."""
    tenant = context.current_tenant()
    if tenant is not None and not lifecycle.may(tenant.status, Deed.ADMINISTER):
        raise ReadOnly(tenant.status)


def reason_of(status: str) -> str:
    """Why a site in this status cannot be changed, in one sentence that an administrator may read."""
    sentences = {
        TenantStatus.READ_ONLY: _("This site is read-only because its trial or its contract has run out."),
        TenantStatus.SUSPENDED: _("This site is suspended by the operator of the service."),
        TenantStatus.CLOSING: _("This site is read-only because it is being closed."),
    }
    return sentences.get(TenantStatus(status), _("This site cannot be changed at the moment."))
