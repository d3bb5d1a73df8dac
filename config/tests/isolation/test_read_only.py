"""A site that may not be administered: everything can be read and learned, nothing can be changed, all is explained."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.tests.isolation import world
from config.tests.isolation.table import TENANT, Row
from lms.access.permissions import DEEDS
from lms.audit import kinds
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.lifecycle import actions
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
CHANGING = {str(permission) for permission in DEEDS}
# Their permission changes things; they only show, or they are about the site's own end.
KEPT = {
    "changes:roster",
    "changes:roster-csv",
    "people:import-detail",
    "people:import-problems",
    # Ending and refusing must be possible in every status, and so must be seeing and withdrawing a code.
    "oversight:sharing-end",
    "oversight:sharing-refuse",
    "oversight:site-invitation",
    "oversight:site-withdraw",
}
# About the site itself: its end, its data, who of the operator may look at it. They decide for themselves.
KEPT_SPACES = {"site", "support", "takeout"}
# Whoever learns, signs in or looks does these; every other deed that is recorded is administration.
EVERYDAY = {
    "changes.exported",
    "changes.holidays_exported",
    "changes.roster_exported",
    "oversight.restatement_exported",
    "consequences.turned",
    "course.completed",
    "jobs.cancelled",
    "mail.resent",
    "oversight.people_exported",
    "oversight.completions_exported",
    "oversight.signed_exported",
    "people.accepted",
    "records.updated",
    "reminders.sent_by_hand",
    "program.exported",
    "requirement.coverage_exported",
    "support.refused_page",
    "support.viewed",
    "takeout.downloaded",
}


@pytest.fixture
def populated(alpha: TenantRef) -> world.World:
    return world.build(alpha)


def _in(tenant: TenantRef, status: TenantStatus) -> TenantRef:
    with public_schema():
        Tenant.objects.filter(pk=tenant.id).update(status=status)
        ref: TenantRef = Tenant.objects.get(pk=tenant.id).ref()
    return ref


def _contents() -> dict[str, int]:
    """The number of rows of every table of the tenant in force but the sessions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if "session" not in name]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables))
        return dict(cursor.fetchall())


def _ask(client: Client, row: Row, ids: dict[str, str], method: str) -> Any:
    address = reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")
    response: Any = getattr(client, method)(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def test_every_page_that_changes_something_says_why_not_and_writes_nothing(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    suspended = _in(alpha, TenantStatus.SUSPENDED)
    client = client_for(suspended, populated.ada)
    with inside(suspended):
        before = _contents()
    changing = [
        row
        for row in TENANT
        if row.who in CHANGING and row.name not in KEPT and row.name.split(":")[0] not in KEPT_SPACES
    ]
    assert len(changing) > 25
    wrong = {}
    for row in changing:
        for method in ("get", "post"):
            response = _ask(client, row, populated.ids, method)
            is_told = response.status_code == 403 and b"suspended by the operator" in response.content
            if not is_told and response.status_code != 405:
                wrong[f"{method} {row.name}"] = response.status_code
    assert wrong == {}
    with inside(suspended):
        assert _contents() == before


def test_every_page_that_only_shows_is_answered_as_ever(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    suspended = _in(alpha, TenantStatus.SUSPENDED)
    officer, learner = client_for(suspended, populated.ada), client_for(suspended, populated.dee)
    wrong = {}
    for row in TENANT:
        if row.who in {"library", "open"} or (row.who in CHANGING and row.name not in KEPT):
            continue
        client = learner if row.who == "signed in" and row.of and not row.is_owners else officer
        response = _ask(client, row, populated.ids, "get")
        if response.status_code not in {200, 302, 303, 405} and not row.may_be_absent:
            wrong[row.name] = response.status_code
    assert wrong == {}


def test_what_is_sent_to_a_page_that_shows_is_administration_too(
    alpha: TenantRef, populated: world.World, client_for: Callable[..., Client]
) -> None:
    closing = _in(alpha, TenantStatus.CLOSING)
    client = client_for(closing, populated.ada)
    (resend,) = [row for row in TENANT if row.name == "mail:message-resend"]
    response = _ask(client, resend, populated.ids, "post")
    assert response.status_code == 403
    assert b"because it is being closed" in response.content
    assert "“Site settings” until its last day" in response.content.decode()


def test_an_action_that_no_page_guards_is_refused_where_it_is_written_down(
    alpha: TenantRef, ada: Any, dee: Any, at: dt.datetime
) -> None:
    from lms.people import actions as people
    from lms.people.models import User
    from tenants.lifecycle.refusals import ReadOnly

    actions.suspend(alpha.id, by="olga@operator.example", reason="A test.", at=at)
    with inside(_in(alpha, TenantStatus.SUSPENDED)):
        with pytest.raises(ReadOnly, match="suspended"):
            people.deactivate(person=dee, by=ada, at=at)
        assert User.objects.get(pk=dee.pk).is_active


def test_every_deed_is_administration_or_known_not_to_be() -> None:
    deeds = {deed for deed in kinds.registered() if not deed.startswith(("site.", "probe."))}
    assert {deed for deed in deeds if not kinds.administers(deed)} == EVERYDAY
