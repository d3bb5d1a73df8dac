"""Certificates: all of one's own, and each on a sheet that prints."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lms.access import guard
from lms.learning import queries
from lms.ui import partials


@guard.signed_in
@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Every certificate ever earned, whatever has happened since."""
    rows = queries.certificates_of(guard.viewer(request).pk)
    return partials.render_page(request, "learning/certificate_list.html", {"certificates": rows})


@guard.signed_in
@require_safe
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One certificate."""
    held = queries.certificate_for(guard.viewer(request), public_id)
    if held is None:
        raise Http404
    version = held.enrollment.course_version
    context = {"certificate": held, "enrollment": held.enrollment, "version": version}
    return partials.render_page(request, "learning/certificate.html", context)
