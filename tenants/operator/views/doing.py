"""The one page on which everything is done: GET says what it means, POST does it."""

from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenants import clock
from tenants.lifecycle.refusals import Refused
from tenants.operator.deeds import Deed, Said
from tenants.operator.guard import Operator
from tenants.visitors import SeeOther

Target = TypeVar("Target")


def page(
    request: HttpRequest,
    operator: Operator,
    deed: "Deed[Target] | None",
    target: Target,
    *,
    subject: str,
    back: str,
) -> HttpResponse:
    """Ask for the reason and the second factor, and do it. Raises Http404 for a deed there is not."""
    if deed is None:
        raise Http404
    is_post = request.method == "POST"
    form = deed.form(request.POST if is_post else None, proof=operator.proof)
    is_offered = deed.is_offered(target)
    if is_post and is_offered and form.is_valid():
        more = dict(form.cleaned_data)
        reason = more.pop("reason")
        more.pop("code", None)
        try:
            outcome = deed.run(target, Said(operator.email, reason, clock.now(), more, operator.name))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, str(deed.done))
            return SeeOther(deed.leads_to(outcome) if deed.leads_to else back)
    context = {"deed": deed, "form": form, "subject": subject, "back": back, "is_offered": is_offered}
    status = 409 if not is_offered else 422 if is_post else 200
    return render(request, "operator/doing.html", context, status=status)
