"""What a tenant's state refuses, in a sentence for whoever asked."""

from django.core.exceptions import PermissionDenied

from tenants import context
from tenants.lifecycle import words
from tenants.rules import lifecycle
from tenants.rules.lifecycle import Deed


class Refused(ValueError):
    """A change of a tenant that cannot be made as it stands. `sentence` is for the person who asked for it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ReadOnly(PermissionDenied):
    """Something was asked for that the tenant's status does not allow. Nothing was changed."""

    def __init__(self, status: str) -> None:
        super().__init__(words.reason_of(status))
        self.status = status


def allowed(deed: Deed) -> bool:
    """Whether the status of the tenant in force allows this; True outside tenants."""
    tenant = context.current_tenant()
    return tenant is None or lifecycle.may(tenant.status, deed)


def refuse_unless(deed: Deed) -> None:
    """Raise ReadOnly when the status of the tenant in force does not allow this."""
    tenant = context.current_tenant()
    if tenant is not None and not lifecycle.may(tenant.status, deed):
        raise ReadOnly(tenant.status)
