"""A page, or the named part of it that htmx asked for, from one view and one template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its `{% partialdef <partial> %}` when htmx asks for a fragment.

    Boosted links and htmx's history restore get the whole page. Every answer varies on HX-Request, so that no cache
    gives a fragment to somebody who asked for the page.
    """
    name = f"{template}#{partial}" if partial and wants_fragment(request) else template
    response = HttpResponse(render_to_string(name, dict(context or {}), request=request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the request was made by htmx for a part of the page."""
    headers = request.headers
    is_whole = headers.get("HX-Boosted") == "true" or headers.get("HX-History-Restore-Request") == "true"
    return headers.get("HX-Request") == "true" and not is_whole
