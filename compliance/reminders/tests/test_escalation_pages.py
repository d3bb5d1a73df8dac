"""Those above are told: what is counted beforehand, what the officer reads, and what stays on the person's record."""

import datetime as dt
from typing import Any

import pytest

from compliance.reminders import actions
from compliance.reminders.tests.factories import DAY, TODAY, make_open_cycle
from compliance.requirements import queries as requirements
from compliance.requirements.tests.factories import make_requirement
from lms.mail import actions as outbox
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import TenantRef, inside

EIGHT = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)  # 08:00 in Berlin.
RUNGS = [{"days": 7, "to": "manager"}, {"days": 20, "to": "compliance"}]


@pytest.fixture
def manager(alpha: TenantRef, dee: Any) -> Any:
    """Max, to whom Dee reports."""
    with inside(alpha):
        found = make_user(given_name="Max", family_name="Muster")
        make_affiliation(dee, manager=found)
    return found


def test_what_is_announced_leaves_and_stays_on_the_record(
    alpha: TenantRef, ada: Any, dee: Any, manager: Any, client_for: Any
) -> None:
    with inside(alpha):
        make_open_cycle(dee, make_requirement(title="Phishing", rungs=RUNGS), due_on=TODAY - 7 * DAY)
    with clock.frozen(EIGHT):
        page = client_for(alpha, ada).get("/reminders/").text
        assert "Messages to those above, by day" in page
        with inside(alpha):
            actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
            outbox.deliver_pending(at=EIGHT, scheduled_for=EIGHT)
            actions.settle(at=EIGHT, scheduled_for=EIGHT)
        for viewer, path in (
            (ada, f"/people/{dee.public_id}/"),
            (manager, f"/people/{dee.public_id}/"),
            (dee, "/status/"),
        ):
            page = client_for(alpha, viewer).get(path).text
            assert "Phishing: 7 days after the due date" in page
            assert "The manager: Max Muster, 23 Nov 2026. Sent" in page
        letter = "Still open: Phishing, Dee Dubois, due 16 Nov 2026"
        assert letter in client_for(alpha, manager).get("/status/").text
        assert letter in client_for(alpha, ada).get("/messages/").text
        listed = client_for(alpha, manager).get("/overview/people/?standing=not_compliant").text
        assert "Dubois" in listed


def test_a_look_at_an_edit_counts_those_who_are_late_already_once(
    alpha: TenantRef, ada: Any, dee: Any, manager: Any
) -> None:
    with inside(alpha), clock.frozen(EIGHT):
        requirement = make_requirement()
        make_open_cycle(dee, requirement, due_on=TODAY - 9 * DAY)
        requirement.rungs = RUNGS
        # Today for the rung of two days ago, and in eleven days for the other.
        assert requirements.preview(requirement, TODAY).told_above_count == 2
        requirement.save()
        actions.plan_escalations(today=TODAY, at=EIGHT)
        assert requirements.preview(requirement, TODAY).told_above_count == 2, "planned, and not told yet"
        actions.run_daily(at=EIGHT, scheduled_for=EIGHT)
        assert requirements.preview(requirement, TODAY).told_above_count == 1
