"""Bringing a course in: send files, see what was found, save."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.catalog import actions, queries
from lms.catalog.actions import Imported
from lms.catalog.enums import UploadOrigin
from lms.catalog.facts import folders, sources
from lms.catalog.facts.plan import content_hash
from lms.catalog.forms import UploadCourse
from lms.catalog.models import CourseUpload
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.COURSES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take the files; nothing of the course is saved yet."""
    if request.method != "POST":
        return partials.render_page(request, "catalog/course_upload.html", {"form": UploadCourse()})
    form = UploadCourse(request.POST, request.FILES)
    if not form.is_valid():
        return partials.render_page(request, "catalog/course_upload.html", {"form": form}, status=422)
    held = actions.keep_upload(
        content=sources.to_zip(form.source.files),
        origin=form.origin,
        file_name=form.source.name,
        by=guard.viewer(request),
        at=clock.now(),
    )
    return http.see_other("catalog:upload-check", public_id=held.public_id)


@guard.needs(Permission.COURSES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was found in the files, problem by problem; posting saves it when there is none."""
    held = queries.upload_by(public_id)
    if held is None:
        raise Http404
    if held.saved_as is not None:
        return http.see_other("catalog:course-detail", public_id=held.saved_as.course.public_id)
    reading = folders.read(_source(held))
    if request.method == "POST" and reading.plan is not None and reading.can_be_saved:
        done = actions.save_upload(upload=held, plan=reading.plan, by=guard.viewer(request), at=clock.now())
        return _saved(request, done)
    plan = reading.plan
    effect = queries.effect_of(key=plan.key, digest=content_hash(plan)) if plan else None
    context = {"upload": held, "reading": reading, "effect": effect}
    status = 422 if request.method == "POST" else 200
    return partials.render_page(request, "catalog/upload_check.html", context, status=status)


@guard.needs(Permission.COURSES_EDIT)
@require_POST
def starter(request: HttpRequest) -> HttpResponse:
    """Add the course that comes with the product."""
    return _saved(request, actions.add_starter_course(by=guard.viewer(request), at=clock.now()))


def _source(held: CourseUpload) -> sources.Source:
    name = _("Upload") if held.origin == UploadOrigin.FILES else held.file_name
    return sources.Source(name, sources.from_zip(bytes(held.content), held.file_name).files)


def _saved(request: HttpRequest, done: Imported) -> HttpResponse:
    if done.is_changed:
        messages.success(request, _("Saved as a draft. Learners see it once it is published."))
    else:
        messages.info(request, _("The course already says exactly this; nothing was changed."))
    return http.see_other("catalog:course-detail", public_id=done.version.course.public_id)
