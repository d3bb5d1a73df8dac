"""Every request of a support visit: is it still granted, does it only read, and is it written down?

Stands right after authentication, so that all that answers the request runs inside it.
"""

import html
import re
from collections.abc import Callable
from typing import Any

import sentry_sdk
import structlog
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from psycopg.errors import ReadOnlySqlTransaction

from lms.access.visitor import SupportVisitor
from lms.support import actions, visits
from lms.support.actions import Viewed
from lms.ui import errors
from tenants import clock, context

log = structlog.get_logger(__name__)

Respond = Callable[[HttpRequest], HttpResponseBase]
_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
_READS = {"GET", "HEAD"}


class SupportMiddleware:
    """Puts a SupportVisitor in the place of the person, refuses what is not reading, and writes down each view.

    The view runs in a READ ONLY transaction that is rolled back; both logs are written after it, in one
    transaction, before anything of the page leaves. Where that fails, so does the request.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if context.current_tenant() is None or not visits.held(request):
            return self.get_response(request)
        visitor = visits.visitor_of(request, at=clock.now())
        if visitor is None:
            return self._after(request)
        _seat(request, visitor)
        with structlog.contextvars.bound_contextvars(support=str(visitor.public_id)):
            if request.method == "POST" and request.path == reverse("support:leave"):
                return self.get_response(request)
            return self._watched(request, visitor)

    def _after(self, request: HttpRequest) -> HttpResponseBase:
        """The first request after a visit is told that it is over; unless it opens the link of the next one."""
        if request.path == reverse("support:enter"):
            visits.finish(request)
            return self.get_response(request)
        return _over(request)

    def _watched(self, request: HttpRequest, visitor: SupportVisitor) -> HttpResponseBase:
        response = self._answer(request)
        at = clock.now()
        outcome = actions.note_view(_viewed(request, response), by=visitor, at=at)
        if outcome != "fine":
            log.warning("support.stopped", outcome=outcome)
            if outcome == "bulk":
                _alert(visitor)
            return _over(request, is_bulk=outcome == "bulk")
        # When the access ends, what it showed goes from the screen too.
        response.headers["Refresh"] = str(max(1, int((visitor.ends_at - at).total_seconds()) + 1))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in _READS:
            return errors.forbidden(request)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL transaction_read_only = on")
            response = self.get_response(request)
            transaction.set_rollback(True)
        is_file = response.streaming or "attachment" in response.get("Content-Disposition", "")
        return errors.forbidden(request) if is_file else response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Pages without a guard of ours (sign-in, factors, sessions) are about a person, which support is not."""
        is_ours = getattr(request, "support", None) is None or hasattr(view, "access")
        return None if is_ours else errors.forbidden(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that tried to write while it was only to be read: the database refused, and so do we."""
        is_write = isinstance(exception, DatabaseError) and isinstance(
            exception.__cause__, ReadOnlySqlTransaction
        )
        if getattr(request, "support", None) is None or not is_write:
            return None
        log.warning("support.write_refused", path=request.path)
        return errors.forbidden(request)


def _seat(request: HttpRequest, visitor: SupportVisitor) -> None:
    request.user = visitor  # type: ignore[assignment]
    request.support = visitor  # type: ignore[attr-defined]


def _alert(visitor: SupportVisitor) -> None:
    """Have somebody hear of it at once, where error reports go anywhere. The tenant's middleware has set its tag."""
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("support", str(visitor.public_id))
        sentry_sdk.capture_message("support.bulk_read", level="warning")


def _over(request: HttpRequest, *, is_bulk: bool = False) -> HttpResponse:
    visits.finish(request)
    response = errors.page(request, 403, "support_over", is_bulk=is_bulk, support=None)
    if request.headers.get("HX-Request") == "true":
        response.headers["HX-Refresh"] = "true"
    return response


def _viewed(request: HttpRequest, response: HttpResponseBase) -> Viewed:
    match = request.resolver_match
    return Viewed(
        method=request.method or "",
        path=request.path.replace("\0", "%00"),  # PostgreSQL keeps no null byte in a text
        query=request.META.get("QUERY_STRING", ""),
        status=response.status_code,
        rows=max(1, getattr(request, "rows_shown", 0)),
        title=_title(response),
        object_id=str(match.kwargs.get("public_id", "")) if match else "",
    )


def _title(response: HttpResponseBase) -> str:
    """What the page calls itself, without the names of the site and the product; empty for a fragment."""
    if not isinstance(response, HttpResponse) or response.status_code >= 400:
        return ""
    found = _TITLE.search(response.content)
    return html.unescape(found[1].decode(errors="replace")).split(" – ")[0].strip() if found else ""
