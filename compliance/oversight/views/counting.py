"""How compliance is counted: whether whoever is in grace counts, since when, and what another decision would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.oversight import forms, queries
from compliance.records import actions as records
from compliance.records import queries as records_queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from lms.ui.dates import day_text
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def counting(request: HttpRequest) -> HttpResponse:
    """What holds, with the figures both ways before anybody decides, and every decision so far."""
    return _page(request, forms.GraceForm(initial={"from_on": clock.today()}))


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide it anew, from today or a later day on."""
    form = forms.GraceForm(request.POST)
    if form.is_valid():
        try:
            made = records.decide_grace(**form.cleaned_data, by=guard.viewer(request), at=clock.now())
        except records.Refused as error:
            form.add_error(None, str(error))
        else:
            text = (
                _("From %(day)s on, whoever is in grace counts as compliant.")
                if made.counts
                else _("From %(day)s on, whoever is in grace does not count as compliant.")
            )
            messages.success(request, text % {"day": day_text(made.from_on)})
            return http.see_other("oversight:counting")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: Any, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    today = clock.today(now)
    decisions = records_queries.grace_decisions()
    everybody, *rest = queries.grace_compared(today)
    context = {
        "form": form,
        "how": records_queries.counting_on(today, decisions),
        "decisions": decisions,
        "everybody": everybody,
        "compared": rest,
        "today": today,
        "as_of": now,
        "may_decide": Permission.REQUIREMENTS_EDIT in guard.viewer(request).usable_permissions,
    }
    return partials.render_page(request, "oversight/counting.html", context, status=status)
