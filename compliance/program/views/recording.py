"""What became of a round: done, missed, or put right."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.program import actions, forms, queries
from compliance.program.models import DutyRound
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """By its owner, the deputy or an officer: when it was done, what was found, where that can be seen."""
    row, viewer, now = _found(request, public_id), guard.viewer(request), clock.now()
    if not row.is_open or not queries.may_record(row.duty, viewer):
        if request.method == "POST":
            messages.error(
                request, _("Nothing was saved: this round is recorded already, or not yours to record.")
            )
        return http.see_other("program:detail", public_id=row.duty.public_id)
    form = forms.DoneForm(
        request.POST or None, needs_evidence=row.duty.needs_evidence, initial={"done_on": clock.today(now)}
    )
    if request.method == "POST":
        refusals.refuse_unless(Deed.ADMINISTER)
        if form.is_valid():
            try:
                closed = actions.complete(row, **form.cleaned_data, by=viewer, today=clock.today(now), at=now)
            except actions.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _said(closed))
                return http.see_other("program:detail", public_id=row.duty.public_id)
    context = {
        "form": form,
        "round": row,
        "duty": row.duty,
        "step": _("Record as done"),
        "since": queries.covers_since(row),
        "is_closed": not refusals.allowed(Deed.ADMINISTER),
    }
    return partials.render_page(request, "program/done.html", context, status=422 if form.is_bound else 200)


@guard.needs(Permission.PROGRAM_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def missed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It was not done and is not made up for."""
    row, now = _found(request, public_id), clock.now()
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, reason = guard.viewer(request), form.cleaned_data["reason"]
        try:
            actions.give_up(row, reason=reason, by=by, today=clock.today(now), at=now)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("Recorded as missed, with the reason. Nobody is reminded of it any more.")
            )
        return http.see_other("program:detail", public_id=row.duty.public_id)
    context = {"form": form, "round": row, "duty": row.duty, "step": _("Record as missed")}
    return partials.render_page(request, "program/missed.html", context, status=422 if form.is_bound else 200)


@guard.needs(Permission.PROGRAM_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Other words for what was recorded, or that it was not done after all."""
    row, viewer, now = _found(request, public_id), guard.viewer(request), clock.now()
    known = {"statement": row.statement, "evidence_note": row.evidence_note}
    form = forms.CorrectionForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        kind, reason = given.pop("kind"), given["reason"]
        try:
            if kind == "reopen":
                actions.reopen(row, reason=reason, by=viewer, today=clock.today(now), at=now)
                messages.success(request, _("It is asked for again, with the same due date."))
            else:
                actions.correct(row, **given, by=viewer, at=now)
                messages.success(request, _("Corrected. What stood there before can still be read."))
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        return http.see_other("program:detail", public_id=row.duty.public_id)
    context = {"form": form, "round": row, "duty": row.duty, "step": _("Correct")}
    return partials.render_page(
        request, "program/correct.html", context, status=422 if form.is_bound else 200
    )


def _said(closed: DutyRound) -> str:
    if closed.duty.repeats_months:
        return _("Recorded. The next round stands on this page.")
    return _("Recorded. Nothing more is due.")


def _found(request: HttpRequest, public_id: UUID) -> DutyRound:
    found = queries.round_for(guard.viewer(request), public_id)
    if found is None:
        raise Http404
    return found
