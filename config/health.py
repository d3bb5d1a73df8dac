"""/livez (the process answers) and /readyz (it can serve), before host, session and everything else."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from config import start
from tenants import context


class HealthMiddleware:
    """Answers the two probes on any host name, since probes come by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/livez":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return _ready()
        return self.get_response(request)


_is_checked = False


def _faults() -> list[str]:
    """What `config.start` could not find out while the database was away; asked until it was answered once."""
    global _is_checked
    if _is_checked:
        return []
    found = start.faults()
    _is_checked = not found
    return found


def _ready() -> JsonResponse:
    try:
        with context.public_schema(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenants_schematemplate")
            templates = cursor.fetchone()[0]
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "database": type(error).__name__}, status=503)
    if faults := _faults():
        return JsonResponse({"status": "unavailable", "faults": faults}, status=503)
    if not templates:
        return JsonResponse({"status": "unavailable", "template": "missing"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
