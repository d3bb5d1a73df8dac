"""What a person sees of themself."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from compliance.evidence import queries as evidence
from compliance.oversight import exports, queries
from compliance.program import queries as program
from compliance.records import queries as records
from compliance.reminders import queries as reminders
from lms.access import guard
from lms.access.permissions import Permission
from lms.mail import queries as mail
from lms.ui import downloads, http, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


@guard.signed_in_or_support(Permission.REPORTS_VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What do I owe, by when, and the way straight into it."""
    user = guard.viewer(request)
    if guard.is_support(user):
        # Owes nothing here; what it may see begins with the figures.
        return http.see_other("oversight:overview")
    context = {
        "mine": queries.my_training(user_id=user.pk, today=clock.today()),
        "rounds": program.near(user.pk, clock.today()),
        "has_duties": bool(program.owning([user.pk])),
        # Whoever reviews everybody's has it in the bar on top.
        "reviews_some": Permission.EVIDENCE_REVIEW in user.scoped_permissions - user.permissions,
        "sees_overview": Permission.REPORTS_VIEW in user.permissions | user.scoped_permissions,
        "sees_everybody": Permission.REPORTS_VIEW in user.permissions,
    }
    return partials.render_page(request, "oversight/home.html", context)


@guard.signed_in
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """All of one's record: every requirement, every cycle that is over, the newest messages."""
    user, now = guard.viewer(request), clock.now()
    mine, past = queries.my_record(user_id=user.pk, today=clock.today(now))
    files = evidence.owner_files(user.pk)
    asked = [(one, files.get((one.noun, one.pk), [])) for one in records.own_requests(user.pk)]
    context = {
        "mine": mine,
        "past": past,
        "picture": queries.picture_of(user.pk, clock.today(now)),
        "sent": evidence.mine(user.pk)[:20],
        "asked": asked,
        "may_ask": refusals.allowed(Deed.ADMINISTER),
        "told_above": reminders.escalations_of(user.pk),
        "messages_sent": mail.history(user.pk, limit=20),
        "as_of": now,
    }
    return partials.render_page(request, "oversight/status.html", context)


@guard.signed_in
@require_safe
def status_csv(request: HttpRequest) -> HttpResponseBase:
    """One's own record as a file: what applies, why, and every cycle that is over."""
    user, today = guard.viewer(request), clock.today()
    mine, past = queries.my_record(user_id=user.pk, today=today)
    rows = list(exports.own_rows(mine, past, as_of=today))
    return downloads.csv_response(f"my-record-{today}.csv", header=exports.OWN_HEADER, rows=rows)


@guard.signed_in
@require_safe
def credit_certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The certificate of something that the viewer did elsewhere, on a sheet that prints."""
    mine = records.credit_proofs(guard.viewer(request).pk, clock.today())
    proof = next((one for one in mine if one.public_id == public_id), None)
    if proof is None:
        raise Http404
    return partials.render_page(request, "oversight/certificates/credit.html", {"proof": proof})
