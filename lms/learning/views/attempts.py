"""Sitting a quiz: one question a page, saved at each step; a page to check; a page with the result."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access import guard
from lms.learning import actions, queries, rules
from lms.learning.forms import AnswerForm
from lms.learning.models import QuizAttempt
from lms.learning.views import ways
from lms.learning.views.player import player_or_404
from lms.ui import http, partials
from tenants import clock


def _attempt_or_404(request: HttpRequest, public_id: UUID) -> QuizAttempt:
    attempt = queries.attempt_for(guard.viewer(request), public_id)
    if attempt is None:
        raise Http404
    return attempt


@guard.signed_in
@require_POST
def attempt_start(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """Draw a paper, or go on with the one that is open."""
    player = player_or_404(request, public_id, key)
    if player.current is None or not player.current.is_quiz:
        raise Http404
    try:
        attempt = actions.start_attempt(
            enrollment=player.enrollment, lesson=player.current, by=guard.viewer(request), at=clock.now()
        )
    except (rules.QuizLocked, rules.AlreadyPassed):
        # The quiz's own page says what is in the way, or that it is passed.
        return http.see_other("learning:lesson", public_id=public_id, key=key)
    return ways.into(attempt)


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, public_id: UUID, place: int) -> HttpResponse:
    """One question. Posting keeps the answer and goes where the button says; htmx keeps it on every change."""
    attempt = _attempt_or_404(request, public_id)
    if not attempt.is_open:
        return http.see_other("learning:result", public_id=public_id)
    if not 1 <= place <= attempt.question_count:
        raise Http404
    shown = queries.results_of(attempt)[place - 1]
    form = AnswerForm(shown, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"attempt": attempt, "shown": shown, "form": form, "tries": queries.tries_of(attempt)}
        status = 422 if request.method == "POST" else 200
        return partials.render_page(request, "learning/question.html", context, status=status)
    try:
        actions.save_answer(attempt=attempt, place=place, chosen=form.chosen, by=guard.viewer(request))
    except rules.AlreadySubmitted:
        return http.see_other("learning:result", public_id=public_id)
    if partials.wants_fragment(request):
        return partials.render_page(
            request, "learning/question.html", {"saved": clock.now()}, partial="saved"
        )
    return _onward(attempt, place, request.POST.get("go", ""))


def _onward(attempt: QuizAttempt, place: int, go: str) -> HttpResponse:
    """Back one question, on by one, or to the page to check; the last question leads there too."""
    further = place - 1 if go == "back" else place + 1
    if go == "review" or not 1 <= further <= attempt.question_count:
        return http.see_other("learning:review", public_id=attempt.public_id)
    return http.see_other("learning:question", public_id=attempt.public_id, place=further)


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All answers at a glance; posting hands them in. Handing in twice shows the same result."""
    attempt = _attempt_or_404(request, public_id)
    status = 200
    if request.method == "POST":
        try:
            actions.submit(attempt=attempt, by=guard.viewer(request), at=clock.now())
        except rules.QuestionsOpen as refusal:
            messages.error(request, _still_open(len(refusal.numbers)))
            status = 422
    if status == 200 and (request.method == "POST" or not attempt.is_open):
        return http.see_other("learning:result", public_id=public_id)
    context = {
        "attempt": attempt,
        "questions": queries.results_of(attempt),
        "tries": queries.tries_of(attempt),
    }
    return partials.render_page(request, "learning/review.html", context, status=status)


@guard.signed_in
@require_safe
def result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The grade, each question with what was right and why, and where to go from here."""
    attempt = _attempt_or_404(request, public_id)
    if attempt.is_open:
        return ways.into(attempt)
    player = queries.player_of(attempt.enrollment, at_key=attempt.lesson.key)
    if player is None or player.current is None:
        raise Http404
    context = {
        "attempt": attempt,
        "player": player,
        "standing": queries.quiz_standing(player, player.current),
        "questions": queries.results_of(attempt, player.outline),
        "certificate": queries.certificate_of(attempt.enrollment),
        "further": None if attempt.enrollment.is_completed else player.after(player.current),
    }
    return partials.render_page(request, "learning/result.html", context)


def _still_open(count: int) -> str:
    text = ngettext(
        "%(count)d question has no answer yet. Your other answers are saved; answer it, then hand in.",
        "%(count)d questions have no answer yet. Your other answers are saved; answer them, then hand in.",
        count,
    )
    return text % {"count": count}
