"""Whoever has the number of a certificate is told what it is worth today, and nothing else."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.records import actions as records
from compliance.records import queries
from compliance.records.enums import CreditSource
from compliance.records.models import ComplianceRecord, Credit, Revocation
from compliance.records.tests.factories import turn
from compliance.requirements.tests.factories import make_requirement
from lms.catalog.tests.factories import make_version
from lms.learning.models import Certificate
from lms.learning.tests.factories import complete
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = dt.date(2026, 11, 23)
REASON = "Somebody else sat the test."


@pytest.fixture
def site(client_for: Callable[..., Client], alpha: TenantRef) -> Client:
    return client_for(alpha)


def passed_for(*titles: str) -> Certificate:
    """Dee's certificate of one pass on 5 October that served requirements of these titles."""
    dee = make_user(given_name="Dee", family_name="Dubois", email="dee@alpha.example", external_id="E-77")
    make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
    version = make_version()
    for title in titles:
        make_requirement(title=title, course=version.course, starts_on=dt.date(2026, 9, 1), window_days=30)
    turn(dt.date(2026, 9, 1))
    enrollment = complete(dee, version, at=dt.datetime(2026, 10, 5, 12, tzinfo=dt.UTC))
    turn(dt.date(2026, 10, 6))
    assert ComplianceRecord.objects.filter(enrollment=enrollment).count() == len(titles)
    return Certificate.objects.get(enrollment=enrollment)


def revoke(record: ComplianceRecord) -> Revocation:
    by = make_user(given_name=f"Olu {record.pk}")
    return records.revoke(
        record, due_on=dt.date(2026, 12, 15), reason=REASON, by=by, today=TODAY,
        at=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC),
    )  # fmt: skip


def read(site: Client, code: str) -> str:
    response = site.get(f"/check/{code}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_valid_one_says_whose_for_what_and_until_when_but_no_more(site: Client, alpha: TenantRef) -> None:
    with inside(alpha):
        held = passed_for("Fire safety")
        title = held.enrollment.course_version.title
    response = site.get(f"/check/{held.code}/")
    html = response.content.decode()
    for said in (
        "This certificate is valid", "Valid until 5 Oct 2027", "Dee Dubois", "Fire safety", title, "5 Oct 2026",
        "Alpha University",
    ):  # fmt: skip
        assert said in html
    for kept in ("dee@alpha.example", "E-77", "100 %"):
        assert kept not in html
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")


@pytest.mark.parametrize("as_typed", [str.lower, lambda code: "-".join((code[:9], code[9:])), "  {} ".format])
def test_a_number_is_found_however_it_is_typed(site: Client, alpha: TenantRef, as_typed: Any) -> None:
    with inside(alpha):
        code = passed_for("Fire safety").code
    response = site.get("/check/", {"code": as_typed(code.replace("0", "O").replace("1", "l"))}, follow=True)
    assert response.status_code == 200
    assert "This certificate is valid" in response.content.decode()


@pytest.mark.parametrize("code", ["0" * 26, "0" * 25, "U" * 26, "x", "é" * 300, "a\x00b", "%2e%2e"])
def test_a_number_that_nobody_has_is_not_there(site: Client, code: str) -> None:
    response = site.get(f"/check/{code}/")
    assert response.status_code == 404
    assert "No such certificate here" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert site.get("/check/", {"code": code}, follow=True).status_code in (404, 422)


def test_nothing_typed_is_said_at_the_field(site: Client) -> None:
    assert site.get("/check/").status_code == 200
    response = site.get("/check/", {"code": " "})
    assert response.status_code == 422
    assert "Type the number" in response.content.decode()


def test_revoked_says_since_when_and_not_why_and_taken_back_it_is_valid(
    site: Client, alpha: TenantRef
) -> None:
    with inside(alpha):
        held = passed_for("Fire safety")
        revocation = revoke(ComplianceRecord.objects.get(completed_at__isnull=False))
    html = read(site, held.code)
    assert "was revoked" in html
    assert "Revoked on 23 Nov 2026" in html
    assert REASON not in html
    with inside(alpha):
        records.restore(
            revocation, reason="It was them.", by=make_user(given_name="Ona"), today=TODAY,
            at=dt.datetime(2026, 11, 23, 13, tzinfo=dt.UTC),
        )  # fmt: skip
    assert "This certificate is valid" in read(site, held.code)


def test_revoked_for_one_requirement_it_goes_on_for_the_other(
    site: Client, alpha: TenantRef, client_for: Any
) -> None:
    with inside(alpha):
        held = passed_for("Fire safety", "Lab safety")
        dee = held.enrollment.user
        both = ComplianceRecord.objects.filter(completed_at__isnull=False).order_by("requirement__title")
        first, second = both
        revoke(first)
        held.refresh_from_db()
        assert held.revoked_on is None
    html = read(site, held.code)
    assert "This certificate is valid" in html
    assert "revoked on 23 Nov 2026" in html
    assert "valid until 5 Oct 2027" in html
    own = client_for(alpha, dee).get(f"/certificates/{held.public_id}/").content.decode()
    assert "revoked on 23 Nov 2026" in own
    assert "This certificate was revoked" not in own
    with inside(alpha):
        revoke(second)
        held.refresh_from_db()
        assert held.revoked_on == TODAY
    assert "was revoked" in read(site, held.code)


def test_superseded_and_expired(site: Client, alpha: TenantRef) -> None:
    with inside(alpha):
        old = passed_for("Fire safety")
        again = dt.datetime(2027, 9, 10, 12, tzinfo=dt.UTC)
        newer = complete(old.enrollment.user, old.enrollment.course_version, at=again)
        turn(dt.date(2027, 9, 9))
        turn(dt.date(2027, 9, 11))
        code = Certificate.objects.get(enrollment=newer).code
    with clock.frozen(again):
        assert "A newer certificate took its place" in read(site, old.code)
        assert "This certificate is valid" in read(site, code)
    for on, said in ((5, "This certificate is valid"), (6, "Expired: it was valid until 5 Oct 2028")):
        with clock.frozen(dt.datetime(2028, 10, on, 12, tzinfo=dt.UTC)):
            assert said in read(site, code)


@pytest.mark.parametrize(("source", "until"), [("history", None), ("manual", dt.date(2027, 12, 31))])
def test_what_has_no_certificate_or_only_bridges_the_time_takes_no_ones_place(
    site: Client, alpha: TenantRef, source: str, until: dt.date | None
) -> None:
    again = dt.datetime(2027, 9, 10, 12, tzinfo=dt.UTC)
    with inside(alpha):
        old = passed_for("Fire safety")
        turn(dt.date(2027, 9, 9))
        first = ComplianceRecord.objects.get(completed_at__isnull=False)
        Credit.objects.create(
            user=old.enrollment.user, requirement=first.requirement, by=make_user(given_name="Olu"), source=source,
            on=again.date(), at=again, reason="x", valid_until=until,
            code="7" * 26 if until else "", holder_name="Dee" if until else "",
        )  # fmt: skip
        turn(dt.date(2027, 9, 11))
        assert ComplianceRecord.objects.filter(completed_at__gt=first.completed_at).count() == 1
    with clock.frozen(again + dt.timedelta(days=1)):
        assert "Valid until 5 Oct 2027" in read(site, old.code)
    with clock.frozen(dt.datetime(2027, 10, 6, 12, tzinfo=dt.UTC)):
        assert "Expired: it was valid until 5 Oct 2027" in read(site, old.code)


def test_a_pass_too_early_to_renew_says_what_stays_valid_instead(
    site: Client, alpha: TenantRef, client_for: Any
) -> None:
    with inside(alpha):
        first = passed_for("Fire safety")
        dee, version = first.enrollment.user, first.enrollment.course_version
        again = complete(dee, version, at=dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
        turn(dt.date(2026, 11, 21))
        held = Certificate.objects.get(enrollment=again)
    for html in (
        read(site, held.code),
        client_for(alpha, dee).get(f"/certificates/{held.public_id}/").content.decode(),
    ):
        assert "Too early to renew" in html
        assert "stays valid until 5 Oct 2027; can be renewed from 5 Sep 2027 on" in html
        assert "renews nothing" in html
    assert "Too early" not in read(site, first.code)


@pytest.mark.parametrize(
    ("source", "until", "said"),
    [
        ("manual", None, "certified by the compliance office"),
        ("manual", dt.date(2027, 1, 31), "for the time until the training itself"),
        ("prior", None, "credited by the compliance office"),
        ("evidence", None, "proof was accepted"),
    ],
)
def test_what_was_done_elsewhere_has_one_too_that_says_so(
    site: Client, alpha: TenantRef, client_for: Any, source: str, until: dt.date | None, said: str
) -> None:
    with inside(alpha):
        dee, olu = make_user(given_name="Dee"), make_user(given_name="Olu")
        make_affiliation(dee, starts_on=dt.date(2025, 3, 1))
        requirement = make_requirement(title="Fire safety", starts_on=dt.date(2026, 9, 1))
        turn(dt.date(2026, 9, 1))
        credit = records.give_credit(
            user_id=dee.pk, requirement_id=requirement.pk, on=dt.date(2026, 10, 5), source=CreditSource(source), by=olu,
            reason=REASON, reference="List 7", valid_until=until, at=dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC),
        )  # fmt: skip
    assert "This certificate is valid" in read(site, credit.code)
    with inside(alpha):
        turn(dt.date(2026, 11, 21))
        dee.family_name = "Married"
        dee.save()
    html = read(site, credit.code)
    day = "31 Jan 2027" if until else "5 Oct 2027"
    for told in (
        said,
        "no pass of a course",
        "Fire safety",
        credit.holder_name,
        f"Valid until {day}",
        "20 Nov 2026",
    ):
        assert told in html
    for kept in (REASON, "List 7", "Olu", "Married"):
        assert kept not in html
    mine = f"/certificates/elsewhere/{credit.public_id}/"
    own = client_for(alpha, dee)
    assert mine in own.get("/certificates/").content.decode()
    assert mine in own.get("/status/").content.decode()
    sheet = own.get(mine).content.decode()
    assert said in sheet
    assert f"/check/{credit.code[:5]}-" in sheet
    assert client_for(alpha, olu).get(mine).status_code == 404
    with inside(alpha):
        revoke(ComplianceRecord.objects.get(credit=credit))
    assert "Revoked on 23 Nov 2026" in read(site, credit.code)
    assert "This certificate was revoked" in own.get(mine).content.decode()


def test_loaded_history_gives_none(alpha: TenantRef) -> None:
    with inside(alpha):
        credit = Credit(code="", holder_name="Dee", source="history", reason="x", on=TODAY)
        credit.user, credit.by = make_user(given_name="Dee"), make_user(given_name="Olu")
        credit.requirement, credit.at = make_requirement(), dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        with pytest.raises(IntegrityError, match="names_its_holder"), transaction.atomic():
            credit.save()
        credit.holder_name = ""
        credit.save()
        assert queries.credit_proofs(credit.user.pk, TODAY) == []
        assert queries.proof_by("", TODAY) is None


def test_whoever_tries_many_waits_but_not_at_another_site(
    site: Client, client_for: Any, beta: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.oversight.views.checking.MOST_CHECKS", 2)
    answers = [site.get("/check/" + "0" * 26 + "/") for _ in range(3)]
    assert [each.status_code for each in answers] == [404, 404, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert client_for(beta).get("/check/" + "0" * 26 + "/").status_code == 404


def test_it_is_on_the_sheet_with_its_address(alpha: TenantRef, client_for: Any) -> None:
    with inside(alpha):
        held = passed_for("Fire safety")
        dee = held.enrollment.user
    html = client_for(alpha, dee).get(f"/certificates/{held.public_id}/").content.decode()
    number = "-".join((held.code[:5], held.code[5:10], held.code[10:15], held.code[15:20], held.code[20:]))
    assert f"/check/{number}/" in html
    assert "certificate-qr" in html
    assert "Valid until" in html


@pytest.mark.parametrize("titles", [("Fire safety",), ("Fire safety", "Lab safety", "Radiation")])
def test_it_costs_the_same_for_one_and_for_three(
    site: Client, alpha: TenantRef, titles: tuple[str, ...]
) -> None:
    with inside(alpha):
        held = passed_for(*titles)
    site.get(f"/check/{held.code}/")
    with CaptureQueriesContext(connection) as seen:
        site.get(f"/check/{held.code}/")
    asked = [
        q["sql"]
        for q in seen
        if q["sql"].startswith(("SELECT", "INSERT", "UPDATE")) and "set_config" not in q["sql"]
    ]
    assert len(asked) == 3, asked
