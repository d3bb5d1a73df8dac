"""Which host reaches which tenant, and what everyone else is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from tenants import context, hosts
from tenants.context import TenantRef, public_schema
from tenants.enums import TenantClosure, TenantStatus
from tenants.middleware import TenantMiddleware
from tenants.models import Domain, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I5")]


@pytest.fixture(autouse=True)
def _forgotten(_hosts_forgotten: None) -> None:
    """Every test starts without remembered hosts."""


def _who(request: HttpRequest) -> HttpResponse:
    tenant = context.current_tenant()
    return HttpResponse(tenant.schema_name if tenant else "public")


def _ask(host: str, view: Callable[[HttpRequest], HttpResponse] = _who, **meta: Any) -> HttpResponse:
    request = RequestFactory().get("/")
    request.META.update(meta)
    request.META["HTTP_HOST"] = host
    response = TenantMiddleware(view)(request)
    assert isinstance(response, HttpResponse | StreamingHttpResponse)
    return response  # type: ignore[return-value]


@pytest.mark.parametrize(
    "host",
    ["alpha.duly.localhost", "ALPHA.duly.localhost", "alpha.duly.localhost.", "alpha.duly.localhost:8000"],
)
def test_a_tenants_host_is_found_however_it_is_written(alpha: TenantRef, host: str) -> None:
    assert _ask(host).content.decode() == alpha.schema_name


def test_the_base_domain_is_the_public_host(alpha: TenantRef) -> None:
    assert _ask("duly.localhost:8000").content == b"public"


def test_www_leads_to_the_public_host(db: None) -> None:
    response = _ask("www.duly.localhost")
    assert (response.status_code, response["Location"]) == (301, "http://duly.localhost:8000/")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "nobody.duly.localhost",
        "alpha.example.org",
        "www.alpha.duly.localhost",
        "alpha.duly.localhost.evil.example",
        "alpha.duly.localhost@evil.example",
        "127.0.0.1",
        "[::1]:8000",
        "alpha.duly.localhost,beta.duly.localhost",
        "аlpha.duly.localhost",  # a Cyrillic first letter
        "alpha .duly.localhost",
        "alpha%00.duly.localhost",
        "alpha.duly.localhost\x00",
        "*.duly.localhost",
        "." * 300,
    ],
)
def test_any_other_host_is_nobodys(alpha: TenantRef, host: str) -> None:
    response = _ask(host)
    assert response.status_code == 404
    assert b"Alpha" not in response.content


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_ORIGINAL_URL", "HTTP_X_HOST"]
)
def test_headers_that_name_another_host_change_nothing(
    alpha: TenantRef, beta: TenantRef, header: str
) -> None:
    assert (
        _ask("alpha.duly.localhost", _who, **{header: "beta.duly.localhost"}).content.decode()
        == alpha.schema_name
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": TenantStatus.PREPARING}, 503),
        *(({"closed_for": closure}, 503) for closure in TenantClosure),
    ],
    ids=str,
)
def test_a_tenant_that_does_not_serve_answers_with_one_page(
    alpha: TenantRef, change: dict[str, str], code: int
) -> None:
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(**change)
    response = _ask("alpha.duly.localhost")
    assert response.status_code == code
    assert alpha.schema_name.encode() not in response.content


@pytest.mark.parametrize(
    "status", [TenantStatus.PAST_DUE, TenantStatus.READ_ONLY, TenantStatus.SUSPENDED, TenantStatus.CLOSING]
)
def test_trouble_with_the_contract_closes_no_page(alpha: TenantRef, status: TenantStatus) -> None:
    with public_schema():
        Tenant.objects.filter(pk=alpha.id).update(status=status)
    assert _ask("alpha.duly.localhost", _who).content.decode() == alpha.schema_name


def test_a_warm_host_costs_no_query(
    alpha: TenantRef, django_assert_num_queries: Callable[..., object]
) -> None:
    _ask("alpha.duly.localhost")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        _ask("alpha.duly.localhost")


def test_an_unknown_host_is_remembered_too(
    db: None, django_assert_num_queries: Callable[..., object]
) -> None:
    _ask("nobody.duly.localhost")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        _ask("nobody.duly.localhost")


def test_a_flood_of_invented_names_does_not_push_out_the_real_ones(
    alpha: TenantRef,
    beta: TenantRef,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Callable[..., object],
) -> None:
    monkeypatch.setattr(hosts, "_MOST", 4)
    for host in (alpha.host, beta.host, *(f"nobody-{number}.duly.localhost" for number in range(9))):
        _ask(host)
    assert len(hosts._entries) <= 4
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        _ask(alpha.host)
        _ask(beta.host)


def test_a_change_is_seen_at_once_by_every_process(alpha: TenantRef) -> None:
    _ask("alpha.duly.localhost")
    with public_schema():
        Domain.objects.filter(tenant_id=alpha.id).update(domain="moved.duly.localhost")
    hosts.forget_all()
    assert _ask("alpha.duly.localhost").status_code == 404
    assert _ask("moved.duly.localhost").content.decode() == alpha.schema_name


def test_what_was_read_before_a_change_is_not_kept_after_it(
    alpha: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill switch that is pulled while another thread looks the host up must not be undone by what that one read."""
    hosts.forget_all()
    real = hosts._found

    def overtaken(domain: Domain) -> Any:
        found = real(domain)
        Tenant.objects.filter(pk=alpha.id).update(closed_for=TenantClosure.FROZEN)
        hosts.forget_all()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(hosts, "_found", overtaken)
        hosts.look_up(alpha.host)
    assert _ask(alpha.host).status_code == 503


def test_a_change_is_noticed_also_after_the_shared_cache_was_emptied(alpha: TenantRef) -> None:
    hosts.forget_all()
    assert hosts.resolve(alpha.host) is not None
    seen, known = hosts._version[1], dict(hosts._entries)
    caches["shared"].clear()
    hosts.forget_all()  # what another process says
    hosts._version = (0.0, seen)
    hosts._entries.update(known)
    with context.public_schema():
        Tenant.objects.filter(pk=alpha.id).update(closed_for=TenantClosure.FROZEN)
    assert _ask(alpha.host).status_code == 503


def test_a_streamed_body_is_produced_inside_its_tenant(alpha: TenantRef) -> None:
    def stream(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(str(context.require_tenant().schema_name) for _ in range(2))

    response = _ask("alpha.duly.localhost", stream)  # type: ignore[arg-type]
    assert context.scope() is None
    assert b"".join(response.streaming_content).decode() == alpha.schema_name * 2  # type: ignore[attr-defined]


def test_no_scope_is_left_behind_by_a_view_that_fails(alpha: TenantRef) -> None:
    def fail(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _ask("alpha.duly.localhost", fail)
    assert context.scope() is None


@pytest.mark.parametrize(("path", "status"), [("/livez", 200), ("/readyz", 200)])
def test_probes_answer_on_any_host(db: None, path: str, status: int) -> None:
    assert Client(headers={"host": "10.0.0.7:8000"}).get(path).status_code == status
