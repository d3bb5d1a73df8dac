"""May X have access to Y now? Answered to other systems that hold a key, as JSON."""

import datetime as dt
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance.oversight import queries as oversight
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from tenants import clock, limits

MINUTE = dt.timedelta(minutes=1)
MOST_QUESTIONS, MOST_WRONG_KEYS = 1200, 20
SCOPE = "access:read"
LONGEST_KEY = 100


@guard.open_to_all("Other systems have no account here; the key in the header is the permission.")
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """`/api/access/?person=<e-mail or employee ID>&requirement=<public id>` with `Authorization: Bearer <key>`."""
    now = clock.now()
    secret = _secret(request)
    key = queries.key_for(secret) if secret else None
    if key is None:
        return _unknown_key(request)
    if key.scope != SCOPE:
        return _problem(HTTPStatus.FORBIDDEN, _("This key is not meant for asking about access."))
    if not limits.allows("access", str(key.public_id), most=MOST_QUESTIONS, within=MINUTE):
        return _too_many()
    records.note_use(key, at=now)
    requirement_id = _requirement(request.GET.get("requirement", ""))
    name = request.GET.get("person", "").strip()
    if requirement_id is None or not 0 < len(name) <= 254 or "\x00" in name:
        return _problem(
            HTTPStatus.BAD_REQUEST,
            _("Name a person by e-mail address or employee ID, and a requirement by its public ID."),
        )
    found = oversight.who_and_what(name, requirement_id)
    if isinstance(found, str):
        return _problem(HTTPStatus.NOT_FOUND, found)
    today = clock.today(now)
    return _sent(_body(queries.answer(*found, today), today))


def _secret(request: HttpRequest) -> str:
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    is_whole = (
        kind.lower() == "bearer" and secret.startswith(queries.KEY_PREFIX) and len(secret) <= LONGEST_KEY
    )
    return secret if is_whole else ""


def _requirement(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _unknown_key(request: HttpRequest) -> HttpResponse:
    """The same for a missing, a wrong, a revoked and another site's key."""
    if not limits.allows("access-key", limits.visitor_address(request), most=MOST_WRONG_KEYS, within=MINUTE):
        return _too_many()
    response = _problem(HTTPStatus.UNAUTHORIZED, _("Send a valid key: Authorization: Bearer <key>."))
    response["WWW-Authenticate"] = 'Bearer realm="access"'
    return response


def _too_many() -> HttpResponse:
    response = _problem(
        HTTPStatus.TOO_MANY_REQUESTS, _("Too many questions in a minute. Ask again after it.")
    )
    response["Retry-After"] = "60"
    return response


def _body(found: queries.Answer, today: dt.date) -> dict[str, Any]:
    return {
        "may": found.is_allowed,
        "standing": found.status.value,
        "since": found.since,
        "because": dict(found.because),
        "valid_until": found.valid_until,
        "next_change_on": found.next_change_on,
        "as_of": today,
    }


def _problem(status: HTTPStatus, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return _sent(body, status=status.value, content_type="application/problem+json")


def _sent(body: dict[str, Any], **more: Any) -> HttpResponse:
    response = JsonResponse(body, **more)
    response["Cache-Control"] = "no-store"
    return response
