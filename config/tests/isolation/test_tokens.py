"""Signed links, codes and tokens: found in the code, and each taken from alpha to beta under an equal key."""

import ast
import dataclasses
import datetime as dt
import fnmatch
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import signing as django_signing
from django.test import Client
from django.urls import reverse

from config.tests.isolation import matrix, world
from config.tests.scorecard import Scorecard
from lms.people import actions as people
from lms.people.tests.factories import make_user
from tenants import clock, signing, visitors
from tenants.context import TenantRef, inside, public_schema
from tenants.signing import BadToken
from tenants.support import actions as support

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I12")]
ROOT = Path(__file__).resolve().parents[3]
# What makes something secret or signed, by its full name; of a class, making one is enough. The stars are modules
# that make nothing else.
PRODUCERS = (
    "secrets.*",
    "hmac.*",
    "jwt.*",
    "django.core.signing.*",
    "django.utils.crypto.salted_hmac",
    "django.utils.crypto.get_random_string",
    "tenants.signing.sign",
    "*.make_token",
    "*.set_signed_cookie",
)
# They only look at what was made elsewhere.
_READERS = ("compare_digest", "loads", "unsign", "unsign_object")
# Every place that makes something which is later believed: what is tried with it here, or why nothing need be.
LISTED = {
    "compliance/consequences/gateway.py": "signs what leaves to another system, and opens nothing here; "
    "test_the_secret_is_another_one_at_a_neighbour_with_the_same_ids",
    "compliance/records/actions/keys.py": "test_a_key_for_asking_about_access_is_nothing_in_beta",
    "config/request_log.py": "a reference for people; nothing believes it",
    "lms/jobs/actions/running.py": "a reference for people; nothing believes it",
    "lms/learning/actions/finishing.py": "test_the_number_of_a_certificate_is_nothing_in_beta",
    "lms/people/actions/invitations.py": "test_an_invitation_opens_one_tenant_only",
    "lms/people/imports/write.py": "an unusable password: nobody is told it",
    "lms/takeout/shelf.py": "part of a file's name on our own disk",
    "tenants/addressing/domains.py": "published by its owner in the DNS: it proves a name, and opens nothing",
    "tenants/closing/purge.py": "who agreed to a deletion, as a digest for its certificate: nothing is opened with it",
    "tenants/closing/actions.py": "the address of a certificate on the public host; nothing of a tenant stands in it",
    "tenants/agreements/codes.py": "an invitation from one tenant to another: meant to be taken there",
    "tenants/operator/site.py": "the epoch that every token of the operators' site is made with",
    "tenants/portability/restoring.py": "the epoch that every token of a tenant is made with",
    "tenants/portability/swapping.py": "the epoch that every token of a tenant is made with",
    "tenants/support/actions.py": "test_a_value_signed_in_alpha_is_nothing_in_beta",
    "tenants/portability/writing.py": "part of a file's name on our own disk",
    "tenants/provisioning/reservation.py": "the epoch that every token of a tenant is made with",
    "tenants/provisioning/schemas.py": "the name of a schema; not a secret",
    "tenants/signing.py": "test_a_value_signed_in_alpha_is_nothing_in_beta",
    "tenants/signup/actions.py": "test_a_sign_up_code_is_for_one_sign_up",
    "tenants/visitors.py": "test_the_cookie_of_a_sign_up_is_nothing_to_a_tenant",
}


_CODE = re.compile(r"^ {4}(\S+)\s*$", re.MULTILINE)


def _sources() -> Iterator[Path]:
    for package in ("config", "tenants", "lms", "compliance", "billing"):
        for path in (ROOT / package).rglob("*.py"):
            inner = path.relative_to(ROOT).parts
            if not {"tests", "migrations", "local", "checkup", "isolation"} & set(inner):
                yield path


def _full_names(tree: ast.AST) -> dict[str, str]:
    """What each imported name of a module stands for, whichever way it was imported."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.asname: one.name for one in node.names if one.asname}
        if isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return names


def _producing(source: str) -> bool:
    tree = ast.parse(source)
    names = _full_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            called = f"{names.get(first, first)}{dot}{rest}"
            is_made = any(fnmatch.fnmatchcase(called, producer) for producer in PRODUCERS)
            if is_made and called.rpartition(".")[2] not in _READERS:
                return True
    return False


@pytest.mark.parametrize(
    "source",
    [
        "from django.core.signing import dumps\ndumps(1)",
        "from django.core import signing as s\ns.TimestampSigner().sign('x')",
        "import secrets as s\ns.token_urlsafe(9)",
        "from secrets import token_hex as th\nth(9)",
        "import hmac\nhmac.new(b'k', b'x', 'sha256')",
        "from tenants import signing\nsigning.sign('x', 1)",
        "generator.make_token(person)",
        "response.set_signed_cookie('a', 'b')",
    ],
)
def test_a_producer_is_found_however_it_is_called(source: str) -> None:
    assert _producing(source)
    assert not _producing(source.rpartition("\n")[0])


def test_every_producer_of_tokens_is_listed(scorecard: Scorecard) -> None:
    found = {
        str(path.relative_to(ROOT)) for path in _sources() if _producing(path.read_text(encoding="utf-8"))
    }
    scorecard.count("I12", unlisted=len(found - set(LISTED)))
    scorecard.saw("I12", producers=found)
    assert found - set(LISTED) == set(), "say in LISTED what is tried with it"
    assert set(LISTED) - found == set(), "listed, and no longer there"


def test_what_is_listed_as_tried_is_tried() -> None:
    named = {reason for reason in LISTED.values() if reason.startswith("test_")}
    assert named - set(globals()) == set()


def _tried(scorecard: Scorecard, *, accepted: bool) -> None:
    scorecard.count("I12", tokens=1, accepted=int(accepted))
    assert not accepted


@pytest.mark.parametrize("value", [1, "x", {"user": 1}, [1, 2], None])
@pytest.mark.parametrize("purpose", ["export", visitors._PURPOSE, support.PURPOSE])
def test_a_value_signed_in_alpha_is_nothing_in_beta(
    alpha: TenantRef, beta: TenantRef, purpose: str, value: Any, scorecard: Scorecard
) -> None:
    with inside(alpha):
        token = signing.sign(purpose, value)
    for place in (inside(beta), public_schema()):
        with place:
            _tried(scorecard, accepted=_opens(purpose, token))
    with public_schema():
        token = signing.sign(purpose, value)
    with inside(alpha):
        _tried(scorecard, accepted=_opens(purpose, token))


def _opens(purpose: str, token: str) -> bool:
    try:
        signing.unsign(purpose, token, max_age=dt.timedelta(days=1))
    except BadToken:
        return False
    return True


def test_an_invitation_opens_one_tenant_only(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    paths: list[str] = []
    for tenant in (alpha, beta):
        with inside(tenant):
            person = make_user(given_name="New", password="!")
            token = people.invite(user=person, by=None, at=clock.now())
            paths.append(reverse("people:welcome", kwargs={"token": token}))
    for tenant, own, others in ((alpha, paths[0], paths[1]), (beta, paths[1], paths[0])):
        assert client_for(tenant).get(own).status_code == 200
        _tried(scorecard, accepted=client_for(tenant).get(others).status_code == 200)
        _tried(scorecard, accepted=client_for(None).get(others).status_code == 200)


def test_the_cookie_of_a_sign_up_is_nothing_to_a_tenant(
    alpha: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    with public_schema():
        token = signing.sign(visitors._PURPOSE, "00000000-0000-0000-0000-000000000001")
    with inside(alpha):
        _tried(scorecard, accepted=_opens(visitors._PURPOSE, token))
    client = client_for(alpha)
    client.cookies[visitors.COOKIE] = token
    _tried(scorecard, accepted=client.get("/").status_code != 302)


def test_a_sign_up_code_is_for_one_sign_up(db: None, scorecard: Scorecard) -> None:
    from tenants.models import SignUp
    from tenants.signup import actions

    one, other = SignUp(), SignUp()
    _tried(scorecard, accepted=actions._digest(one, "123456") == actions._digest(other, "123456"))


def test_a_session_of_alpha_is_nobody_in_beta_though_ids_are_equal(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    populated = world.build(alpha)
    there = client_for(alpha, populated.ada)
    world.twin(alpha, beta)  # with the row of the session, as a clone would have it
    intruder = matrix.with_cookies_of(there, client_for(beta))
    _tried(scorecard, accepted=intruder.get("/people/").status_code == 200)
    assert there.get("/people/").status_code == 200


def test_a_password_reset_of_alpha_is_nothing_in_beta(
    alpha: TenantRef, beta: TenantRef, scorecard: Scorecard
) -> None:
    """Resets go by code here; the library's generator is tried all the same, since it is one setting away."""
    from allauth.account.forms import default_token_generator

    populated = world.build(alpha)
    with inside(alpha):
        token = default_token_generator.make_token(populated.ada)
        assert default_token_generator.check_token(populated.ada, token)
    world.twin(alpha, beta)
    with inside(dataclasses.replace(alpha, token_epoch="restored")):
        _tried(scorecard, accepted=default_token_generator.check_token(populated.ada, token))
    with inside(beta):
        twin = type(populated.ada).objects.get(pk=populated.ada.pk)
        _tried(scorecard, accepted=default_token_generator.check_token(twin, token))


def test_a_confirmation_link_of_the_library_does_not_exist(
    alpha: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    """It signs a row number with one salt for all tenants: the address that took it must stay gone."""
    key = django_signing.dumps(obj=1, salt="account")
    answer = client_for(alpha).post(f"/accounts/confirm-email/{key}/")
    _tried(scorecard, accepted=answer.status_code != 404)


def test_a_sign_in_code_is_bound_to_the_session_that_asked(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard, deliver: Any
) -> None:
    populated = world.build(alpha)
    world.twin(alpha, beta)
    here, there = client_for(alpha), client_for(beta)
    for client in (here, there):
        client.post("/accounts/login/code/", {"email": populated.dee.email})
    letters = [
        mail.get_body(("plain",)).get_content()
        for mail in deliver()
        if "Alpha University" in str(mail["From"])
    ]
    codes = [found[1] for letter in letters if (found := _CODE.search(letter))]
    assert codes, letters
    code = codes[0]
    answer = there.post("/accounts/login/code/confirm/", {"code": code})
    _tried(scorecard, accepted=answer.status_code == 302 and there.get("/people/").status_code == 200)
    assert here.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302


def test_a_key_for_asking_about_access_is_nothing_in_beta(
    alpha: TenantRef, beta: TenantRef, ada: Any, client_for: Callable[..., Client]
) -> None:
    from compliance.records import actions

    with inside(alpha):
        _key, secret = actions.create_key(name="VPN", by=ada, at=clock.now())
    asked = {"person": "nobody@x.example", "requirement": "00000000-0000-4000-8000-000000000000"}
    sent = {"Authorization": f"Bearer {secret}"}
    assert client_for(alpha).get("/api/access/", asked, headers=sent).status_code == 404
    assert client_for(beta).get("/api/access/", asked, headers=sent).status_code == 401


def test_the_number_of_a_certificate_is_nothing_in_beta(
    alpha: TenantRef, beta: TenantRef, client_for: Callable[..., Client]
) -> None:
    populated, nobodys = world.build(alpha), "0" * 26
    unknown = client_for(beta).get(f"/check/{nobodys}/")
    for number in (populated.ids["code"], populated.ids["credit_code"]):
        assert "CANARY" in client_for(alpha).get(f"/check/{number}/").content.decode()
        there = client_for(beta).get(f"/check/{number}/")
        assert (there.status_code, unknown.status_code) == (404, 404)
        assert _same(there, number) == _same(unknown, nobodys)
        assert client_for(None).get(f"/check/{number}/").status_code == 404


def _same(answer: Any, number: str) -> str:
    """The page without the number that was asked for, and without what differs on every page."""
    return re.sub(r"\b\w{64}\b", "", answer.content.decode().replace(number, ""))
