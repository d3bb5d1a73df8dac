"""What follows when somebody is late with a requirement: looked at first, then turned on; and ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.consequences import actions, queries
from compliance.consequences.forms import ConsequenceForm
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock

SHOWN = 50


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, requirement: UUID) -> HttpResponse:
    """Choose system and days, see who would lose access on the next morning, then turn exactly that on."""
    found, now = requirements.requirement_by(requirement), clock.now()
    form = ConsequenceForm(request.POST or None, receivers=queries.free_receivers(found.pk))
    context: dict[str, Any] = {"requirement": found, "form": form, "is_on": found.state == "active"}
    if request.method != "POST":
        return partials.render_page(request, "consequences/new.html", context)
    status = 422
    if form.is_valid():
        if "save" in request.POST:
            try:
                actions.add_consequence(
                    requirement=found, receiver=form.chosen, terms=form.terms, at=now,
                    fingerprint=request.POST.get("fingerprint", ""), by=guard.viewer(request),
                )  # fmt: skip
            except actions.ListChanged:
                context["is_stale"] = True
            except actions.Refused as error:
                messages.error(request, str(error))
                return http.see_other("requirements:detail", public_id=requirement)
            else:
                messages.success(
                    request, _("Turned on. It begins with the next morning that is not kept free.")
                )
                return http.see_other("requirements:detail", public_id=requirement)
        else:
            status = 200
        on = queries.begins_on(now)
        seen = queries.reach(found, form.chosen, form.terms, on)
        context |= {"seen": seen, "first": seen.people[:SHOWN], "more": max(0, len(seen.people) - SHOWN)}
        context["sentence"] = queries.sentence(form.chosen.name, form.terms)
        context |= {"on": on, "is_frozen": on > queries.next_turn_on(now)}
    return partials.render_page(request, "consequences/new.html", context, status=status)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one: who lost access because of it regains it."""
    found = queries.consequence(public_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        context = {"one": found, "without_access": queries.open_withdrawals(found.pk)}
        return partials.render_page(request, "consequences/end.html", context)
    try:
        actions.end_consequence(found, by=guard.viewer(request), at=clock.now())
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Ended. Whoever lost access because of it regains it within a minute."))
    return http.see_other("requirements:detail", public_id=found.requirement.public_id)
