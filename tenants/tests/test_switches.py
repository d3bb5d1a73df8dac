"""What a switch says of itself: who pulled it, when and why, and nothing of those who found it pulled."""

import datetime as dt

import pytest

from tenants import switches
from tenants.context import TenantRef, public_schema
from tenants.enums import Switch
from tenants.models import ServiceSwitch, Tenant, TenantEvent

pytestmark = pytest.mark.django_db


def test_pulling_a_switch_that_stands_so_already_changes_nothing_of_it(
    alpha: TenantRef, at: dt.datetime
) -> None:
    with public_schema():
        tenant = Tenant.objects.get(pk=alpha.id)
        assert switches.turn(
            Switch.UPLOADS, tenant, is_off=True, by="olga@x.example", reason="Malware.", at=at
        )
        before = ServiceSwitch.objects.values().get()
        later = at + dt.timedelta(hours=1)
        assert not switches.turn(
            Switch.UPLOADS, tenant, is_off=True, by="otto@x.example", reason="Me too.", at=later
        )
        assert ServiceSwitch.objects.values().get() == before
        assert (before["changed_by"], before["reason"]) == ("olga@x.example", "Malware.")
        assert TenantEvent.objects.filter(kind__startswith="switch.").count() == 1
