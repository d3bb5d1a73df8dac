"""The queue of requests, and what is done with one of them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.evidence import queries as evidence
from compliance.oversight import forms
from compliance.oversight import queries as oversight
from compliance.records import actions as records
from compliance.records import queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, paging, partials
from tenants import clock

DECIDES = {
    "waivers": Permission.WAIVERS_DECIDE,
    "exemptions": Permission.WAIVERS_DECIDE,
    "extensions": Permission.DUE_DATES_EXTEND,
    **dict.fromkeys(queries.CERTIFYING, Permission.COMPLETIONS_CERTIFY),
}
APPROVES: dict[str, Callable[..., Any]] = {
    "waivers": records.approve_waiver,
    "exemptions": records.approve_exemption,
    "extensions": records.approve_extension,
    "certifications": records.approve_certification,
    "revocations": records.approve_revocation,
    "reinstatements": records.approve_reinstatement,
}


@guard.needs(Permission.WAIVERS_VIEW, scoped=True)
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits, and what was decided, of everyone within reach."""
    chosen = forms.request_filters(request.GET)
    kind = chosen.value("kind", "waivers")
    rows = oversight.chosen_requests(
        kind=kind,
        reach=people.reach(guard.viewer(request), Permission.WAIVERS_VIEW),
        viewer_id=guard.viewer(request).pk,
        state=chosen.value("state"),
        search=chosen.value("q", ""),
        review_by=clock.today() if chosen.value("review") else None,
    )
    context = {
        "filters": chosen,
        "kind": kind,
        "page": paging.page_of(rows, request),
        "may_ask": _holds(request, Permission.WAIVERS_ASK),
        "may_certify": _holds(request, Permission.COMPLETIONS_CERTIFY),
    }
    return partials.render_page(request, "oversight/requests/list.html", context, partial="results")


@guard.needs(Permission.WAIVERS_VIEW, scoped=True)
@require_safe
def detail(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """One request, whole; with the decision to be made where the viewer may make it."""
    found = found_request(request, kind, public_id)
    return _page(request, kind, found, forms.DecisionForm())


@guard.needs(Permission.WAIVERS_DECIDE)
@require_POST
def decide_excuse(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Approve or refuse a waiver or an exemption."""
    return _decide(request, kind, public_id)


@guard.needs(Permission.DUE_DATES_EXTEND)
@require_POST
def decide_extension(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve or refuse an extension."""
    return _decide(request, "extensions", public_id)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def decide_certifying(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Approve or refuse that training is certified, revoked, or counts again."""
    return _decide(request, kind, public_id)


@guard.needs(Permission.WAIVERS_ASK, scoped=True)
@require_POST
def withdraw(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Take back what one asked for."""
    found = found_request(request, kind, public_id)
    try:
        records.withdraw(found, by=guard.viewer(request), at=clock.now())
    except records.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn. Nothing was changed."))
    return http.see_other("oversight:request", kind=kind, public_id=public_id)


def _decide(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    found, now, viewer = found_request(request, kind, public_id), clock.now(), guard.viewer(request)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, found, form, status=422)
    note = form.cleaned_data["note"]
    try:
        if form.cleaned_data["decision"] == "approve":
            APPROVES[kind](found, note=note, by=viewer, today=clock.today(now), at=now)
            messages.success(request, _("Approved. The person and whoever asked were written to."))
        else:
            records.refuse(found, note=note, by=viewer, at=now)
            messages.success(request, _("Refused. Whoever asked was written to; nothing was changed."))
    except records.Refused as error:
        messages.error(request, str(error))
    return http.see_other("oversight:request", kind=kind, public_id=public_id)


def _page(request: HttpRequest, kind: str, found: Any, form: Any, status: int = 200) -> HttpResponse:
    viewer, today = guard.viewer(request), clock.today()
    decides = DECIDES[kind] in viewer.usable_permissions
    is_apart = viewer.pk not in (found.user_id, found.asked_by_id)
    may_change = decides and viewer.pk != found.user_id and _is_ahead(kind, found, today)
    is_alone = found.is_waiting and found.batch is None
    needs_other = is_alone and decides and not is_apart
    context = {
        "one": found,
        "kind": kind,
        "files": evidence.files_of(found) if kind in {"waivers", "extensions"} else [],
        "form": form,
        "may_decide": is_alone and decides and is_apart,
        "needs_other": needs_other,
        "has_other": not needs_other
        or oversight.has_decider(DECIDES[kind], apart=(found.user_id, found.asked_by_id), today=today),
        "may_withdraw": is_alone and viewer.pk == found.asked_by_id,
        "may_end": may_change,
        "may_review": may_change and kind == "exemptions",
        "is_up_for_review": kind == "exemptions" and queries.is_up_for_review(found, today),
        "end_url": f"oversight:{found.noun}-end",
        "decide_url": f"oversight:{found.noun}-decide",
    }
    return partials.render_page(request, "oversight/requests/detail.html", context, status=status)


def _is_ahead(kind: str, found: Any, today: date) -> bool:
    """Whether a waiver or an exemption is in force or will be."""
    if kind not in {"waivers", "exemptions"} or found.state != "approved" or found.ended_on:
        return False
    return found.ends_on is None or bool(found.ends_on >= today)


def found_request(request: HttpRequest, kind: str, public_id: UUID) -> Any:
    """The request, if its person is within the viewer's reach or the viewer asked for it. Raises Http404.

    What is to be certified or revoked of the viewer is not there for them before it is so.
    """
    viewer = guard.viewer(request)
    found = queries.asked(kind).filter(public_id=public_id).first() if kind in queries.KINDS else None
    reach = people.reach(viewer, Permission.WAIVERS_VIEW)
    if found is None or not (reach.covers(found.user_id) or found.asked_by_id == viewer.pk):
        raise Http404
    if queries.is_kept_from(found, viewer.pk):
        raise Http404
    return found


def _holds(request: HttpRequest, permission: Permission) -> bool:
    viewer = guard.viewer(request)
    return permission in viewer.usable_permissions or permission in viewer.scoped_permissions
