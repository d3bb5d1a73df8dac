"""The pages of events after which training is asked for again: seen, confirmed as seen, looked at, ended."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records.models import ComplianceRecord, TriggeringEvent
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]


@pytest.fixture
def cast(alpha: TenantRef) -> SimpleNamespace:
    with inside(alpha):
        requirement, law = make_requirement(title="Phishing"), make_department("LAW")
        lea, mia = make_user(given_name="Lea", external_id="E-1"), make_user(given_name="Mia")
        for user in (lea, mia):
            make_affiliation(user, department=law if user is lea else None)
            give(user, requirement, "for_good")
    return SimpleNamespace(requirement=requirement, lea=lea, mia=mia)


def told(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "kind": "phishing",
        "title": "Phishing test of 20 November",
        "account": "A mail that asked for a password.",
        "happened_on": (TODAY - 3 * DAY).isoformat(),
        "requirement": str(cast.requirement.public_id),
        "days": "14",
        "reach": "everybody",
    } | more


def fingerprint_of(page: str) -> str:
    found = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert found
    return found.group(1)


def test_seen_confirmed_and_read_by_the_person(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace
) -> None:
    site = client_for(alpha, bo)
    seen = site.post("/events/new/", told(cast)).content.decode()
    assert "Ask 2 people for training again?" in seen
    assert "2 mails leave at once." in seen
    with inside(alpha):
        assert not TriggeringEvent.objects.exists()
    done = site.post("/events/new/", told(cast, fingerprint=fingerprint_of(seen)), follow=True)
    assert "0 of 2 people concerned" in done.content.decode()
    status = client_for(alpha, cast.lea).get("/status/").content.decode()
    assert "because of a failed phishing test on 20 Nov 2026: Phishing test of 20 November" in status
    assert "Phishing test of 20 November" in client_for(alpha, cast.lea).get("/").content.decode()
    assert "Phishing test of 20 November" in site.get(f"/people/{cast.lea.public_id}/").content.decode()


def test_what_has_changed_since_is_seen_again(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace
) -> None:
    site = client_for(alpha, bo)
    again = site.post("/events/new/", told(cast, fingerprint="0" * 64))
    assert again.status_code == 409
    assert "Look again, then confirm" in again.content.decode()


def test_each_wrong_line_of_a_list_is_named(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace
) -> None:
    site = client_for(alpha, bo)
    listed = f"{cast.lea.email}\n\nnobody@x.example\nE-9\n"
    page = site.post("/events/new/", told(cast, reach="listed", listed=listed))
    assert page.status_code == 422
    for words in ("Line 3:", "nobody@x.example", "Line 4:", "E-9"):
        assert words in page.content.decode()
    seen = site.post("/events/new/", told(cast, reach="listed", listed="e-1")).content.decode()
    assert "Ask 1 person for training again?" in seen


@pytest.mark.parametrize(
    "wrong",
    [
        {"happened_on": "2027-01-01"},
        {"happened_on": "2020-01-01"},
        {"days": "0"},
        {"reach": "department"},
        {"title": " "},
    ],
)
def test_wrong_days_and_gaps_are_said_and_nothing_is_recorded(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace, wrong: dict[str, str]
) -> None:
    assert client_for(alpha, bo).post("/events/new/", told(cast, **wrong)).status_code == 422
    with inside(alpha):
        assert not TriggeringEvent.objects.exists()


def test_a_mistake_is_ended_with_a_reason(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace
) -> None:
    site = client_for(alpha, bo)
    seen = site.post("/events/new/", told(cast)).content.decode()
    site.post("/events/new/", told(cast, fingerprint=fingerprint_of(seen)))
    with inside(alpha):
        event = TriggeringEvent.objects.get()
    assert site.post(f"/events/{event.public_id}/end/", {"reason": ""}).status_code == 422
    done = site.post(
        f"/events/{event.public_id}/end/", {"reason": "Wrong list."}, follow=True
    ).content.decode()
    assert "2 people are no longer asked" in done
    assert "Wrong list." in done
    assert "recorded by mistake" in site.get("/events/").content.decode()
    with inside(alpha):
        assert not ComplianceRecord.objects.filter(closed_at=None, completed_at=None).exists()


def test_the_record_shows_the_event_as_a_picture_and_in_words(
    client_for: Browser, alpha: TenantRef, bo: Any, cast: SimpleNamespace
) -> None:
    site = client_for(alpha, bo)
    seen = site.post("/events/new/", told(cast)).content.decode()
    site.post("/events/new/", told(cast, fingerprint=fingerprint_of(seen)))
    for page in (site.get(f"/people/{cast.lea.public_id}/"), client_for(alpha, cast.lea).get("/status/")):
        text = page.content.decode()
        assert "The record as a picture" in text
        assert "asked for again because of a failed phishing test" in text
        assert "<script" not in text.split('class="picture"')[1].split("</figure>")[0]
    terms = site.get(f"/requirements/{cast.requirement.public_id}/").content.decode()
    assert "For somebody who joins on the first day" in terms
