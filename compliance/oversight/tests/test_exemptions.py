"""The pages around exemptions: asked for, decided, shown to the person, counted, looked at again, ended."""

import csv
import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records.models import Exemption
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


def test_an_exemption_from_the_request_to_its_end(
    alpha: TenantRef, client_for: Browser, at: dt.datetime
) -> None:
    with inside(alpha):
        requirement = make_requirement(title="Phishing")
        lea = make_user(given_name="Lea", family_name="Law")
        make_affiliation(lea, department=make_department("LAW"))
        give(lea, requirement, "overdue")
        bo, cyd = (make_user(given_name=name, roles=("compliance_officer",)) for name in ("Bo", "Cyd"))
    asker, officer, person = (client_for(alpha, one) for one in (bo, cyd, lea))
    said = {
        "person": lea.email,
        "requirement": str(requirement.public_id),
        "starts_on": TODAY.isoformat(),
        "review_on": (TODAY + 200 * DAY).isoformat(),
        "reason": "no access to the data",
    }
    for wrong in (
        {"review_on": ""},
        {"review_on": "2099-01-01"},
        {"ends_on": "9999-12-31"},
        {"starts_on": "0001-01-01"},
    ):
        assert asker.post("/requests/exemptions/new/", said | wrong).status_code == 422, wrong
    assert "Ask to be excused" in person.get("/status/").content.decode()
    page = asker.post("/requests/exemptions/new/", said)["Location"]
    assert asker.post(f"{page}decide/", {"decision": "approve"}, follow=True).status_code == 200
    assert "1 exemption waits for a decision" in officer.get("/overview/").content.decode()
    assert officer.get("/requests/?kind=exemptions").context["page"].total == 1
    assert officer.post(f"{page}decide/", {"decision": "approve"}).status_code == 303
    assert "until further notice" in officer.get(page).content.decode()

    told = f"Exempt since 23 Nov 2026, because: no access to the data. Decided by {cyd.display_name}."
    for path in ("/", "/status/"):
        assert told in person.get(path).content.decode(), path
    assert "Ask to be excused" not in person.get("/status/").content.decode()
    assert told in officer.get(f"/people/{lea.public_id}/").content.decode()
    overview = officer.get("/overview/")
    assert overview.context["figures"].totals.exempt_count == 1
    assert "Exempt from something" in overview.content.decode()
    assert officer.get("/overview/people/?standing=exempt").context["page"].total == 1
    file = b"".join(officer.get("/overview/people.csv")).decode("utf-8-sig")
    (line,) = csv.DictReader(file.splitlines())
    assert (line["exempt"], line["excused"], line["requirements"]) == ("1", "1", "0")
    assert (line["on_leave"], line["waived"], line["standing"]) == ("0", "0", "excused")
    assert "<span>Exempt</span>" in officer.get("/overview/people/").content.decode()
    _look_again_and_end(alpha, officer, page, at + 201 * DAY)


def _look_again_and_end(alpha: TenantRef, officer: Client, page: str, later: dt.datetime) -> None:
    with clock.frozen(later):
        assert "1 exemption is to be looked at again" in officer.get("/overview/").content.decode()
        assert officer.get("/requests/?kind=exemptions&review=due").context["page"].total == 1
        assert "Does it still hold?" in officer.get(page).content.decode()
        next_look = (clock.today() + 300 * DAY).isoformat()
        assert officer.post(f"{page}review/", {"review_on": "2099-01-01"}).status_code == 422
        assert officer.post(f"{page}review/", {"review_on": next_look, "note": "asked"}).status_code == 303
        assert officer.get("/requests/?kind=exemptions&review=due").context["page"].total == 0
        assert "Looked at by" in officer.get(page).content.decode()
        assert officer.post(f"{page}end/", {"reason": ""}).status_code == 422
        assert officer.post(f"{page}end/", {"reason": "has access now"}).status_code == 303
        assert officer.post(f"{page}end/", {"reason": "again"}).status_code == 422
        with inside(alpha):
            assert Exemption.objects.get().ended_on == clock.today()
