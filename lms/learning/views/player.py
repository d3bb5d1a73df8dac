"""Entering a course, reading it, and going on where one left."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.access import guard
from lms.catalog import queries as catalog
from lms.learning import actions, events, queries
from lms.learning.queries import Player
from lms.learning.views import ways
from lms.ui import http, partials
from tenants import clock


def player_or_404(request: HttpRequest, public_id: UUID, key: str = "") -> Player:
    """The player of an own enrollment, at a lesson; another person's is as if it did not exist."""
    enrollment = queries.enrollment_for(guard.viewer(request), public_id)
    player = queries.player_of(enrollment, at_key=key) if enrollment else None
    if player is None:
        raise Http404
    return player


@guard.signed_in
@require_safe
def course_enter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Into the course: where one left, or its first page with the button that starts it."""
    viewer = guard.viewer(request)
    if going_on := queries.open_enrollment(viewer, public_id):
        return http.see_other("learning:resume", public_id=going_on.public_id)
    version = catalog.version_to_start(public_id)
    past = queries.last_completed(viewer, public_id)
    if version is None and past is None:
        raise Http404
    if version is None and past is not None:
        return http.see_other("learning:enrollment", public_id=past.public_id)
    context = {
        "version": version,
        "past": past,
        "outline": catalog.outline(version.id) if version else None,
        "advice": _advice(viewer.pk, version.course_id) if version else [],
    }
    return partials.render_page(request, "learning/course_enter.html", context)


def _advice(user_id: int, course_id: int) -> list[str]:
    answers: list[tuple[Any, Any]] = events.advice_asked.send(
        sender=None, user_id=user_id, course_id=course_id, today=clock.today()
    )
    return [sentence for _receiver, sentences in answers for sentence in sentences]


@guard.signed_in
@require_POST
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin the course, or go on with it."""
    viewer = guard.viewer(request)
    version = catalog.version_to_start(public_id)
    going_on = queries.open_enrollment(viewer, public_id)
    if version is None and going_on is None:
        raise Http404
    if version is not None:
        going_on = actions.start(course_version=version, by=viewer, at=clock.now())
    return http.see_other("learning:resume", public_id=going_on.public_id if going_on else None)


@guard.signed_in
@require_safe
def enrollment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One pass through a course: what is done, what is left; once completed, the way to the certificate."""
    player = player_or_404(request, public_id)
    context = {
        "player": player,
        "certificate": queries.certificate_of(player.enrollment),
        "signed": queries.attestation_of(player.enrollment),
    }
    return partials.render_page(request, "learning/enrollment.html", context)


@guard.signed_in
@require_safe
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """To where one left: the lesson, the question of an open quiz, or the statement to sign."""
    player = player_or_404(request, public_id)
    if player.awaits_signature:
        return http.see_other("learning:sign", public_id=public_id)
    lesson = player.next_open
    if lesson is None:
        return http.see_other("learning:enrollment", public_id=public_id)
    attempt = queries.quiz_standing(player, lesson).open_attempt if lesson.is_quiz else None
    if attempt is not None:
        return ways.into(attempt)
    return http.see_other("learning:lesson", public_id=public_id, key=lesson.key)


@guard.signed_in
@require_safe
def lesson(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """A lesson to read, or the first page of a quiz."""
    player = player_or_404(request, public_id, key)
    current = player.current
    if current is None:
        raise Http404
    actions.open_lesson(
        enrollment=player.enrollment, lesson=current, by=guard.viewer(request), at=clock.now()
    )
    before, after = player.outline.beside(current)
    context = {"player": player, "lesson": current, "before": before, "after": after}
    if not current.is_quiz:
        return partials.render_page(request, "learning/lesson.html", context)
    context["standing"] = queries.quiz_standing(player, current)
    context["waiting_for"] = player.open_before(current)
    return partials.render_page(request, "learning/quiz.html", context)


@guard.signed_in
@require_POST
def lesson_done(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """Mark a text as done and go on with the next lesson."""
    player = player_or_404(request, public_id, key)
    current = player.current
    if current is None or current.is_quiz:
        raise Http404
    done = actions.complete_lesson(
        enrollment=player.enrollment, lesson=current, by=guard.viewer(request), at=clock.now()
    )
    further = None
    if not done.is_completed:
        player = player_or_404(request, public_id)
        if player.awaits_signature:
            return http.see_other("learning:sign", public_id=public_id)
        further = player.after(current)
    if further is None:
        messages.success(request, _("You completed the course."))
        return http.see_other("learning:enrollment", public_id=public_id)
    return http.see_other("learning:lesson", public_id=public_id, key=further.key)
