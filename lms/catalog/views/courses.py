"""Looking at courses."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lms.access import guard
from lms.access.permissions import Permission
from lms.catalog import queries
from lms.ui import partials
from tenants import clock


@guard.needs(Permission.COURSES_VIEW)
@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    """Every course, or the offer of the first."""
    return partials.render_page(
        request, "catalog/course_list.html", {"courses": queries.course_cards(today=clock.today())}
    )


@guard.needs(Permission.COURSES_VIEW)
@require_safe
def course_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A course: the version being written or open to learners, and all versions."""
    card = queries.course_card(public_id, today=clock.today())
    if card is None:
        raise Http404
    context = {"card": card, "outline": queries.outline(card.shown.pk)}
    return partials.render_page(request, "catalog/course_detail.html", context)


@guard.needs(Permission.COURSES_VIEW)
@require_safe
def lesson_preview(request: HttpRequest, public_id: UUID, number: int, key: str) -> HttpResponse:
    """A lesson as a learner will see it; of a quiz, every question with its answers."""
    version = queries.version_by(public_id, number)
    outline = queries.outline(version.pk, html_of=key) if version else None
    lesson = outline.find(key) if outline else None
    if version is None or outline is None or lesson is None:
        raise Http404
    before, after = outline.beside(lesson)
    context = {
        "version": version,
        "outline": outline,
        "lesson": lesson,
        "before": before,
        "after": after,
        "questions": queries.questions_of(lesson.id) if lesson.is_quiz else [],
    }
    return partials.render_page(request, "catalog/lesson_preview.html", context)
