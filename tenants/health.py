"""What a tenant says about itself in numbers, so that nobody enters it to look after it.

A job of every night. What changes by the minute (how long mail waits, what is parked) the console reads from the
schedule, which is a shared table. Apps above say what they count in `settings.TENANT_MEASURES`.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from tenants import context, schedule
from tenants.models import TenantHealth

JOB = schedule.ScheduledJob(name="tenants.health", action="tenants.health.report", local_time=dt.time(3, 40))
FIELDS = ("people", "mail_sent", "mail_refused", "mail_waiting_since")


def report(*, at: dt.datetime, scheduled_for: dt.datetime) -> None:
    """Count the tenant in force and write the numbers into its row of the public schema."""
    tenant = context.require_tenant()
    measured: dict[str, Any] = {}
    for path in settings.TENANT_MEASURES:
        measured |= import_string(path)(at=at)
    facts = {name: measured[name] for name in FIELDS if name in measured}
    with context.public_schema():
        TenantHealth.objects.update_or_create(tenant_id=tenant.id, defaults={**facts, "measured_at": at})
