"""Opening a version to learners, and closing it; each asks first."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access import guard
from lms.access.permissions import Permission
from lms.catalog import actions, forms, queries, rules
from lms.catalog.models import CourseVersion
from lms.ui import http, partials
from tenants import clock


def _version_or_404(public_id: UUID, number: int) -> CourseVersion:
    version = queries.version_by(public_id, number)
    if version is None:
        raise Http404
    return version


@guard.needs(Permission.COURSES_PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Say what publishing means, then do it. A version that is no draft any more is only shown."""
    version = _version_or_404(public_id, number)
    # Nothing has changed in a first version.
    is_sent = request.method == "POST"
    form = forms.PublishForm(request.POST if is_sent else None) if number > 1 else None
    is_answered = is_sent and (form is None or form.is_valid())
    if version.is_draft and not is_answered:
        card = queries.course_card(public_id, today=clock.today())
        context = {"version": version, "card": card, "form": form}
        status = 422 if is_sent else 200
        return partials.render_page(request, "catalog/version_publish.html", context, status=status)
    said = form.cleaned_data if form is not None and form.is_valid() else {}
    try:
        actions.publish(version=version, by=guard.viewer(request), at=clock.now(), **said)
    except rules.NotADraft:
        messages.info(request, _("Version %(number)d is published already.") % {"number": number})
    else:
        messages.success(request, _("%(course)s is published.") % {"course": version})
    return http.see_other("catalog:course-detail", public_id=public_id)


@guard.needs(Permission.COURSES_PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Say what retiring means, then do it."""
    version = _version_or_404(public_id, number)
    if version.is_published and request.method != "POST":
        return partials.render_page(request, "catalog/version_retire.html", {"version": version})
    try:
        actions.retire(version=version, by=guard.viewer(request), at=clock.now())
    except rules.NotPublished:
        messages.info(request, _("Version %(number)d is not open to learners.") % {"number": number})
    else:
        messages.success(request, _("%(course)s is retired.") % {"course": version})
    return http.see_other("catalog:course-detail", public_id=public_id)
