"""One file, for whoever may read it. It never runs: it is handed over as a download, whatever is in it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from compliance.evidence import queries
from lms.access import guard

# A document of its own origin's, without scripts, forms or anything from elsewhere, should a browser show it after all.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@guard.signed_in
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The content under its safe name. Images stand in pages of this site by the same address."""
    found = queries.file_for(guard.viewer(request), public_id)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    )
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
