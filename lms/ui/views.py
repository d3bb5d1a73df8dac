"""The style guide, and the palette that a browser is to be shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from lms.access import guard
from lms.ui import http, partials, specimens
from lms.ui.forms import ThemeForm

YEAR = 365 * 24 * 3600


@require_safe
@guard.open_to_all("It shows components with invented content, nothing of the tenant.")
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return partials.render_page(request, "ui/style_guide.html", specimens.context(request))


@require_POST
@guard.open_to_all("A palette is no secret, and the sign-in page has one too.")
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the palette in a cookie and go back to where the person was."""
    response = http.see_other(http.safe_next(request, "/"))
    form = ThemeForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["theme"]
        response.set_cookie(
            "theme", chosen, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response
