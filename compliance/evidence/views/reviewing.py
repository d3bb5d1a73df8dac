"""The queue of proof, and the review of one piece beside the person's record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.core import evidence as core
from compliance.evidence import actions, forms, queries
from compliance.evidence.enums import RejectReason
from compliance.evidence.models import Evidence
from compliance.records import queries as records
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, paging, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


@guard.needs(Permission.EVIDENCE_VIEW, scoped=True)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, and what was decided, of everyone within reach."""
    viewer, now = guard.viewer(request), clock.now()
    chosen = forms.queue_filters(request.GET)
    within = people.reach(viewer, Permission.EVIDENCE_VIEW)
    rows = queries.queue(
        within=within,
        state=chosen.value("state"),
        requirement=chosen.value("requirement"),
        decided_by=viewer.pk if chosen.value("mine") else None,
        search=chosen.value("q", ""),
    )
    page = paging.page_of(rows, request)
    context = {
        "filters": chosen,
        "page": page,
        "lines": list(queries.lines(page, clock.today(now))),
        "counts": queries.waiting_counts(within, clock.today(now)),
        "waits": queries.waits(now),
    }
    return partials.render_page(request, "evidence/queue.html", context, partial="results")


@guard.needs(Permission.EVIDENCE_VIEW, scoped=True)
@require_safe
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One piece, whole; with the decision where the viewer may make it."""
    return _page(request, _found(request, public_id))


@guard.needs(Permission.EVIDENCE_REVIEW, scoped=True)
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept it with its days, or reject it with a reason."""
    found, viewer, now = _found(request, public_id), guard.viewer(request), clock.now()
    is_accepting = request.POST.get("decision") == "accept"
    form: Any = forms.AcceptForm(request.POST) if is_accepting else forms.RejectForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            if is_accepting:
                actions.accept(found, **given, by=viewer, today=clock.today(now), at=now)
                messages.success(request, _("Accepted. It counts within minutes; the person was written to."))
            else:
                reason = RejectReason(given["reason"])
                actions.reject(found, reason=reason, note=given["note"], by=viewer, at=now)
                messages.success(
                    request, _("Not accepted. The person was written to and can send something better.")
                )
        except actions.Refused as error:
            if not _found(request, public_id).is_waiting:
                # The forms are gone from the page, so the sentence needs a place of its own.
                messages.error(request, str(error))
                return http.see_other("evidence:review", public_id=public_id)
            form.add_error(None, str(error))
        else:
            return http.see_other("evidence:queue")
    given_forms = {"accept_form" if is_accepting else "reject_form": form}
    return _page(request, _found(request, public_id), status=422, **given_forms)


def _page(request: HttpRequest, found: Evidence, status: int = 200, **given: Any) -> HttpResponse:
    viewer, today = guard.viewer(request), clock.today()
    reaches = people.reach(viewer, Permission.EVIDENCE_REVIEW).covers(found.user_id)
    may_review = found.is_waiting and reaches and refusals.allowed(Deed.ADMINISTER)
    granted = records.granted(found.user_id, found.requirement, found.completed_on)
    (line,) = queries.lines([found], today)
    known = {
        "completed_on": found.completed_on,
        "valid_until": core.suggested_until(found.valid_until, granted.until),
    }
    files = queries.files_of(found)
    context = {
        "one": found,
        "line": line,
        "files": files,
        "readings": queries.found_in(files, found),
        "copies": queries.copies_of(found, people.reach(viewer, Permission.EVIDENCE_VIEW)),
        "granted": granted,
        "owed": records.owed_by(found.user_id, today),
        "earlier": queries.mine(found.user_id).exclude(pk=found.pk)[:20],
        "may_decide": may_review and viewer.pk != found.user_id,
        "is_own": may_review and viewer.pk == found.user_id,
        "accept_form": forms.AcceptForm(initial=known),
        "reject_form": forms.RejectForm(),
        "newer": found.replaced_by.first(),
    }
    return partials.render_page(request, "evidence/review.html", context | given, status=status)


def _found(request: HttpRequest, public_id: UUID) -> Evidence:
    found = queries.for_reviewer(guard.viewer(request), public_id)
    if found is None:
        raise Http404
    return found
