"""The page of a job."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.access import guard
from lms.jobs import actions, queries
from lms.jobs.models import Job
from lms.ui import http, partials
from tenants import clock


def _job_or_404(request: HttpRequest, public_id: UUID) -> Job:
    job = queries.visible_to(guard.viewer(request), public_id)
    if job is None:
        raise Http404
    return job


@guard.signed_in
@require_GET
def job_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it is. The fragment asks for itself again until the job has ended."""
    job = _job_or_404(request, public_id)
    shown = queries.progress(job, at=clock.now())
    said = request.GET.get("said")
    # A screen reader hears every quarter and the end, not every poll.
    now_said = str(shown.step) if job.is_open else str(job.status)
    context = {
        "progress": shown,
        "job": job,
        "said": now_said,
        "is_news": said is not None and said != now_said,
    }
    return partials.render_page(request, "jobs/job_detail.html", context, partial="progress")


@guard.signed_in
@require_POST
def job_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the job to stop."""
    job = _job_or_404(request, public_id)
    if actions.cancel(job=job, by=guard.viewer(request), at=clock.now()):
        messages.info(request, _("The job will stop. What was saved so far stays saved."))
    else:
        messages.info(request, _("The job had already ended."))
    return http.see_other("jobs:job-detail", public_id=public_id)
