"""The log as people read it."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.audit import actions, facts, kinds, queries
from lms.audit.models import Event
from tenants import clock
from tenants.context import inside
from tenants.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    kinds.register("probe.imported", "imported people")
    with clock.frozen(AT):
        yield


def record(tenant, by, **fields):
    with inside(tenant):
        return actions.record(**{"action": "probe.imported", "by": by, "at": AT, **fields})


def test_the_log_is_for_those_who_may_read_it(client_for, alpha, bo, dee):
    for path in ("/audit/", "/audit/events.csv", "/audit/check/"):
        assert client_for(alpha, bo).get(path).status_code == 200
        assert client_for(alpha, dee).get(path).status_code == 403
        assert client_for(alpha).get(path).status_code == 302


def test_an_event_is_shown_in_words_with_what_changed(client_for, alpha, ada, bo):
    record(alpha, ada, object_label="All staff yearly", facts={"recurs_months": [24, 12], "people": 2388})
    page = client_for(alpha, bo).get("/audit/").content.decode()
    assert "Ada Alvarez" in page
    assert "imported people" in page
    assert "<del>24</del>" in page
    assert "<ins>12</ins>" in page
    assert "2388" in page


def test_another_tenants_log_is_its_own(client_for, alpha, beta, ada, cy):
    record(alpha, ada, object_label="Alpha's roster")
    assert "roster" not in client_for(beta, cy).get("/audit/").content.decode()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("?who=alvarez", True), ("?who=brandt", False), ("?action=probe.imported", True), ("?about=ROSTER", True),
     ("?about=course", False), ("?from=2026-11-23&to=2026-11-23", True), ("?from=2026-11-24", False),
     ("?to=2026-11-22", False), ("?from=yesterday", True)],
)  # fmt: skip
def test_the_log_is_filtered(client_for, alpha, ada, bo, query, is_found):
    record(alpha, ada, object_label="Autumn roster")
    record(alpha, bo, action="probe.other", object_label="Something else", at=AT - dt.timedelta(days=30))
    page = client_for(alpha, bo).get(f"/audit/{query}").content.decode()
    assert ("Autumn roster" in page) is is_found


def test_days_are_the_tenants_own(alpha, ada):
    # 23:30 UTC on the 22nd is the 23rd in Berlin.
    record(alpha, ada, at=dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC))
    with inside(alpha):
        assert queries.events(since=dt.date(2026, 11, 23), until=dt.date(2026, 11, 23)).count() == 1
        assert queries.events(until=dt.date(2026, 11, 22)).count() == 0


def test_the_export_holds_what_the_filters_show_and_is_itself_written_down(client_for, alpha, ada, bo):
    record(alpha, ada, object_label="=cmd|' /C calc'!A0", facts={"n": 1})
    record(alpha, bo, action="probe.other")
    response = client_for(alpha, bo).get("/audit/events.csv?action=probe.imported")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["who"] for row in rows] == ["Ada Alvarez"]
    assert rows[0]["about"].startswith("'=cmd")
    assert rows[0]["at"] == "2026-11-23T09:00:00+00:00"
    with inside(alpha):
        event = Event.objects.order_by("number").last()
        assert (event.action, event.actor_label, event.facts["events"]) == ("audit.exported", "Bo Brandt", 1)
        assert event.facts["filters"] == {"action": "probe.imported"}


def test_checking_says_that_nothing_was_changed_and_shows_the_seal(client_for, alpha, ada, bo):
    event = record(alpha, ada)
    page = client_for(alpha, bo).get("/audit/check/").content.decode()
    assert "complete" in page
    assert event.hash in page


def test_the_log_costs_the_same_for_one_event_and_for_many(client_for, alpha, ada, bo):
    client = client_for(alpha, bo)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            client.get("/audit/")
        return len(captured)

    record(alpha, ada)
    statements()
    one = statements()
    for _ in range(5):
        record(alpha, ada)
    assert statements() == one


def test_the_history_of_one_thing_survives_it(alpha, ada):
    record(alpha, ada, object_id="abc", object_label="Gone course")
    with inside(alpha):
        assert [event.object_label for event in queries.about("abc")] == ["Gone course"]


def test_facts_of_every_shape_are_readable():
    event = Event(
        action="a", facts={"a_b": None, "c": [1, 2], "d": [1, 2, 3], "e": {"x": 1}, "f": [["a"], ["b"]]}
    )
    shown = {fact.name: fact for fact in facts.line(event).facts}
    assert (shown["a b"].after, shown["d"].after, shown["e"].after) == ("–", "1, 2, 3", "x 1")
    assert (shown["c"].before, shown["c"].after, shown["c"].is_change) == ("1", "2", True)
    assert not shown["f"].is_change
