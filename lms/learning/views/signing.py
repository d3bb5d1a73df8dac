"""The statement at the end of a course, and signing it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access import guard
from lms.learning import actions, rules
from lms.learning.forms import SignForm
from lms.learning.views.player import player_or_404
from lms.ui import http, partials
from tenants import clock, limits


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The statement of the version taken; posting signs it and completes the course. Signing twice is signing once."""
    player = player_or_404(request, public_id)
    if not player.enrollment.course_version.statement:
        raise Http404
    if player.enrollment.is_completed:
        return http.see_other("learning:enrollment", public_id=public_id)
    if not player.awaits_signature:
        return _first_the_rest(request, public_id)
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"player": player, "version": player.enrollment.course_version, "form": form}
        status = 422 if request.method == "POST" else 200
        return partials.render_page(request, "learning/sign.html", context, status=status)
    try:
        actions.sign(
            enrollment=player.enrollment,
            by=guard.viewer(request),
            at=clock.now(),
            address=limits.visitor_address(request),
            user_agent=request.headers.get("User-Agent", ""),
        )
    except rules.NotYetToSign:
        return _first_the_rest(request, public_id)
    messages.success(request, _("You signed the statement and completed the course."))
    return http.see_other("learning:enrollment", public_id=public_id)


def _first_the_rest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    messages.info(request, _("The statement comes last. These lessons are still open; go on here."))
    return http.see_other("learning:resume", public_id=public_id)
