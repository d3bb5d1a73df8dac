"""The pages of loads: asking a second person, deciding, the list, and taking a load back after a look at it."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.changes.models import Threshold
from compliance.oversight.tests.factories import TODAY
from compliance.records import actions as records
from compliance.records.models import ComplianceRecord, Credit, Load, LoadUndo, Revocation
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]
WRONG = {"reason": "The wrong year", "is_told": "on"}


def turn(on: dt.date = TODAY) -> None:
    moment = dt.datetime.combine(on, dt.time(17), tzinfo=dt.UTC)
    records.daily_turn(at=moment, scheduled_for=moment)


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    """Lea and Max owe it since the beginning of the month; Bo and Cyd are officers, Aud an auditor."""
    with inside(alpha):
        lea, mx = make_user(given_name="Lea", family_name="Law"), make_user(given_name="Max")
        for user in (lea, mx):
            make_affiliation(user, starts_on=dt.date(2025, 3, 1))
        make_requirement(title="Phishing", starts_on=dt.date(2026, 11, 1))
        bo, cyd = (make_user(given_name=name, roles=("compliance_officer",)) for name in ("Bo", "Cyd"))
        aud = make_user(given_name="Aud", roles=("auditor",))
        turn()
    return SimpleNamespace(lea=lea, max=mx, bo=bo, cyd=cyd, aud=aud)


def asked(client: Client, *people: Any, on: str = "2026-05-05") -> dict[str, str]:
    """The form that the preview of a file of these people gives."""
    lines = "".join(f"{one.email},Phishing,{on}\n" for one in people)
    said = {"text": f"person,requirement,completed on\n{lines}", "reason": "Go-live", "file_name": "past.csv"}
    page = client.post("/credits/load/", said)
    return said | hidden(page)


def hidden(page: Any) -> dict[str, str]:
    """The digest and the name of the deed that stand in the form."""
    found = dict(re.findall(r'name="(fingerprint|name)" value="([^"]+)"', page.content.decode()))
    assert "fingerprint" in found
    return found


def test_many_are_loaded_and_taken_back_by_two(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    with inside(alpha):
        Threshold.objects.create(is_on=True, percent=1, at_least=1)
    bo, cyd = client_for(alpha, cast.bo), client_for(alpha, cast.cyd)
    said = asked(bo, cast.lea, cast.max)
    page = bo.post("/credits/load/", said)["Location"]
    assert bo.post("/credits/load/", said)["Location"] == page, "a second click asks nothing more"
    with inside(alpha):
        assert not Credit.objects.exists()
        assert Load.objects.get().is_waiting
    waits = bo.get(page).content.decode()
    assert "Somebody else has to decide this" in waits
    assert "Everyone else who may decide was written to" in waits
    no = {"decision": "refuse", "note": "No"}
    assert bo.post(f"{page}decide/", no).status_code == 303
    assert "1 load of past completions waits" in cyd.get("/overview/").content.decode()
    shown = cyd.get(page)
    assert "not quite what was asked for" not in shown.content.decode()
    assert cyd.post(f"{page}decide/", {"decision": "refuse"}).status_code == 422
    assert cyd.post(f"{page}decide/", {"decision": "approve"} | hidden(shown)).status_code == 303
    with inside(alpha):
        assert Credit.objects.count() == 2
        turn()
    text = bo.get(page).content.decode()
    assert "by Cyd" in text
    assert "cycle 1" in text
    look = bo.get(f"{page}take-back/")
    assert "Ask for it" in look.content.decode()
    assert bo.post(f"{page}take-back/", WRONG | {"fingerprint": "x"}).status_code == 409
    assert bo.post(f"{page}take-back/", hidden(look)).status_code == 422
    for _click in range(2):
        assert bo.post(f"{page}take-back/", WRONG | hidden(look)).status_code in {200, 303}
    with inside(alpha):
        undo = LoadUndo.objects.get()
        assert not Revocation.objects.exists()
    assert "a second person has to decide" in bo.get(page).content.decode()
    seen = cyd.get(f"{page}take-back/")
    assert "The wrong year" in seen.content.decode()
    decide = f"/credits/loads/undone/{undo.public_id}/decide/"
    assert bo.post(decide, {"decision": "approve"} | hidden(seen)).status_code == 303
    assert bo.post(decide, no).status_code == 303
    with inside(alpha):
        assert not Revocation.objects.exists(), "nobody decides what they asked for"
    assert cyd.post(decide, {"decision": "approve"} | hidden(seen)).status_code == 303
    with inside(alpha):
        assert Revocation.objects.count() == 2
        deeds = Event.objects.filter(action__startswith="records.history").order_by("pk")
        assert [row.action.removeprefix("records.history_") for row in deeds] == [
            "asked", "loaded", "undo_asked", "undone",
        ]  # fmt: skip
    text = bo.get(page).content.decode()
    assert "This load was taken back" in text
    assert "Take this load back" not in text
    assert "The wrong year" in bo.get(f"/people/{cast.lea.public_id}/").content.decode()


def test_few_are_loaded_and_taken_back_by_one(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    bo = client_for(alpha, cast.bo)
    page = bo.post("/credits/load/", asked(bo, cast.lea))["Location"]
    with inside(alpha):
        turn()
    look = bo.get(f"{page}take-back/")
    assert bo.post(f"{page}take-back/", WRONG | hidden(look)).status_code == 303
    assert bo.get(f"{page}take-back/").status_code == 303, "there is nothing to take back any more"
    with inside(alpha):
        turn()
        cycle = ComplianceRecord.objects.get(completed_at=None, closed_at=None, user=cast.lea)
        assert cycle.due_on == dt.date(2026, 12, 23)
        assert (Revocation.objects.get().reason, LoadUndo.objects.get().decided_by) == (
            "The wrong year",
            None,
        )
    again = asked(bo, cast.lea)
    assert bo.post("/credits/load/", again).status_code == 303, "the right file may hold the same line"


def test_where_all_others_stand_in_the_file_it_says_what_to_do(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser, ada: Any
) -> None:
    with inside(alpha):
        Threshold.objects.create(is_on=True, percent=1, at_least=1)
        for user in (cast.cyd, ada):
            make_affiliation(user, starts_on=dt.date(2025, 3, 1))
        turn()
    bo = client_for(alpha, cast.bo)
    said = {"reason": "Go-live", "text": "person,requirement,completed on\n"}
    said["text"] += "".join(f"{one.email},Phishing,2026-05-05\n" for one in (cast.cyd, ada))
    page = bo.post("/credits/load/", said)
    assert "Load their lines apart" in page.content.decode()
    sent = said | {"fingerprint": page.context["seen"].fingerprint}
    assert bo.post("/credits/load/", sent).status_code == 409
    with inside(alpha):
        assert not Load.objects.exists()


def test_who_may_not_certify_sees_nothing_of_it_and_withdrawing_is_for_whoever_asked(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    with inside(alpha):
        Threshold.objects.create(is_on=True, percent=1, at_least=0)
    bo, aud = client_for(alpha, cast.bo), client_for(alpha, cast.aud)
    page = bo.post("/credits/load/", asked(bo, cast.lea, cast.max))["Location"]
    for address in ("/credits/loads/", page, f"{page}take-back/"):
        assert aud.get(address).status_code == 403
    client_for(alpha, cast.cyd).post(f"{page}withdraw/")
    with inside(alpha):
        assert Load.objects.get().is_waiting
    assert bo.get(f"{page}take-back/").status_code == 303, "what was never loaded is not taken back"
    bo.post(f"{page}withdraw/")
    with inside(alpha):
        assert Load.objects.get().state == "withdrawn"
    nothing = "00000000-0000-0000-0000-000000000000"
    for address in (f"/credits/loads/{nothing}/", f"/credits/loads/{nothing}/take-back/"):
        assert bo.get(address).status_code == 404


def test_the_pages_ask_as_often_for_one_row_as_for_three(
    alpha: TenantRef, cast: SimpleNamespace, client_for: Browser
) -> None:
    bo, counts = client_for(alpha, cast.bo), []
    assert "Nothing was loaded yet" in bo.get("/credits/loads/").content.decode()
    for days in (("2026-05-05",), ("2026-05-06", "2026-05-07")):
        for day in days:
            page = bo.post("/credits/load/", asked(bo, *[cast.lea, cast.max][: len(days)], on=day))[
                "Location"
            ]
        with inside(alpha):
            turn()
        made = []
        for address in ("/credits/loads/", page, f"{page}take-back/"):
            with CaptureQueriesContext(connection) as captured:
                assert bo.get(address).status_code == 200
            made.append(len(captured))
        counts.append(made)
    assert counts[0] == counts[1]
