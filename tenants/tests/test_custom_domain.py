"""A name of the university's own, proved over a real DNS server, and lost with its proof (I17: dangling names)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.tests.names import NameServer
from lms.site import queries
from tenants import clock, hosts, links
from tenants.addressing import domains, proof
from tenants.context import TenantRef, public_schema
from tenants.enums import ProofState
from tenants.lifecycle.refusals import Refused
from tenants.models import CustomDomain, Domain, Tenant
from tenants.rules import host_names

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.isolation("I17"),
    pytest.mark.usefixtures("_hosts_forgotten"),
]
HOST = "training.uni.example"
BY = "tenant:ada@alpha.example"
DAY = dt.timedelta(days=1)
Deliver = Callable[..., list[Any]]


def _publish(server: NameServer, *claims: CustomDomain) -> None:
    server.texts[proof.record_name(HOST)] = [
        "v=spf1 -all",
        *(proof.record_value(claim.token) for claim in claims),
    ]


def _check(tenant: TenantRef, at: dt.datetime) -> CustomDomain:
    found = domains.check(tenant.id, at=at)
    hosts.forget_all()
    assert found is not None
    return found


def _ref(tenant: TenantRef) -> TenantRef:
    with public_schema():
        ref: TenantRef = Tenant.objects.get(pk=tenant.id).ref()
    return ref


@pytest.fixture
def claimed(alpha: TenantRef, at: dt.datetime, name_server: NameServer) -> CustomDomain:
    return domains.claim(alpha.id, f"https://{HOST.upper()}/", by=BY, at=at)


@pytest.fixture
def proved(alpha: TenantRef, at: dt.datetime, name_server: NameServer, claimed: CustomDomain) -> CustomDomain:
    _publish(name_server, claimed)
    return _check(alpha, at)


def test_nothing_answers_before_the_record_is_there(
    alpha: TenantRef, at: dt.datetime, claimed: CustomDomain, name_server: NameServer
) -> None:
    assert Client(headers={"host": HOST}).get("/").status_code == 404
    assert (_check(alpha, at).state, _check(alpha, at).problem) == (ProofState.PENDING, proof.MISSING)
    name_server.texts[proof.record_name(HOST)] = ["something else"]
    assert _check(alpha, at).problem == proof.DIFFERENT
    name_server.is_broken = True
    assert _check(alpha, at).problem == proof.NO_ANSWER
    assert Client(headers={"host": HOST}).get("/").status_code == 404


def test_a_proved_name_serves_and_is_in_every_link(
    alpha: TenantRef,
    ada: Any,
    at: dt.datetime,
    proved: CustomDomain,
    deliver: Deliver,
    client_for: Callable[..., Client],
) -> None:
    assert proved.state == ProofState.PROVED
    assert links.origin(_ref(alpha)).split(":")[1] == f"//{HOST}"
    own = client_for(_ref(alpha), ada)
    assert own.get("/").status_code == 200
    assert own.get("/").cookies.get("session") is None or not own.get("/").cookies["session"]["domain"]
    assert client_for(alpha, ada).get("/").status_code == 200, "the subdomain goes on working"
    mails = deliver(at)
    assert {mail["Subject"] for mail in mails} == {"Your site answers at its own name"}
    assert HOST in mails[0].get_body(("plain",)).get_content()
    assert Client(headers={"host": f"x.{HOST}"}).get("/").status_code == 404


def test_a_form_on_the_own_name_is_accepted_and_one_from_elsewhere_is_not(
    alpha: TenantRef, proved: CustomDomain
) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": HOST})
    browser.get("/accounts/login/")
    token = browser.cookies["csrf"].value
    form = {"login": "x@example.org", "password": "x", "csrfmiddlewaretoken": token}
    here, elsewhere = (
        browser.post("/accounts/login/", form, headers={"origin": f"http://{host}"})
        for host in (HOST, alpha.host)
    )
    assert here.status_code == 200
    assert elsewhere.status_code == 403


def test_a_record_that_goes_missing_is_told_and_after_seven_days_the_name_is_given_up(
    alpha: TenantRef,
    ada: Any,
    at: dt.datetime,
    proved: CustomDomain,
    name_server: NameServer,
    deliver: Deliver,
) -> None:
    deliver(at)
    name_server.texts.clear()
    assert [mail["Subject"] for mail in deliver(at + DAY)] == ["The proof of your own name is missing"]
    assert Client(headers={"host": HOST}).get("/").status_code == 302
    assert deliver(at + 7 * DAY) == []
    stopped = deliver(at + 8 * DAY)
    assert [mail["Subject"] for mail in stopped] == ["Your site no longer answers at its own name"]
    assert alpha.host in stopped[0].get_body(("plain",)).get_content(), "links name the subdomain again"
    hosts.forget_all()
    assert Client(headers={"host": HOST}).get("/").status_code == 404
    assert _ref(alpha).host == alpha.host


def test_a_record_that_comes_back_in_time_changes_nothing(
    alpha: TenantRef, at: dt.datetime, proved: CustomDomain, name_server: NameServer
) -> None:
    name_server.is_broken = True
    assert _check(alpha, at + DAY).state == ProofState.FAILING
    name_server.is_broken = False
    assert _check(alpha, at + 2 * DAY).state == ProofState.PROVED
    assert _check(alpha, at + 9 * DAY).state == ProofState.PROVED
    assert _ref(alpha).host == HOST


def test_of_two_who_claim_a_name_only_the_one_with_the_record_has_it(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, proved: CustomDomain, name_server: NameServer
) -> None:
    rival = domains.claim(beta.id, HOST, by=BY, at=at)
    assert _check(beta, at).problem == proof.DIFFERENT
    _publish(name_server, proved, rival)
    assert _check(beta, at).problem == proof.TAKEN, "both records: who was first keeps it"
    assert _ref(beta).host == beta.host


def test_a_dangling_name_goes_to_whoever_can_prove_it_and_takes_nothing_along(
    alpha: TenantRef,
    beta: TenantRef,
    ada: Any,
    at: dt.datetime,
    proved: CustomDomain,
    name_server: NameServer,
    client_for: Callable[..., Client],
) -> None:
    old = client_for(_ref(alpha), ada)
    assert old.get("/").status_code == 200
    rival = domains.claim(beta.id, HOST, by=BY, at=at)
    _publish(name_server, rival)
    assert _check(alpha, at + DAY).state == ProofState.FAILING
    with CaptureQueriesContext(connection) as asked:
        assert _check(beta, at + DAY).state == ProofState.PROVED
    locks = [query["sql"] for query in asked if 'FROM "tenants_tenant"' in query["sql"]]
    assert any(f"= {alpha.id} " in sql and "FOR UPDATE" in sql for sql in locks), (
        "nobody else changes alpha's addresses meanwhile"
    )
    assert _ref(beta).host == HOST
    assert _ref(alpha).host == alpha.host
    assert old.get("/").status_code == 302, "alpha's session is nobody's at beta"
    with public_schema():
        assert Domain.objects.filter(domain=HOST).count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the name"),
        ("*.uni.example", "One name only"),
        ("192.0.2.7", "not the number"),
        ("[2001:db8::1]", "not the number"),
        ("uni.example:8443", "without a port"),
        ("localhost", "not a name on the Internet"),
        ("printer.local", "not a name on the Internet"),
        ("uni", "not a name on the Internet"),
        ("uni..example", "not a name on the Internet"),
        ("-uni.example", "not a name on the Internet"),
        ("uni.example\nx", "not a name on the Internet"),
        ("xn--a.example", "not a name on the Internet"),
        (f"{'a' * 64}.example", "not a name on the Internet"),
        ("duly.localhost", "Names that end in"),
        ("beta.duly.localhost", "Names that end in"),
    ],
)
def test_what_is_no_name_of_ones_own_gets_a_sentence(
    alpha: TenantRef, at: dt.datetime, typed: str, sentence: str
) -> None:
    with pytest.raises(host_names.HostRefused, match=sentence):
        domains.claim(alpha.id, typed, by=BY, at=at)
    assert domains.of(alpha.id) is None


def test_a_name_in_another_alphabet_is_kept_in_ascii(alpha: TenantRef, at: dt.datetime) -> None:
    assert domains.claim(alpha.id, "Schulung.Universität.example", by=BY, at=at).host == (
        "schulung.xn--universitt-y5a.example"
    )


def test_a_name_given_up_stops_at_once(alpha: TenantRef, at: dt.datetime, proved: CustomDomain) -> None:
    domains.withdraw(alpha.id, by=BY, reason="", at=at)
    hosts.forget_all()
    assert Client(headers={"host": HOST}).get("/").status_code == 404
    with pytest.raises(Refused):
        domains.withdraw(alpha.id, by=BY, reason="", at=at)


def test_the_ingress_may_ask_whose_name_it_is(alpha: TenantRef, proved: CustomDomain) -> None:
    public = Client(headers={"host": "duly.localhost"})
    known = {
        host: public.get("/known-host/", {"domain": host}).status_code
        for host in (HOST, alpha.host, "nobody.example", "", "x" * 300, "a\x00b")
    }
    assert known == {
        HOST: 200,
        alpha.host: 200,
        "nobody.example": 404,
        "": 404,
        "x" * 300: 404,
        "a\x00b": 404,
    }


def test_the_owner_walks_through_the_pages(
    alpha: TenantRef, ada: Any, name_server: NameServer, client_for: Callable[..., Client]
) -> None:
    owner = client_for(alpha, ada)
    assert owner.post("/settings/site/domain/", {"host": "*.x.example"}).status_code == 422
    assert owner.post("/settings/site/domain/", {"host": HOST}).status_code == 303
    page = owner.get("/settings/site/domain/").content.decode()
    found = domains.of(alpha.id)
    assert found is not None
    assert proof.record_name(HOST) in page
    assert proof.record_value(found.token) in page
    owner.post("/settings/site/domain/check/")
    assert "was not found yet" in owner.get("/settings/site/domain/").content.decode()
    _publish(name_server, found)
    owner.post("/settings/site/domain/check/")
    assert f"The site answers at {HOST}" in owner.get("/settings/site/domain/").content.decode()
    assert owner.post("/settings/site/domain/removal/", {"confirmation": "x"}).status_code == 422
    gone = owner.post("/settings/site/domain/removal/", {"confirmation": HOST}, follow=True)
    assert f"{HOST} was removed. The site goes on here." in gone.content.decode()
    assert domains.of(alpha.id) is None


def test_who_removes_the_name_they_came_by_is_shown_the_way(
    alpha: TenantRef, ada: Any, proved: CustomDomain, client_for: Callable[..., Client]
) -> None:
    there = client_for(_ref(alpha), ada)
    page = there.post("/settings/site/domain/removal/", {"confirmation": HOST})
    assert "The site has moved" in page.content.decode()
    assert f"http://{alpha.host}" in page.content.decode()


def test_a_new_first_address_moves_nobody_who_uses_the_name(
    alpha: TenantRef,
    ada: Any,
    proved: CustomDomain,
    client_for: Callable[..., Client],
    deliver: Callable[..., list[Any]],
) -> None:
    there = client_for(_ref(alpha), ada)
    assert f"Whoever uses {HOST} notices nothing" in there.get("/settings/site/address/").content.decode()
    form = {"subdomain": "newalpha", "confirmation": alpha.host}
    page = there.post("/settings/site/address/", form, follow=True).content.decode()
    assert f"The site answers at newalpha.duly.localhost now, beside {HOST}." in page
    letters = [mail.get_body(("plain",)).get_content() for mail in deliver(clock.now())]
    (letter,) = [each for each in letters if "newalpha" in each]
    assert "Whoever uses its own name notices nothing." in letter
    assert "Everybody signs in there" not in letter


def test_two_owners_at_once_are_each_told_what_became_of_it(
    alpha: TenantRef,
    ada: Any,
    claimed: CustomDomain,
    client_for: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = client_for(alpha, ada)
    second = owner.post("/settings/site/domain/", {"host": "other.uni.example"}, follow=True)
    assert "has a name of its own already" in second.content.decode()
    known = queries.domain

    def removed_meanwhile() -> Any:
        found = known()
        domains.withdraw(alpha.id, by=BY, reason="", at=clock.now())
        monkeypatch.undo()
        return found

    monkeypatch.setattr(queries, "domain", removed_meanwhile)
    late = owner.post("/settings/site/domain/removal/", {"confirmation": HOST}, follow=True)
    assert "has no name of its own. Nothing was changed." in late.content.decode()
