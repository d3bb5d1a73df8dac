"""When the next turn is, and when something asked for now would leave."""

from datetime import date, datetime, timedelta

from compliance.reminders import rules
from compliance.reminders.models import Digest
from tenants import clock


def next_turn_on(*, today: date, at: datetime) -> date:
    """The day of the next turn after `at` (UTC): today until 08:00 on the tenant's clock, else tomorrow.

    Also today while business hours last and today's digests have not been composed, after an outage say.
    """
    local = clock.local(at)
    is_still_to_come = local.time() < rules.OPENS_AT or (
        rules.is_business_time(local)
        and not Digest.objects.filter(local_day=today, asked_by__isnull=True).exists()
    )
    return today if is_still_to_come else today + timedelta(days=1)


def leaves_at(at: datetime) -> datetime | None:
    """When mail asked for at `at` (UTC) leaves, on the tenant's clock; None: at once."""
    local = clock.local(at)
    return None if rules.is_business_time(local) else rules.next_opening(local)
