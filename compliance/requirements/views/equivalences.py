"""Which courses count for which others: the list, proposing, deciding, ending."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.requirements import actions, forms_equivalences, queries, rules
from compliance.requirements.models import Equivalence
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, paging, partials
from tenants import clock

DETAIL = "requirements/equivalences/detail.html"


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def equivalence_list(request: HttpRequest) -> HttpResponse:
    """Every proposal, the newest first."""
    chosen = forms_equivalences.equivalence_filters(request.GET)
    rows = queries.all_equivalences(state=chosen.value("state", ""), search=chosen.value("q", ""))
    context = {"filters": chosen, "page": paging.page_of(rows, request), "may_edit": _may_edit(request)}
    return partials.render_page(request, "requirements/equivalences/list.html", context, partial="results")


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def equivalence_new(request: HttpRequest) -> HttpResponse:
    """Propose one."""
    form = forms_equivalences.Proposal(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.propose_equivalence(
                course_id=data["course"],
                counts_for_id=data["counts_for"],
                since=data["since"],
                until=data["until"],
                reason=data["reason"],
                by=guard.viewer(request),
                at=clock.now(),
            )
        except rules.NotAllowedNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Proposed. Nothing counts until somebody else approves it."))
            return http.see_other("requirements:equivalence", public_id=made.public_id)
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "requirements/equivalences/new.html", {"form": form}, status=status)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def equivalence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of them, with whom approving it would credit."""
    return _page(request, queries.equivalence_by(public_id), forms_equivalences.Decision())


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def equivalence_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve it for the people who were on the screen, or refuse it."""
    found, by, at = queries.equivalence_by(public_id), guard.viewer(request), clock.now()
    form = forms_equivalences.Decision(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    note = form.cleaned_data["note"]
    try:
        if request.POST.get("decision") == "approve":
            fingerprint = request.POST.get("fingerprint", "")
            actions.approve_equivalence(found, fingerprint=fingerprint, note=note, by=by, at=at)
            messages.success(request, _("Approved. Whoever is done by it is credited within a minute."))
        else:
            actions.refuse_equivalence(found, note=note, by=by, at=at)
            messages.success(request, _("Refused. Nothing was changed."))
    except rules.NumbersChanged:
        return _page(request, found, form, status=422, is_stale=True)
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    return http.see_other("requirements:equivalence", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def equivalence_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what one proposed."""
    try:
        actions.withdraw_equivalence(
            queries.equivalence_by(public_id), by=guard.viewer(request), at=clock.now()
        )
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. Nothing was changed."))
    return http.see_other("requirements:equivalence", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def equivalence_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let passes from today on no longer count."""
    found, now = queries.equivalence_by(public_id), clock.now()
    form = forms_equivalences.End(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, by = form.cleaned_data["reason"], guard.viewer(request)
        try:
            actions.end_equivalence(found, reason=reason, by=by, today=clock.today(now), at=now)
        except rules.NotAllowedNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It ends today. What was credited before stays."))
            return http.see_other("requirements:equivalence", public_id=public_id)
    context, status = {"form": form, "one": found}, 422 if form.is_bound else 200
    return partials.render_page(request, "requirements/equivalences/end.html", context, status=status)


def _page(
    request: HttpRequest, found: Equivalence, form: Any, *, status: int = 200, is_stale: bool = False
) -> HttpResponse:
    viewer = guard.viewer(request)
    decides = found.is_waiting and _may_edit(request)
    context = {
        "one": found,
        "form": form,
        "is_stale": is_stale,
        "settling": queries.settled_by_equivalence(found) if found.is_waiting else None,
        "may_decide": decides and found.asked_by_id != viewer.pk,
        "needs_other": decides and found.asked_by_id == viewer.pk,
        "may_end": found.shown_state == "approved" and _may_edit(request),
    }
    return partials.render_page(request, DETAIL, context, status=status)


def _may_edit(request: HttpRequest) -> bool:
    return Permission.REQUIREMENTS_EDIT in guard.viewer(request).usable_permissions
