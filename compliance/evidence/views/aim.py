"""Within how many working days proof should be reviewed: set by whoever sets up the site."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.evidence import actions, forms, queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def aim(request: HttpRequest) -> HttpResponse:
    """How many days, and what follows from it."""
    form = forms.AimForm(request.POST or None, initial={"days": queries.review_aim()})
    if request.method == "POST" and form.is_valid():
        actions.set_review_aim(days=form.cleaned_data["days"], by=guard.viewer(request), at=clock.now())
        messages.success(request, _("Saved. It counts at once, also for what waits already."))
        return http.see_other("evidence:aim")
    context = {"form": form, "is_own": queries.has_own_aim()}
    return partials.render_page(request, "evidence/aim.html", context, status=422 if form.is_bound else 200)
