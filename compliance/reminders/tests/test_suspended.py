"""While a site is suspended its records move on; no reminder leaves, is planned, or comes later as a stale one."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from compliance.records.models import ComplianceRecord
from compliance.reminders.models import Notice
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements.tests.factories import make_requirement
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation
from tenants import clockwork
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.lifecycle import actions
from tenants.models import JobRun, Tenant

pytestmark = pytest.mark.django_db
Deliver = Callable[..., list[EmailMessage]]
EIGHT = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)  # 08:00 in Berlin.
BY: dict[str, Any] = {"by": "olga@operator.example", "reason": "The contract has ended."}


@pytest.fixture
def scheduled(alpha: TenantRef, dee: Any) -> TenantRef:
    with inside(alpha):
        make_affiliation(dee)
        make_open_cycle(dee, make_requirement(), due_on=TODAY + 7 * DAY)
    with public_schema():
        clockwork.plan_daily_jobs(Tenant.objects.get(pk=alpha.id), at=EIGHT - dt.timedelta(hours=6))
    return alpha


def _digests(mails: list[EmailMessage]) -> list[str]:
    return [mail["Subject"] for mail in mails if mail["Subject"].startswith("Your training")]


def test_the_days_of_a_suspension_are_not_made_up_for(scheduled: TenantRef, deliver: Deliver) -> None:
    actions.suspend(scheduled.id, at=EIGHT - dt.timedelta(hours=5), **BY)
    for number in range(6):
        assert _digests(deliver(EIGHT + number * DAY)) == []
    with inside(scheduled):
        assert not Notice.objects.exists()
        assert not Message.objects.filter(kind="reminders.digest").exists()
        assert ComplianceRecord.objects.filter(closed_at=None).exists()
    with public_schema():
        runs = set(JobRun.objects.filter(tenant_id=scheduled.id).values_list("job", "state"))
    assert ("records.daily", "done") in runs, "the records were kept meanwhile"
    assert "reminders.daily" not in {job for job, _state in runs}
    # Sunday the 29th: the suspension ends. Monday, the due date, brings one letter, about that day.
    actions.reactivate(scheduled.id, at=EIGHT + 6 * DAY, **BY)
    assert len(_digests(deliver(EIGHT + 7 * DAY))) == 1
    with inside(scheduled):
        sent = Notice.objects.exclude(state="superseded").values_list("kind", "step")
        assert list(sent) == [("due", 0)]


def test_a_digest_that_waits_in_the_outbox_does_not_leave_after_the_suspension(
    scheduled: TenantRef, deliver: Deliver
) -> None:
    from compliance.reminders import actions as reminders

    with inside(scheduled):
        reminders.run_daily(at=EIGHT, scheduled_for=EIGHT)
        assert Message.objects.get(kind="reminders.digest").state == "pending"
    actions.suspend(scheduled.id, at=EIGHT, **BY)
    assert _digests(deliver(EIGHT + dt.timedelta(minutes=1))) == []
    with inside(scheduled):
        assert Message.objects.get(kind="reminders.digest").state == "suppressed"


def test_a_read_only_site_still_reminds(scheduled: TenantRef, deliver: Deliver) -> None:
    actions.change_status(scheduled.id, TenantStatus.READ_ONLY, at=EIGHT - dt.timedelta(hours=5), **BY)
    assert len(_digests(deliver(EIGHT))) == 1
