"""What is done to a tenant by the operator arrives in its own log and its owners' mailboxes, once."""

import ast
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from lms.audit import queries as audit
from lms.people.tests.factories import make_user
from lms.site import kinds
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import TenantStatus
from tenants.lifecycle import actions, telling
from tenants.lifecycle.refusals import Refused
from tenants.models import TenantEvent

pytestmark = pytest.mark.django_db
OPERATOR = "olga@operator.example"


@pytest.fixture
def suspended(alpha: TenantRef, ada: Any, dee: Any, at: dt.datetime) -> TenantRef:
    with inside(alpha):
        make_user(given_name="Gus", email="gus@alpha.example", roles=("administrator",))
    tenant = actions.suspend(alpha.id, by=OPERATOR, reason="The contract <b>ended</b>.", at=at)
    with public_schema():
        return tenant.ref()


def test_owners_and_administrators_are_told_and_nobody_else(
    suspended: TenantRef, ada: Any, deliver: Callable[..., list[Any]]
) -> None:
    mails = deliver()
    assert {mail["To"] for mail in mails} == {ada.email, "gus@alpha.example"}
    text = mails[0].get_body(("plain",)).get_content()
    assert "Your site was suspended" in text
    assert "The contract <b>ended</b>." in text
    assert OPERATOR in text
    html = mails[0].get_body(("html",)).get_content()
    assert "&lt;b&gt;ended" in html


def test_the_tenants_own_log_names_who_and_why_and_stays_whole(
    suspended: TenantRef, deliver: Callable[..., list[Any]]
) -> None:
    deliver()
    with inside(suspended):
        event = audit.events(action="site.status.changed").get()
        assert event.actor_label == OPERATOR
        assert event.facts == {"reason": "The contract <b>ended</b>.", "status": ["active", "suspended"]}
        assert not audit.verify_chain().fault


def test_telling_twice_tells_once(
    suspended: TenantRef, deliver: Callable[..., list[Any]], at: dt.datetime
) -> None:
    deliver()
    with public_schema():
        TenantEvent.objects.update(told_at=None)
        assert telling.tell(at=at, scheduled_for=at) is None
    assert deliver() == []
    with inside(suspended):
        assert audit.events(action="site.status.changed").count() == 1


def test_a_tenant_that_cannot_be_told_does_not_hold_up_the_other(
    alpha: TenantRef,
    beta: TenantRef,
    ada: Any,
    cy: Any,
    at: dt.datetime,
    deliver: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lms.site import actions as site

    real = site.note_event

    def fail_in_alpha(**event: Any) -> bool:
        from tenants import context

        if context.require_tenant().id == alpha.id:
            raise RuntimeError("its schema is being restored")
        return real(**event)

    monkeypatch.setattr(site, "note_event", fail_in_alpha)
    monkeypatch.setattr(telling, "BATCH", 1)  # as many as fail
    actions.suspend(alpha.id, by=OPERATOR, reason="One.", at=at)
    actions.suspend(beta.id, by=OPERATOR, reason="Two.", at=at + dt.timedelta(seconds=1))
    assert {mail["To"] for mail in deliver(at + dt.timedelta(minutes=1))} == {cy.email}
    monkeypatch.setattr(site, "note_event", real)
    assert {mail["To"] for mail in deliver(at + dt.timedelta(minutes=7))} == {ada.email}


def test_a_frozen_tenant_is_told_when_it_opens_again(
    alpha: TenantRef, ada: Any, at: dt.datetime, deliver: Callable[..., list[Any]]
) -> None:
    actions.freeze(alpha.id, by=OPERATOR, reason="Under attack.", at=at)
    assert deliver(at + dt.timedelta(minutes=1)) == []
    actions.unfreeze(alpha.id, by=OPERATOR, reason="It is over.", at=at + dt.timedelta(hours=1))
    mails = deliver(at + dt.timedelta(hours=2))
    assert [mail["Subject"] for mail in mails] == [
        "Your site was closed by the operator",
        "Your site is open again",
    ]


def test_what_does_not_follow_is_refused_with_a_sentence_and_not_written(
    alpha: TenantRef, at: dt.datetime
) -> None:
    with pytest.raises(Refused, match="is not on trial"):
        actions.extend_trial(alpha.id, days=7, by=OPERATOR, reason="", at=at)
    with pytest.raises(Refused, match="is already: Active"):
        actions.activate(alpha.id, by=OPERATOR, reason="", at=at)
    with pytest.raises(Refused, match="cannot become Purged"):
        actions.change_status(alpha.id, TenantStatus.PURGED, by=OPERATOR, reason="", at=at)
    with pytest.raises(Refused, match="Say why"):
        actions.suspend(alpha.id, by=OPERATOR, reason=" ", at=at)
    with pytest.raises(Refused, match="is not frozen"):
        actions.unfreeze(alpha.id, by=OPERATOR, reason="", at=at)
    with public_schema():
        assert not TenantEvent.objects.exists()


def test_the_owner_reads_the_history_and_a_learner_does_not(
    suspended: TenantRef, ada: Any, dee: Any, client_for: Callable[..., Client]
) -> None:
    page = client_for(suspended, ada).get("/settings/site/history/")
    assert page.status_code == 200
    assert b"The contract &lt;b&gt;ended&lt;/b&gt;." in page.content
    assert client_for(suspended, dee).get("/settings/site/history/").status_code == 403


def _told_kinds() -> set[str]:
    """Every kind of event that the code writes by name and does not keep from its tenant."""
    found = set()
    for path in (Path(settings.BASE_DIR) / "tenants").rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) != "chronicle.write" or any(
                word.arg == "tell" for word in call.keywords
            ):
                continue
            about, kind = call.args[:2]
            if isinstance(kind, ast.Constant) and ast.unparse(about) != "None":
                found.add(str(kind.value))
    return found


def test_whatever_a_tenant_is_told_has_words() -> None:
    told = _told_kinds()
    assert {"move.finished", "plan.changed", "address.changed"} <= told
    # After a purge there is nobody who could be told.
    assert told - {kind.key for kind in kinds.registered()} == {"site.purged"}


def test_however_long_the_history_all_of_it_can_be_read(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client], at: dt.datetime
) -> None:
    """The page says that nothing is ever removed from it: the oldest event must be on its last page."""
    with public_schema():
        TenantEvent.objects.bulk_create(
            TenantEvent(
                tenant_id=alpha.id, kind="shell.opened", by=OPERATOR, reason=f"The {n}th.", at=at, facts={}
            )
            for n in range(230)
        )
    client = client_for(alpha, ada)
    first = client.get("/settings/site/history/").content.decode()
    assert "The 0th." not in first
    last = re.findall(r"\?page=(\d+)", first)
    assert "The 0th." in client.get(f"/settings/site/history/?page={max(map(int, last))}").content.decode()
