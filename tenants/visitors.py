"""Pages of the public host: nobody is signed in there, and a sign-up belongs to the browser that began it."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from tenants import signing
from tenants.models import SignUp
from tenants.signup import queries

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

COOKIE = f"{'__Host-' if settings.HTTPS else ''}sign-up"
_LASTS = dt.timedelta(days=2)
_PURPOSE = "sign-up"


@dataclass(frozen=True)
class Access:
    """What a view asks of its visitor, in the shape the test over all URLs reads."""

    kind: str = "open"
    reason: str = ""


class SeeOther(HttpResponseRedirect):
    """After a POST: the browser fetches the other page, and going back repeats nothing."""

    status_code = 303


def open_to_all(reason: str) -> Callable[[View[P]], View[P]]:
    """Say why everybody may see a page of the public host. Nothing of it is kept by caches."""

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def marked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        marked.access = Access(reason=reason)  # type: ignore[attr-defined]
        return cast("View[P]", marked)

    return mark


def remember(response: HttpResponse, sign_up: SignUp) -> None:
    """Give the browser the cookie that opens the pages of this sign-up, and of no other."""
    response.set_cookie(
        COOKIE,
        signing.sign(_PURPOSE, str(sign_up.public_id)),
        max_age=_LASTS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def own_sign_up(request: HttpRequest, public_id: uuid.UUID) -> SignUp:
    """The sign-up that this browser began; raises Http404 for every other id, existing or not."""
    try:
        known: Any = signing.unsign(_PURPOSE, request.COOKIES.get(COOKIE, ""), max_age=_LASTS)
        if known != str(public_id):
            raise Http404
        return queries.find(known)
    except (signing.BadToken, SignUp.DoesNotExist) as error:
        raise Http404 from error
