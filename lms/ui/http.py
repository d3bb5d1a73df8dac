"""Redirects: after a form was accepted, and back to where someone came from."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

NEXT: Final = "next"


class SeeOther(HttpResponseRedirect):
    """303: the answer to a POST is a page to GET."""

    status_code = 303


def see_other(to: str, /, *args: object, **kwargs: object) -> SeeOther:
    """A 303 to a URL, or to a URL name with its arguments."""
    return SeeOther(resolve_url(to, *args, **kwargs))


def safe_next(request: HttpRequest, default: str) -> str:
    """The `next` of the form or the address when it stays on this host, else `default` (a URL)."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and allowed else default
