"""Whether a certificate is valid: told to whoever has its number, signed in or not."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from compliance.oversight import forms
from compliance.records import queries as records
from lms.access import guard
from lms.learning import queries as learning
from lms.ui import http, partials
from tenants import clock, limits
from tenants.context import require_tenant

MINUTE = dt.timedelta(minutes=1)
MOST_CHECKS = 30
REASON = "A certificate is shown to people who have no account here; its number is the permission."


@guard.open_to_all(REASON)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """`/check/`: where the number is typed; `?code=` leads on to what has it."""
    form = forms.CheckForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        code = learning.read_code(form.cleaned_data["code"])
        if code is None:
            return _limited(request, form) or _page(request, form, is_missing=True)
        return _sealed(http.see_other("oversight:check-certificate", learning.grouped(code)))
    return _page(request, form)


@guard.open_to_all(REASON)
@require_safe
def checked(request: HttpRequest, code: str) -> HttpResponse:
    """`/check/<number>/`: what it is worth today. The same answer for a number of nobody's and of another site's."""
    form = forms.CheckForm(initial={"code": code[: forms.LONGEST_CODE]})
    if limited := _limited(request, form):
        return limited
    read, today = learning.read_code(code), clock.today()
    proof = records.proof_by(read, today) if read is not None else None
    if proof is None:
        return _page(request, form, is_missing=True)
    context = {"proof": proof, "as_of": today}
    return _sealed(partials.render_page(request, "oversight/certificates/checked.html", context))


def _limited(request: HttpRequest, form: forms.CheckForm) -> HttpResponse | None:
    """The page for whoever tries many; numbers are too long to be guessed, this only spares the database."""
    # Counted by site: those who share a campus's address do not use up what another site allows them.
    visitor = f"{require_tenant().id}:{limits.visitor_address(request)}"
    if limits.allows("check", visitor, most=MOST_CHECKS, within=MINUTE):
        return None
    response = _page(request, form, is_busy=True)
    response["Retry-After"] = "60"
    return response


def _page(
    request: HttpRequest, form: forms.CheckForm, *, is_missing: bool = False, is_busy: bool = False
) -> HttpResponse:
    page = {"form": form, "is_missing": is_missing, "is_busy": is_busy}
    status = 404 if is_missing else 429 if is_busy else 422 if form.is_bound else 200
    return _sealed(partials.render_page(request, "oversight/certificates/ask.html", page, status=status))


def _sealed(response: HttpResponse) -> HttpResponse:
    """Nothing of it for search engines and caches: it names a person, and what it says changes."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
