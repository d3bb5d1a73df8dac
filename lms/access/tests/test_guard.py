"""The guards, on views that answer with a word."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from lms.access import guard
from lms.access.permissions import Permission


@dataclass
class Visitor:
    is_authenticated: bool = True
    permissions: frozenset[Permission] = frozenset()
    scoped_permissions: frozenset[Permission] = frozenset()


NOBODY = Visitor(is_authenticated=False)
HOLDER = Visitor(permissions=frozenset({Permission.REPORTS_VIEW}))
MANAGER = Visitor(scoped_permissions=frozenset({Permission.REPORTS_VIEW}))


def report(request: HttpRequest) -> HttpResponse:
    return HttpResponse("report")


urlpatterns = [path("accounts/login/", report, name="account_login")]
pytestmark = pytest.mark.urls(__name__)


def ask(visitor: Visitor, path: str = "/overview/?page=2", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=cast(Any, headers))
    request.user = cast(Any, visitor)
    return request


def test_someone_who_is_not_signed_in_goes_to_the_sign_in_page_and_comes_back() -> None:
    response = guard.needs(Permission.REPORTS_VIEW)(report)(ask(NOBODY))
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Foverview%2F%3Fpage%3D2"


def test_a_lost_form_does_not_come_back_to_an_address_that_only_takes_forms() -> None:
    request = RequestFactory().post("/people/import/")
    request.user = cast(Any, NOBODY)
    assert guard.signed_in(report)(request)["Location"] == "/accounts/login/"


def test_a_fragment_sends_the_whole_window_to_the_sign_in_page() -> None:
    response = guard.signed_in(report)(ask(NOBODY, **{"HX-Request": "true"}))
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/accounts/login/?next=")


def test_someone_without_the_permission_is_denied() -> None:
    with pytest.raises(PermissionDenied):
        guard.needs(Permission.REPORTS_VIEW)(report)(ask(Visitor()))


def test_the_holder_gets_the_page_and_no_cache_keeps_it() -> None:
    response = guard.needs(Permission.REPORTS_VIEW)(report)(ask(HOLDER))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_a_permission_over_some_people_opens_only_views_that_promise_to_filter() -> None:
    with pytest.raises(PermissionDenied):
        guard.needs(Permission.REPORTS_VIEW)(report)(ask(MANAGER))
    assert guard.needs(Permission.REPORTS_VIEW, scoped=True)(report)(ask(MANAGER)).status_code == 200


def test_an_open_view_says_why() -> None:
    with pytest.raises(ValueError, match="why"):
        guard.open_to_all("")
    view = guard.open_to_all("an invitation is opened before there is a password")(report)
    assert view(ask(NOBODY)).status_code == 200


def test_every_guarded_view_says_what_it_asks_for() -> None:
    access = cast(Any, guard.needs(Permission.AUDIT_VIEW)(report)).access
    assert access == guard.Access(kind="needs", permission=Permission.AUDIT_VIEW)
    assert cast(Any, guard.signed_in(report)).access.kind == "signed_in"


def test_a_view_carries_one_guard_and_no_second() -> None:
    with pytest.raises(TypeError, match="already carries a guard"):
        guard.signed_in(guard.signed_in(report))
