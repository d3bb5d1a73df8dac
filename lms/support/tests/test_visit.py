"""A visit of support: everything is watched, nothing is written, and it is over when it is over."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from config.tests.isolation import world
from config.tests.isolation.table import TENANT, Row
from config.tests.reports import Kept
from config.tests.scorecard import IS_FULL, Scorecard
from lms.access.roles import Support
from lms.audit.models import Event
from lms.support.tests.visiting import enter, logged, monday, visit
from tenants import clock
from tenants.context import TenantRef, inside, public_schema
from tenants.models import SupportGrant, SupportView
from tenants.support import actions
from tenants.tests.factories import AT
from tenants.tests.support import JAY, make_grant, make_link

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I15"), pytest.mark.usefixtures("monday")]
__all__ = ["monday", "visit"]  # fixtures
MINUTE = dt.timedelta(minutes=1)
# What everyone signed in may see of their own, and support of all: see guard.signed_in_or_support.
SHARED = {"people:person-detail", "mail:message-detail", "oversight:home", "program:detail", "support:leave"}
FILES = {"people:person-csv", "audit:event-csv"}


def _reads(row: Row) -> bool:
    return (
        (row.who in Support.permissions and row.name not in FILES) or row.name in SHARED or row.who == "open"
    )


def _counts(tenant: TenantRef) -> dict[str, int]:
    """Rows of every table of the tenant, but for the log of visits itself."""
    with inside(tenant):
        return {
            m._meta.label: m._base_manager.count()
            for m in world.tenant_models()
            if m._meta.label != "audit.Event"
        }


def test_every_page_is_shown_with_the_bar_and_logged_on_both_sides_or_refused(
    alpha: TenantRef, visit: tuple[Client, Any], settings: Any, scorecard: Scorecard
) -> None:
    settings.SUPPORT_ROWS_AN_HOUR = 100_000
    populated, (client, _grant) = world.build(alpha), visit
    wrong: dict[str, object] = {}
    before, shown = _counts(alpha), 0
    for row in TENANT:
        before_it = logged(alpha)
        response = client.get(reverse(row.name, kwargs=row.kwargs(populated.ids)), follow=False)
        if logged(alpha) != (before_it[0] + 1, before_it[1] + 1):
            wrong[row.name] = "not logged once on each side"
        is_page = response.status_code == 200
        shown += is_page
        if is_page and b'id="support-bar"' not in response.content:
            wrong[row.name] = "no bar"
        if not _reads(row) and (response.status_code not in {403, 404, 405} or b"CANARY" in response.content):
            wrong[row.name] = response.status_code
        # 422: a day that nothing is known of yet; 401: for systems with a key, which a visit is none of.
        if _reads(row) and response.status_code not in {
            200,
            302,
            303,
            401 if row.needs_key else 200,
            404,
            405,
            410,
            422,
        }:
            wrong[row.name] = response.status_code
    scorecard.count("I15", requests=len(TENANT), shown_under_a_grant=shown, unexpected=len(wrong))
    assert wrong == {}
    assert shown > 12, "nothing was shown, so nothing was tried"
    assert _counts(alpha) == before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_but_reading_is_answered(
    alpha: TenantRef, visit: tuple[Client, Any], settings: Any, method: str, scorecard: Scorecard
) -> None:
    settings.SUPPORT_ROWS_AN_HOUR = 100_000
    populated, (client, _grant) = world.build(alpha), visit
    before = _counts(alpha)
    rows = [row for row in TENANT if row.name != "support:leave"]
    rows = rows if IS_FULL or method == "post" else rows[::9]
    answers = {
        getattr(client, method)(reverse(row.name, kwargs=row.kwargs(populated.ids))).status_code
        for row in rows
    }
    scorecard.count("I15", requests=len(rows), unexpected=len(answers - {403}))
    assert answers == {403}
    assert _counts(alpha) == before
    assert logged(alpha) == (len(rows), len(rows))


@pytest.mark.parametrize(
    "path", ["/people/%00/", "/people/%ff/", f"/{'a' * 3000}", f"/people/?q=%00{'a' * 5000}"]
)
def test_whatever_is_asked_for_is_written_down(
    alpha: TenantRef, visit: tuple[Client, Any], path: str
) -> None:
    client, _grant = visit
    assert client.get(path).status_code < 500
    assert logged(alpha) == (1, 1)


def test_no_button_is_shown_that_would_be_refused(alpha: TenantRef, visit: tuple[Client, Any]) -> None:
    """A message that failed offers to be sent again, to whoever may."""
    populated, (client, _grant) = world.build(alpha), visit
    with inside(alpha):
        from lms.mail.models import Message

        Message.objects.update(state="failed")
    page = client.get(f"/messages/{populated.ids['message']}/").content.decode()
    assert "CANARY-alpha" in page
    assert "Send this message again" not in page


def test_the_log_says_who_looked_at_whom_why_and_until_when(
    alpha: TenantRef, dee: Any, visit: tuple[Client, Any]
) -> None:
    client, grant = visit
    client.get(f"/people/{dee.public_id}/?from=list")
    with inside(alpha):
        event = Event.objects.get(action="support.viewed")
    assert event.actor_label == "Support (Jay Kim)"
    assert (event.object_label, event.object_id) == ("Dee Dubois", str(dee.public_id))
    assert event.facts["page"] == f"GET /people/{dee.public_id}/?from=list"
    assert event.facts["reason"] == "A learner cannot find their course"
    assert event.facts["ticket"] == "8841"
    assert event.facts["operator"] == JAY.email
    assert event.facts["access_ends"] == "2026-11-23T10:00:00Z"
    with public_schema():
        view = SupportView.objects.get(grant=grant)
    assert (view.method, view.path, view.status) == ("GET", f"/people/{dee.public_id}/", 200)


def test_a_fragment_is_logged_like_a_page(alpha: TenantRef, dee: Any, visit: tuple[Client, Any]) -> None:
    client, _grant = visit
    response = client.get("/people/?q=dubois", headers={"HX-Request": "true"})
    assert b"Dubois" in response.content
    assert b"<html" not in response.content
    assert logged(alpha) == (1, 1)


def test_files_do_not_leave(alpha: TenantRef, dee: Any, visit: tuple[Client, Any]) -> None:
    client, _grant = visit
    for address in ("/people/export.csv", "/audit/events.csv", "/overview/people/export.csv"):
        response = client.get(address)
        assert response.status_code in {403, 404}, address
        assert b"dubois" not in response.content.lower()
    assert logged(alpha) == (3, 3)


def test_what_cannot_be_logged_is_not_shown(
    alpha: TenantRef, dee: Any, visit: tuple[Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _grant = visit
    client.raise_request_exception = False

    def fails(**_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("lms.support.actions.audit.record", fails)
    response = client.get(f"/people/{dee.public_id}/")
    assert response.status_code == 500
    assert b"Dubois" not in response.content
    assert logged(alpha) == (0, 0)


def test_a_page_that_writes_is_stopped_by_the_database(
    alpha: TenantRef, visit: tuple[Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one whose guard let support in by mistake."""
    from django.contrib.sessions.models import Session

    def writes(**_given: object) -> None:
        Session.objects.create(session_key="x", session_data="y", expire_date=AT)

    monkeypatch.setattr("compliance.oversight.views.everyone.queries.overview", writes)
    client, _grant = visit
    assert client.get("/overview/").status_code == 403
    with inside(alpha):
        assert not Session.objects.filter(session_key="x").exists()
    assert logged(alpha) == (1, 1)


def test_the_database_itself_only_reads_during_a_page(
    alpha: TenantRef, visit: tuple[Client, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []

    def asks(**_given: object) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            said.append(cursor.fetchone())
        raise LookupError

    monkeypatch.setattr("compliance.oversight.views.everyone.queries.overview", asks)
    client, _grant = visit
    client.raise_request_exception = False
    assert client.get("/overview/").status_code == 500
    assert said == [("on",)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


def test_without_an_access_the_operator_is_nobody(
    alpha: TenantRef, client_for: Callable[..., Client]
) -> None:
    populated = world.build(alpha)
    make_grant(alpha)  # asked for, and not entered
    client = client_for(alpha)
    for row in TENANT:
        if row.who not in {"open", "library"}:
            response = client.get(reverse(row.name, kwargs=row.kwargs(populated.ids)))
            assert response.status_code in {302, 404, 405}, row.name
            assert b"CANARY" not in response.content


@pytest.mark.parametrize("how", ["time", "operator", "tenant", "kill switch"])
def test_the_next_page_after_the_end_is_not_shown(
    alpha: TenantRef,
    dee: Any,
    visit: tuple[Client, Any],
    how: str,
    client_for: Callable[..., Client],
    ada: Any,
) -> None:
    client, grant = visit
    address = f"/people/{dee.public_id}/"
    assert client.get(address).status_code == 200
    at = AT + MINUTE
    with public_schema():
        if how == "operator":
            assert actions.end(grant=grant, by=JAY.email, at=at)
        elif how == "kill switch":
            assert actions.end_all(by="head@operator.example", at=at, reason="Drill") == 1
    if how == "tenant":
        assert client_for(alpha, ada).post(f"/support/{grant.public_id}/end/").status_code == 303
    with clock.frozen(AT + 60 * MINUTE if how == "time" else at):
        response = client.get(address)
        assert response.status_code == 403
        assert b"Support access has ended" in response.content
        assert b"Dubois" not in response.content
        assert client.get(address)["Location"].startswith("/accounts/login/")
    assert logged(alpha) == (1, 1)


def test_the_screen_is_emptied_when_the_time_is_over(visit: tuple[Client, Any]) -> None:
    client, _grant = visit
    with clock.frozen(AT + 59 * MINUTE):
        assert client.get("/people/")["Refresh"] == "61"


def test_support_ends_its_own_access(alpha: TenantRef, visit: tuple[Client, Any]) -> None:
    client, grant = visit
    assert client.get("/support/leave/").status_code == 200
    response = client.post("/support/leave/")
    assert b"You ended it" in response.content
    assert client.get("/people/").status_code == 302
    with public_schema():
        ended = SupportGrant.objects.get(pk=grant.pk)
        assert (ended.ended_by, ended.ended_at) == (JAY.email, AT)


def test_reading_in_bulk_ends_every_access_of_the_operator(
    alpha: TenantRef, beta: TenantRef, dee: Any, visit: tuple[Client, Any], settings: Any, sentry: Kept
) -> None:
    settings.SUPPORT_ROWS_AN_HOUR = 3
    client, grant = visit
    elsewhere = make_grant(beta)
    for _ in range(3):
        assert client.get(f"/people/{dee.public_id}/").status_code == 200
    assert sentry.sent == []
    stopped = client.get(f"/people/{dee.public_id}/")
    assert stopped.status_code == 403
    assert b"You read more within an hour" in stopped.content
    assert client.get("/people/").status_code == 302
    with public_schema():
        assert set(SupportGrant.objects.values_list("pk", "ended_by")) == {
            (grant.pk, "system"),
            (elsewhere.pk, "system"),
        }
        kinds = list(alpha_events(alpha))
        assert kinds == ["support.granted", "support.entered", "support.bulk_read", "support.ended"]
        assert list(alpha_events(beta)) == ["support.granted", "support.ended"]
    assert logged(alpha) == (4, 4)
    (report,) = sentry.events()
    assert (report["message"], report["level"]) == ("support.bulk_read", "warning")
    assert report["tags"] == {"tenant": alpha.schema_name, "support": str(grant.public_id)}
    # Which grant, not who or about whom.
    assert not any(word in sentry.sent[0] for word in (JAY.email.encode(), dee.email.encode()))


def alpha_events(tenant: TenantRef) -> Any:
    from tenants.models import TenantEvent

    return TenantEvent.objects.filter(tenant_id=tenant.id).order_by("pk").values_list("kind", flat=True)


def test_no_person_is_made_for_a_visit(alpha: TenantRef, client_for: Callable[..., Client], dee: Any) -> None:
    from lms.people.models import User

    with inside(alpha):
        before = User.objects.count()
    client = client_for(alpha)
    enter(client, make_link(make_grant(alpha)))
    client.get(f"/people/{dee.public_id}/")
    with inside(alpha), transaction.atomic():
        assert User.objects.count() == before
