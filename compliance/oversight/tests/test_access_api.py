"""May X have access to Y now: answered to whoever holds a key of this site, and to nobody else."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from compliance.records import actions
from compliance.records.models import AccessKey
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import TenantRef, inside

from .factories import give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def site(client_for: Any, alpha: TenantRef) -> Any:
    return client_for(alpha)


@pytest.fixture
def asked(alpha: TenantRef) -> dict[str, str]:
    """A compliant person with an employee ID, a requirement, and a key."""
    with inside(alpha):
        user = make_user(email="ada@alpha.example", external_id="E-77")
        requirement = make_requirement()
        give(user, requirement, "compliant")
        _key, secret = actions.create_key(name="VPN", by=user, at=NOW)
        return {"person": user.email, "requirement": str(requirement.public_id), "secret": secret}


def ask(site: Client, asked: dict[str, str], **other: str) -> Any:
    given = asked | other
    return site.get(
        "/api/access/",
        {"person": given["person"], "requirement": given["requirement"]},
        headers={"Authorization": f"Bearer {given['secret']}"},
    )


@pytest.mark.parametrize("person", ["ada@alpha.example", "ADA@alpha.example", "e-77"])
def test_it_answers_with_its_reasons_and_is_never_stored(
    site: Client, asked: dict[str, str], person: str
) -> None:
    response = ask(site, asked, person=person)
    body = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert (body["may"], body["standing"]) == (True, "compliant")
    assert body["because"]["completed_on"]
    assert body["valid_until"] >= body["as_of"]
    assert set(body) == {"may", "standing", "since", "because", "valid_until", "next_change_on", "as_of"}


@pytest.mark.parametrize("secret", ["", "duly_wrong", "x" * 5000])
def test_without_a_valid_key_nothing_is_said(site: Client, asked: dict[str, str], secret: str) -> None:
    response = ask(site, asked, secret=secret)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert asked["person"] not in response.content.decode()


def test_a_revoked_key_opens_nothing_and_only_a_digest_is_kept(
    site: Client, asked: dict[str, str], alpha: TenantRef
) -> None:
    assert ask(site, asked).status_code == 200
    with inside(alpha):
        key = AccessKey.objects.get()
        assert key.last_used_at is not None
        assert asked["secret"] not in str(vars(key))
        assert asked["secret"] not in str(list(Event.objects.values()))
        actions.revoke_key(key, by=make_user(), at=clock.now())
    assert ask(site, asked).status_code == 401


def test_the_key_of_another_site_is_no_key_here(
    client_for: Any, beta: TenantRef, asked: dict[str, str]
) -> None:
    assert ask(client_for(beta), asked).status_code == 401


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"person": "nobody@alpha.example"}, 404),
        ({"requirement": "00000000-0000-4000-8000-000000000000"}, 404),
        ({"requirement": "7"}, 400),
        ({"person": ""}, 400),
        ({"person": "x" * 300}, 400),
        ({"person": "a\x00b"}, 400),
    ],
)
def test_what_is_not_there_or_not_said_is_a_problem_in_words(
    site: Client, asked: dict[str, str], other: dict[str, str], status: int
) -> None:
    response = ask(site, asked, **other)
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.json()["detail"]


def test_a_key_of_another_scope_is_forbidden(site: Client, asked: dict[str, str], alpha: TenantRef) -> None:
    with inside(alpha):
        AccessKey.objects.update(scope="other")
    assert ask(site, asked).status_code == 403


def test_too_many_questions_wait(
    site: Client, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.oversight.views.access.MOST_QUESTIONS", 2)
    assert [ask(site, asked).status_code for _ in range(3)] == [200, 200, 429]


def test_it_costs_seven_statements(
    site: Client, asked: dict[str, str], alpha: TenantRef, django_assert_max_num_queries: Any
) -> None:
    ask(site, asked)
    with django_assert_max_num_queries(7):
        assert ask(site, asked).json()["may"] is True


def test_the_page_shows_the_secret_once_and_revokes(client_for: Any, alpha: TenantRef, ada: Any) -> None:
    site = client_for(alpha, ada)
    page = site.post("/settings/access-keys/", {"name": "Cluster"})
    with inside(alpha):
        key = AccessKey.objects.get()
    assert page.status_code == 200
    assert f"{key.hint}" in page.content.decode()
    assert page.content.decode().count("duly_") >= 2
    assert len(site.get("/settings/access-keys/").content.decode().split(key.hint)) == 2
    assert site.post(f"/settings/access-keys/{key.public_id}/revoke/").status_code == 303
    assert "revoked" in site.get("/settings/access-keys/").content.decode()
    assert site.post("/settings/access-keys/", {"name": ""}).status_code == 422
