"""Error pages that need no database, no user and no tenant: they must work when nothing else does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tenants.lifecycle import words
from tenants.lifecycle.refusals import ReadOnly
from tenants.plans import LimitReached

PLAIN = "Something failed on our side. Nothing you sent was saved. Try again in a minute."


def page(request: HttpRequest, status: int, template: str = "", **context: object) -> HttpResponse:
    """The page of an HTTP status, or another of the error pages under that status.

    Whoever reads as support keeps the bar that says so.
    """
    reference = str(getattr(request, "reference", ""))
    known = {"reference": reference, "support": getattr(request, "support", None), **context}
    response = HttpResponse(render_to_string(f"errors/{template or status}.html", known), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: it is there, and not for this person."""
    if isinstance(exception, ReadOnly):
        return _read_only(request, exception.status)
    if isinstance(exception, LimitReached):
        return page(request, 403, "limit", sentence=exception.sentence)
    return page(request, 403)


def _read_only(request: HttpRequest, status: str) -> HttpResponse:
    """403 for what the status of the site does not allow at the moment: why, what still works, whom to ask."""
    context = {
        "reference": str(getattr(request, "reference", "")),
        "reason": words.reason_of(status),
        "still_works": words.what_still_works(status),
        "who": words.who_can_change_it(status),
    }
    response = HttpResponse(render_to_string("errors/read_only.html", context), status=403)
    response["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not this person's; the page does not say which."""
    return page(request, 404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405."""
    return page(request, 405)


def gone(request: HttpRequest) -> HttpResponse:
    """410: a link that was used or has ended."""
    return page(request, 410)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too many attempts."""
    return page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; never fails itself."""
    try:
        return page(request, 500)
    except Exception:
        return HttpResponse(PLAIN, status=500, content_type="text/plain; charset=utf-8")


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: maintenance."""
    response = page(request, 503)
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not fit: signed out meanwhile, or sent from elsewhere."""
    return page(request, 403, is_csrf=True)
