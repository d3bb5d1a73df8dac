"""A site that moves to another name leaves nothing at the old one for a stranger (I17)."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lms.people.tests.factories import make_user
from tenants import hosts, signing
from tenants.addressing import renaming
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import ProofState, SignUpState
from tenants.lifecycle.refusals import Refused
from tenants.models import CustomDomain, Domain, SignUp, Tenant
from tenants.provisioning import reservation
from tenants.rules.subdomains import SubdomainRefused

pytestmark = pytest.mark.django_db
OPERATOR = "olga@operator.example"
DAY = dt.timedelta(days=1)
Deliver = Callable[..., list[Any]]


def _rename(tenant: TenantRef, name: str, at: dt.datetime, by: str = OPERATOR) -> TenantRef:
    renaming.rename(tenant.id, name, by=by, reason="The faculty was renamed.", at=at)
    hosts.forget_all()
    with public_schema():
        ref: TenantRef = Tenant.objects.get(pk=tenant.id).ref()
    return ref


def _reserve(name: str, at: dt.datetime) -> TenantRef:
    """Another university signs up under this name."""
    with public_schema():
        sign_up = SignUp.objects.create(
            university_name="Other University",
            subdomain=name,
            time_zone="Europe/Berlin",
            owner_name="Oz",
            owner_email="oz@other.example",
            verified_at=at,
            created_at=at,
        )
        reservation.reserve(sign_up, at=at)
        assert sign_up.tenant is not None
        ref: TenantRef = sign_up.tenant.ref()
    return ref


def test_the_old_address_is_gone_and_does_not_name_the_new_one(
    alpha: TenantRef, ada: Any, at: dt.datetime, client_for: Callable[..., Client]
) -> None:
    old = client_for(alpha, ada)
    assert old.get("/").status_code == 200
    moved = _rename(alpha, "newalpha", at)
    assert moved.host == "newalpha.duly.localhost"
    for path in ("/", "/certificates/", "/welcome/some-token/", "/accounts/login/", "/nothing/"):
        answer = old.get(path)
        assert answer.status_code == 410, path
        assert b"newalpha" not in answer.content + str(answer.headers).encode()
    new = client_for(moved)
    new.cookies = old.cookies
    assert new.get("/").status_code == 200, (
        "the same tenant's session, where a browser would not even send it"
    )
    assert client_for(moved).get("/").status_code == 302


def test_links_in_mails_of_before_end_and_new_ones_name_the_new_host(
    alpha: TenantRef, ada: Any, dee: Any, at: dt.datetime, client_for: Callable[..., Client], deliver: Deliver
) -> None:
    from lms.people import actions as people

    with inside(alpha):
        people.invite(user=dee, by=ada, at=at)
    text = deliver(at)[-1].get_body(("plain",)).get_content()
    link = re.search(r"http://alpha\.duly\.localhost(?::\d+)?(/welcome/[\w-]+/)", text)
    assert link
    moved = _rename(alpha, "newalpha", at)
    assert client_for(alpha).get(link[1]).status_code == 410
    assert client_for(moved).get(link[1]).status_code == 200, "the token is the tenant's, wherever it answers"
    mails = deliver(at + dt.timedelta(minutes=1))
    assert {mail["Subject"] for mail in mails} == {"Your site has a new address"}
    assert "newalpha.duly.localhost" in mails[0].get_body(("plain",)).get_content()


def test_a_stranger_gets_the_name_after_a_year_and_nothing_of_before_with_it(
    alpha: TenantRef, ada: Any, at: dt.datetime, client_for: Callable[..., Client]
) -> None:
    first = _rename(alpha, "northfield", at)
    old = client_for(first, ada)
    with inside(first):
        token = signing.sign("unsubscribe", 1)
    _rename(alpha, "newalpha", at)
    for name in ("northfield", "n0rthfield", "north-field", "northfieldd"):
        with pytest.raises(SubdomainRefused, match="taken"):
            _reserve(name, at + 364 * DAY)
        with public_schema():
            assert not reservation.is_free(name)
    stranger = _reserve("northfield", at + renaming.QUARANTINE)
    assert stranger.host == first.host
    hosts.forget_all()
    with inside(stranger), pytest.raises(signing.BadToken):
        signing.unsign("unsubscribe", token, max_age=dt.timedelta(days=1000))
    assert old.get("/").status_code == 503, "the stranger's site is being prepared; no session is looked at"


def test_its_own_old_name_can_be_taken_back_and_one_that_looks_like_it_may_follow(
    alpha: TenantRef, at: dt.datetime
) -> None:
    _rename(alpha, "northfield", at)
    _rename(alpha, "newalpha", at)
    assert _rename(alpha, "northfield", at + DAY).host == "northfield.duly.localhost"
    assert _rename(alpha, "n0rthfield", at + 2 * DAY).host == "n0rthfield.duly.localhost"
    with public_schema():
        kept = Domain.objects.filter(tenant_id=alpha.id, kept_until__isnull=False)
        names = {host.partition(".")[0] for host in kept.values_list("domain", flat=True)}
        assert names == {"alpha", "northfield", "newalpha"}
        assert Domain.objects.filter(tenant_id=alpha.id, is_primary=True).count() == 1


@pytest.mark.parametrize("name", ["", "a", "-x-", "admin", "beta", "be-ta", "x" * 31, "Ω", "a.b"])
def test_the_rules_of_sign_up_hold(alpha: TenantRef, beta: TenantRef, at: dt.datetime, name: str) -> None:
    with public_schema():
        Domain.objects.filter(tenant_id=beta.id).update(skeleton="beta")
        before = list(Domain.objects.order_by("pk").values())
    with pytest.raises(SubdomainRefused):
        renaming.rename(alpha.id, name, by="tenant:ada@alpha.example", reason="", at=at)
    with public_schema():
        assert list(Domain.objects.order_by("pk").values()) == before


def test_the_name_of_a_well_known_university_is_for_who_has_proved_to_be_it(
    alpha: TenantRef, at: dt.datetime
) -> None:
    """An address that an administrator has typed for a person proves nothing."""
    owner = "tenant:ada@harvard.edu"
    with pytest.raises(Refused, match="well-known university"):
        renaming.rename(alpha.id, "harvard", by=owner, reason="", at=at)
    with public_schema():
        claim = CustomDomain.objects.create(
            tenant_id=alpha.id, host="training.harvard.edu", token="x", created_at=at
        )
    with pytest.raises(Refused, match="well-known university"):
        renaming.rename(alpha.id, "harvard", by=owner, reason="", at=at)
    with public_schema():
        CustomDomain.objects.filter(pk=claim.pk).update(state=ProofState.PROVED, proved_at=at)
    assert renaming.rename(alpha.id, "harvard", by=owner, reason="", at=at) == "harvard.duly.localhost"


def test_the_mailbox_that_signed_up_proves_its_university(alpha: TenantRef, at: dt.datetime) -> None:
    with public_schema():
        SignUp.objects.create(
            university_name="Harvard",
            subdomain="alpha",
            time_zone="UTC",
            owner_name="Oz",
            owner_email="oz@law.harvard.edu",
            verified_at=at,
            created_at=at,
            state=SignUpState.READY,
            tenant_id=alpha.id,
        )
    renamed = renaming.rename(alpha.id, "harvard", by="tenant:ada@alpha.example", reason="", at=at)
    assert renamed == "harvard.duly.localhost"


def test_owners_take_at_most_three_names_out_of_use_in_a_year(alpha: TenantRef, at: dt.datetime) -> None:
    for number in range(3):
        _rename(alpha, f"newalpha{'xyz'[number]}", at + number * DAY, by="tenant:ada@alpha.example")
    with pytest.raises(Refused, match="3 times within a year"):
        _rename(alpha, "another", at + 4 * DAY, by="tenant:ada@alpha.example")
    assert _rename(alpha, "another", at + 4 * DAY).host == "another.duly.localhost"


def test_the_owner_changes_it_on_a_page_that_says_what_ends_and_an_administrator_does_not(
    alpha: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    with inside(alpha):
        gus = make_user(given_name="Gus", email="gus@alpha.example", roles=("administrator",))
    assert client_for(alpha, gus).get("/settings/site/address/").status_code == 403
    owner = client_for(alpha, ada)
    assert b"stops at once" in owner.get("/settings/site/address/").content
    form = {"subdomain": "newalpha", "confirmation": "beta.duly.localhost"}
    refused = owner.post("/settings/site/address/", form)
    assert refused.status_code == 422
    assert owner.get("/").status_code == 200
    done = owner.post("/settings/site/address/", {**form, "confirmation": alpha.host})
    assert done.status_code == 200
    assert b"http://newalpha.duly.localhost" in done.content
    hosts.forget_all()
    assert owner.get("/").status_code == 410
