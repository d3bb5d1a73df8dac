"""Kill switches: what is stopped at once, for one tenant or for all. In the public schema.

Their position comes with the cached look-up of the host (tenants/hosts.py), so asking costs a request nothing, and a
change is known everywhere within a second through the shared cache, within 30 seconds without it.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from tenants import chronicle, hosts
from tenants.enums import Switch
from tenants.models import ServiceSwitch, Tenant
from tenants.support import actions as support


def end_sessions(tenant: Tenant | None, *, by: str, reason: str, at: dt.datetime) -> None:
    """Make every session of one tenant, or of all universities, nobody's. People sign in again; nothing is lost."""
    with transaction.atomic():
        said = {"changed_by": by, "changed_at": at, "reason": reason}
        row = _locked(Switch.SESSIONS, tenant, said)
        ServiceSwitch.objects.filter(pk=row.pk).update(epoch=F("epoch") + 1, **said)
        _tell("switch.sessions_ended", tenant, by=by, reason=reason, at=at)


def turn(
    switch: Switch, tenant: Tenant | None, *, is_off: bool, by: str, reason: str, at: dt.datetime
) -> bool:
    """Stop uploads or operator access, or let them go on; False when it stood that way already."""
    with transaction.atomic():
        said = {"changed_by": by, "changed_at": at, "reason": reason}
        row = _locked(switch, tenant, said)
        if row.is_off == is_off:
            return False
        ServiceSwitch.objects.filter(pk=row.pk).update(is_off=is_off, **said)
        if is_off and switch == Switch.OPERATORS:
            support.end_all(tenant=tenant, by=by, reason=reason, at=at)
        _tell(f"switch.{switch.value}_{'off' if is_off else 'on'}", tenant, by=by, reason=reason, at=at)
    return True


def is_off(switch: Switch) -> bool:
    """Whether something is stopped for everybody, straight from the database."""
    return ServiceSwitch.objects.filter(switch=switch, tenant=None, is_off=True).exists()


def _locked(switch: Switch, tenant: Tenant | None, said: dict[str, Any]) -> ServiceSwitch:
    """The row of a switch, locked until the transaction ends; made with `said` when nobody ever touched it."""
    ServiceSwitch.objects.get_or_create(switch=switch, tenant=tenant, defaults=said)
    row: ServiceSwitch = ServiceSwitch.objects.select_for_update().get(switch=switch, tenant=tenant)
    return row


def _tell(kind: str, tenant: Tenant | None, *, by: str, reason: str, at: dt.datetime) -> None:
    chronicle.write(tenant, kind, by=by, at=at, reason=reason)
    transaction.on_commit(hosts.forget_all)
