"""The guards that views wear. Every view carries exactly one, and `view.access` says which.

A guard decides before anything is rendered: someone who is not signed in is sent to the sign-in page and
comes back afterwards; someone who lacks the permission gets the 403 page. What belongs to someone else is
not a guard's matter: fetchers answer that with 404.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from lms.access.permissions import DEEDS, Permission
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

if TYPE_CHECKING:
    from lms.people.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SIGN_IN_URL_NAME = "account_login"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Access:
    """What a view asks of its visitor; the test over all URLs reads it.

    `kind` is "needs", "signed_in" or "open". `support` is the permission with which a support visitor may read a page
    that shows everyone else what is theirs. `is_scoped` marks a view that also serves people whose
    permission reaches only some departments or reports, and promises to filter what it shows. `is_kept` marks one
    that stays open when the site is read-only, although its permission changes things.
    """

    kind: str
    permission: Permission | None = None
    is_scoped: bool = False
    is_kept: bool = False
    reason: str = ""
    support: Permission | None = None


class _Holder(Protocol):
    is_authenticated: bool
    permissions: frozenset[Permission]
    scoped_permissions: frozenset[Permission]


class _Marked(Protocol):
    access: Access


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, with the way back where going back is safe (a page that was only read)."""
    url = reverse(SIGN_IN_URL_NAME)
    if request.method in ("GET", "HEAD"):
        url = f"{url}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        # A fragment must not swallow the sign-in page; htmx moves the whole window instead.
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _guarded(view: View[P], access: Access, allows: Callable[[_Holder], bool]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visitor = cast(_Holder, request.user)
        if not visitor.is_authenticated:
            return _sign_in(request)
        if not allows(visitor):
            raise PermissionDenied
        if access.permission is not None and not access.is_kept:
            _refuse_if_read_only(access.permission, request)
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            # The Back button after signing out must not show what was on the page.
            patch_cache_control(response, no_store=True, private=True)
        return response

    return _marked(cast(View[P], guarded), access)


def _refuse_if_read_only(permission: Permission, request: HttpRequest) -> None:
    """Raise ReadOnly for pages that change something, forms included, and for whatever else is sent."""
    if permission in DEEDS:
        refusals.refuse_unless(DEEDS[permission])
    elif request.method not in _SAFE:
        refusals.refuse_unless(Deed.ADMINISTER)


def _marked(view: View[P], access: Access) -> View[P]:
    if hasattr(view, "access"):
        raise TypeError(f"{view!r} already carries a guard")
    cast(_Marked, view).access = access
    return view


def needs(
    permission: Permission, *, scoped: bool = False, kept: bool = False
) -> Callable[[View[P]], View[P]]:
    """Only for holders of `permission` over the whole tenant.

    With `scoped=True` also for those who hold it over some people only (department administrators and
    managers): the view then MUST filter by `people.queries.reach(viewer, permission)`.
    While the site is read-only, pages of permissions that change something answer that, and so does anything that is
    sent; with `kept=True` the page stays open: it only shows, or it is about the site's own end.
    """

    def allows(visitor: _Holder) -> bool:
        return permission in visitor.permissions or (scoped and permission in visitor.scoped_permissions)

    access = Access(kind="needs", permission=permission, is_scoped=scoped, is_kept=kept)
    return lambda view: _guarded(view, access, allows)


def signed_in(view: View[P]) -> View[P]:
    """For everyone who is signed in: what they see is their own. Support has nothing of its own here."""
    return _guarded(view, Access(kind="signed_in"), lambda visitor: not is_support(visitor))


def signed_in_or_support(permission: Permission) -> Callable[[View[P]], View[P]]:
    """For everyone who is signed in, and for support where it holds `permission`.

    The view filters by its viewer, who may be an lms.access.visitor.SupportVisitor.
    """

    def allows(visitor: _Holder) -> bool:
        return not is_support(visitor) or permission in visitor.permissions

    access = Access(kind="signed_in", support=permission)
    return lambda view: _guarded(view, access, allows)


def is_support(visitor: object) -> bool:
    """Whether this is no person of the tenant but the operator's support, reading under a grant."""
    return bool(getattr(visitor, "is_support", False))


def open_to_all(reason: str) -> Callable[[View[P]], View[P]]:
    """For everyone, signed in or not; the reason is written down because this is the exception."""
    if not reason:
        raise ValueError("an open view says why it is open")

    def opened(view: View[P]) -> View[P]:
        @wraps(view)
        def unguarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return _marked(cast(View[P], unguarded), Access(kind="open", reason=reason))

    return opened


def viewer(request: HttpRequest) -> "User":
    """Whoever is signed in. Only for views behind `needs` or `signed_in`; raises PermissionDenied elsewhere."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
