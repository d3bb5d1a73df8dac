"""Asking for many at once: first who gets it and who cannot; then it is asked; then somebody else decides the whole."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.oversight import forms
from compliance.oversight import queries as oversight
from compliance.oversight.forms_together import FORMS
from compliance.oversight.views.deciding import DECIDES
from compliance.oversight.views.everyone import chosen_people
from compliance.records import actions as records
from compliance.records import queries
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries as people
from lms.ui import http, partials
from tenants import clock

SHOWN = 200


@guard.needs(Permission.WAIVERS_ASK, scoped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """For whom, what and why; then each by name; then, with its fingerprint, the request."""
    return _new(request, kind, people.reach(guard.viewer(request), Permission.WAIVERS_ASK))


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def new_certifications(request: HttpRequest) -> HttpResponse:
    """As `new`: that many completed the same on one day, in no course here.

    The filters of the list of people in the address fill in whom.
    """
    within = people.reach(guard.viewer(request), Permission.COMPLETIONS_CERTIFY)
    return _new(request, "certifications", within, **_chosen(request))


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """The people of the list that the viewer comes from, and the requirement they chose there."""
    if request.method == "POST" or not forms.people_filters(request.GET).is_active:
        return {}
    chosen, found = chosen_people(request, Permission.COMPLETIONS_CERTIFY, clock.now())
    rows = list(found[: queries.MOST_TOGETHER + 1])
    if len(rows) > queries.MOST_TOGETHER:
        text = _("So many cannot be filled in: at most %(most)s at once. Ask for them in parts.")
        messages.warning(request, text % {"most": queries.MOST_TOGETHER})
        return {}
    return {
        "listed": "\n".join(row["email"] for row in rows),
        "requirement": str(chosen.value("requirement", "")),
    }


def _new(request: HttpRequest, kind: str, within: people.Reach, **known: str) -> HttpResponse:
    viewer, now = guard.viewer(request), clock.now()
    today = clock.today(now)
    initial = {"starts_on": today, "review_on": today + forms.REVIEW_AFTER, "on": today} | known
    form = FORMS[kind](request.POST or None, initial=initial, within=within, today=today)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if request.method != "POST":
        return _form_page(request, context)
    if not form.is_valid():
        return _form_page(request, context, status=422)
    days = form.days()
    if fault := queries.days_fault(kind, days, today):
        form.add_error(None, fault)
        return _form_page(request, context, status=422)
    if "change" in request.POST:
        return _form_page(request, context)
    requirement = requirements.requirement_by(UUID(form.cleaned_data["requirement"]))
    status = 200
    if "fingerprint" in request.POST:
        batch = _named(request)
        try:
            records.ask_together(
                kind,
                requirement,
                days,
                user_ids=form.user_ids,
                reason=form.cleaned_data["reason"],
                evidence_note=form.cleaned_data["evidence_note"],
                batch=batch,
                fingerprint=request.POST["fingerprint"],
                by=viewer,
                today=today,
                at=now,
            )
        except records.Refused as error:
            context["problem"], status = str(error), 409
        else:
            messages.success(
                request, _("You asked. Somebody else decides, and you are told by mail what became of it.")
            )
            return http.see_other("oversight:many", kind=kind, batch=batch)
    seen = queries.together(kind, requirement, days, user_ids=form.user_ids, today=today, by_id=viewer.pk)
    context |= {"requirement": requirement, "days": days, "batch": uuid4()} | shown(seen)
    return _form_page(request, context, status=status)


def shown(seen: queries.Together) -> dict[str, Any]:
    """Who gets it and who cannot, as far as a page shows them."""
    return {
        "seen": seen,
        "given": seen.given[:SHOWN],
        "left_out": seen.left_out[:SHOWN],
        "more_count": max(0, len(seen.given) - SHOWN),
        "more_left_out": max(0, len(seen.left_out) - SHOWN),
    }


def _named(request: HttpRequest) -> UUID:
    """The name of the deed that the page gave it, so that a second click does nothing; a new one when it is none."""
    try:
        return UUID(request.POST.get("batch", ""))
    except ValueError:
        return uuid4()


def _form_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return partials.render_page(request, "oversight/requests/many_new.html", context, status=status)


@guard.needs(Permission.WAIVERS_VIEW, scoped=True)
@require_safe
def detail(request: HttpRequest, kind: str, batch: UUID) -> HttpResponse:
    """All that was asked for together, each with what became of it; and the decision where the viewer may make it."""
    return _page(request, kind, batch, forms.DecisionForm())


@guard.needs(Permission.WAIVERS_DECIDE)
@require_POST
def decide_excuses(request: HttpRequest, kind: str, batch: UUID) -> HttpResponse:
    """Approve or refuse waivers or exemptions, all of them."""
    return _decide(request, kind, batch)


@guard.needs(Permission.DUE_DATES_EXTEND)
@require_POST
def decide_extensions(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Approve or refuse extensions, all of them."""
    return _decide(request, "extensions", batch)


@guard.needs(Permission.COMPLETIONS_CERTIFY)
@require_POST
def decide_certifications(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Approve or refuse certifications, all of them."""
    return _decide(request, "certifications", batch)


@guard.needs(Permission.WAIVERS_ASK, scoped=True)
@require_POST
def withdraw(request: HttpRequest, kind: str, batch: UUID) -> HttpResponse:
    """Take back what one asked for."""
    _found(request, kind, batch)
    viewer = guard.viewer(request)
    return _done(
        request, kind, batch, lambda: records.withdraw_together(kind, batch, by=viewer, at=clock.now())
    )


@guard.needs(Permission.DUE_DATES_EXTEND_LIMITED, scoped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Within a day everybody gets back the due date they would have had.

    A department's administrator takes back what they gave; another's is there to be read, not to be undone.
    """
    rows, now = _found(request, "extensions", batch), clock.now()
    theirs = _to_take_back(request, rows, now)
    if not theirs and any(queries.can_be_undone(row, now) for row in rows):
        raise PermissionDenied
    form = forms.EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, viewer = form.cleaned_data["reason"], guard.viewer(request)
        return _done(
            request,
            "extensions",
            batch,
            lambda: records.undo_extensions(batch, reason=reason, by=viewer, today=clock.today(now), at=now),
        )
    context = {
        "form": form,
        "first": rows[0],
        "batch": batch,
        "count": len(theirs),
    }
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "oversight/requests/many_undo.html", context, status=status)


def _to_take_back(request: HttpRequest, rows: list[Any], now: datetime) -> list[Any]:
    """Which of these extensions the viewer can still undo."""
    viewer = guard.viewer(request)
    if not oversight.may_take_back(viewer):
        return []
    bounds = queries.bounds_of(viewer, clock.today(now))
    return [
        row
        for row in rows
        if queries.can_be_undone(row, now)
        and queries.may_take_back(viewer, row.decided_by_id, row.user_id, bounds)
    ]


def _decide(request: HttpRequest, kind: str, batch: UUID) -> HttpResponse:
    _found(request, kind, batch)
    now, viewer = clock.now(), guard.viewer(request)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, batch, form, status=422)
    note = form.cleaned_data["note"]
    if form.cleaned_data["decision"] == "approve":
        return _done(
            request,
            kind,
            batch,
            lambda: records.approve_together(
                kind, batch, note=note, by=viewer, today=clock.today(now), at=now
            ),
        )
    return _done(
        request, kind, batch, lambda: records.refuse_together(kind, batch, note=note, by=viewer, at=now)
    )


def _done(request: HttpRequest, kind: str, batch: UUID, deed: Callable[[], records.Decided]) -> HttpResponse:
    try:
        done = deed()
    except records.Refused as error:
        messages.error(request, str(error))
    else:
        text = ngettext("Done for %(n)d person.", "Done for %(n)d people.", done.count)
        messages.success(request, text % {"n": done.count})
        if done.left_out:
            text = ngettext(
                "For %(n)d person it could not be done; the reason stands beside the name.",
                "For %(n)d people it could not be done; the reasons stand beside their names.",
                len(done.left_out),
            )
            messages.warning(request, text % {"n": len(done.left_out)})
    return http.see_other("oversight:many", kind=kind, batch=batch)


def _page(request: HttpRequest, kind: str, batch: UUID, form: Any, status: int = 200) -> HttpResponse:
    rows, viewer, now = _found(request, kind, batch), guard.viewer(request), clock.now()
    first = rows[0]
    waiting = [row for row in rows if row.is_waiting]
    decides = DECIDES[kind] in viewer.usable_permissions
    is_apart = first.asked_by_id != viewer.pk and any(row.user_id != viewer.pk for row in waiting)
    needs_other = bool(waiting) and decides and not is_apart
    context = {
        "first": first,
        "rows": rows,
        "kind": kind,
        "batch": batch,
        "form": form,
        "waiting_count": len(waiting),
        "may_decide": bool(waiting) and decides and is_apart,
        "needs_other": needs_other,
        "has_other": not needs_other
        or oversight.has_decider(DECIDES[kind], apart=(first.asked_by_id, viewer.pk), today=clock.today(now)),
        "may_withdraw": bool(waiting) and first.asked_by_id == viewer.pk,
        "may_undo": kind == "extensions" and bool(_to_take_back(request, rows, now)),
        "decide_url": f"oversight:many-{kind}-decide",
    }
    return partials.render_page(request, "oversight/requests/many.html", context, status=status)


def _found(request: HttpRequest, kind: str, batch: UUID) -> list[Any]:
    """What was asked for together, of people within the viewer's reach, or all if they asked. Raises Http404.

    That the viewer's own training is to be certified with it is not there for them before it is so.
    """
    viewer = guard.viewer(request)
    rows = list(queries.batch_of(kind, batch)) if kind in queries.KINDS else []
    reach = people.reach(viewer, Permission.WAIVERS_VIEW)
    seen = [row for row in rows if reach.covers(row.user_id) or row.asked_by_id == viewer.pk]
    found = [row for row in seen if not queries.is_kept_from(row, viewer.pk)]
    if not found:
        raise Http404
    return found
