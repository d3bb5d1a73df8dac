"""One's own proof: sending it, seeing what became of it, taking it back, sending something better."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.evidence import actions, forms, queries
from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence
from compliance.evidence.views.sending import form_page, held_requirement, with_files
from lms.access import guard
from lms.ui import http, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed

_KEPT = ("title", "issuer", "url")


@guard.signed_in
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Everything one ever sent, newest first."""
    context = {"sent": queries.mine(guard.viewer(request).pk)[:200], "waits": queries.waits(clock.now())}
    return partials.render_page(request, "evidence/mine.html", context)


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, requirement: UUID) -> HttpResponse:
    """Proof for a requirement one has. What was accepted last time is filled in: renewing is sending it again."""
    viewer, now = guard.viewer(request), clock.now()
    held = held_requirement(viewer, requirement)
    waiting = queries.mine(viewer.pk).filter(requirement=held, state=EvidenceState.WAITING).first()
    if waiting is not None and request.method != "POST":
        messages.info(
            request, _("You have sent this already. Withdraw it first if you want to send another.")
        )
        return http.see_other("evidence:own", public_id=waiting.public_id)
    last = queries.mine(viewer.pk).filter(requirement=held, state=EvidenceState.ACCEPTED).first()
    known = {name: getattr(last, name) for name in _KEPT} if last else {}
    return _form(request, held, known, now, replaces=None)


@guard.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Something better in place of what was rejected; the reviewer's words stand above the form."""
    earlier = _own(request, public_id)
    if earlier.state != EvidenceState.REJECTED:
        return http.see_other("evidence:own", public_id=public_id)
    held = held_requirement(guard.viewer(request), earlier.requirement.public_id)
    known = {name: getattr(earlier, name) for name in (*_KEPT, "completed_on", "valid_until", "note")}
    return _form(request, held, known, clock.now(), replaces=earlier)


@guard.signed_in
@require_safe
def own(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One piece: what was sent, where it stands, and what can be done."""
    found, now = _own(request, public_id), clock.now()
    is_rejected = found.state == EvidenceState.REJECTED
    newer = found.replaced_by.first() if is_rejected else None
    target_on = queries.target_of(found) if found.is_waiting else None
    context = {
        "one": found,
        "files": queries.files_of(found),
        "waits": queries.waits(now, found) if found.is_waiting else None,
        "target_on": target_on,
        "is_late": target_on is not None and target_on < clock.today(now),
        "newer": newer,
        "may_send_again": is_rejected and newer is None and refusals.allowed(Deed.ADMINISTER),
        "may_withdraw": found.is_waiting and refusals.allowed(Deed.ADMINISTER),
    }
    return partials.render_page(request, "evidence/own.html", context)


@guard.signed_in
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take it back while it waits."""
    found = _own(request, public_id)
    refusals.refuse_unless(Deed.ADMINISTER)
    try:
        actions.withdraw(found, by=guard.viewer(request), at=clock.now())
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn. Its files were deleted, and nobody reviews it any more."))
    return http.see_other("evidence:own", public_id=public_id)


def _form(
    request: HttpRequest, held: Any, known: dict[str, Any], now: datetime, *, replaces: Evidence | None
) -> HttpResponse:
    form = with_files(forms.ProofForm, request, known)
    if request.method == "POST":
        refusals.refuse_unless(Deed.ADMINISTER)
        if form.is_valid():
            try:
                sent_now = actions.send(
                    requirement=held,
                    claim=form.claim(),
                    files=form.cleaned_data.get("attachments") or [],
                    by=guard.viewer(request),
                    today=clock.today(now),
                    at=now,
                    replaces=replaces,
                )
            except actions.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Sent. Somebody reviews it, and you are told by mail."))
                return http.see_other("evidence:own", public_id=sent_now.public_id)
    context = {"requirement": held, "earlier": replaces, "waits": queries.waits(now)}
    return form_page(request, "evidence/new.html", form, context)


def _own(request: HttpRequest, public_id: UUID) -> Evidence:
    found = queries.of_person(guard.viewer(request).pk, public_id)
    if found is None:
        raise Http404
    return found
