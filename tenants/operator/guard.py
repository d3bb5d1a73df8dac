"""The guard that every view of the console wears: an operator, past the gate, looking at shared tables only."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from tenants import clock, context
from tenants.operator import factors
from tenants.operator.factors import Proof

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is at the console, and whether their second factor was shown a moment ago."""

    email: str
    name: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class OperatorsOnly:
    """How a view is guarded; the documents and the isolation suite read it."""

    kind: str = "operators"


def operators_only(
    view: Callable[Concatenate[HttpRequest, Operator, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For operators with a second factor. The view runs in the public schema: no tenant's table can be reached."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            url = reverse("account_login")
            if request.method in ("GET", "HEAD"):
                url = f"{url}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"
            return HttpResponseRedirect(url)
        if not getattr(request, "passed_gate", False):
            raise PermissionDenied
        operator = Operator(
            email=str(user.email),
            name=str(getattr(user, "display_name", user.email)),
            proof=factors.prove(request, at=clock.now()),
        )
        with context.public_schema():
            response = view(request, operator, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    guarded.access = OperatorsOnly()  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]
