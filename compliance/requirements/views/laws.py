"""Laws and standards: the packs, what answers them here, and what a requirement rests on."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.requirements import actions, exports, forms_basis, queries, rules
from compliance.requirements import basis as bases
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.ui import downloads, http, partials
from tenants import clock


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    """Every pack with how much of it is answered: those that are cited here first."""
    found = queries.coverage()
    cited = [each for each in found if each.is_cited]
    context = {
        "cited": cited,
        "gaps": [{"pack": each.pack, "control": line.control} for each in cited for line in each.gaps],
        "others": [each for each in found if not each.is_cited],
        "may_export": Permission.REPORTS_EXPORT in guard.viewer(request).usable_permissions,
    }
    return partials.render_page(request, "requirements/law_list.html", context)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def law(request: HttpRequest, key: str) -> HttpResponse:
    """One pack, control by control."""
    found = queries.coverage_of(key)
    if found is None:
        raise Http404
    usable = guard.viewer(request).usable_permissions
    context = {
        "found": found,
        "pack": found.pack,
        "may_edit": Permission.REQUIREMENTS_EDIT in usable,
        "may_keep_duties": Permission.PROGRAM_EDIT in usable,
    }
    return partials.render_page(request, "requirements/law_detail.html", context)


@guard.needs(Permission.REPORTS_EXPORT)
@require_safe
def coverage_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole table as a file. Taking it out is written down."""
    now = clock.now()
    lines = list(exports.coverage_rows(queries.coverage(), as_of=clock.today(now)))
    audit.record(
        action="requirement.coverage_exported",
        by=guard.viewer(request),
        at=now,
        object_label=_("Laws and standards"),
        facts={"lines": len(lines)},
    )
    return downloads.csv_response(
        f"laws-and-standards-{clock.today(now)}.csv", header=exports.HEADER, rows=lines
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def basis(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Owner, policy, laws and values of one requirement."""
    requirement = queries.requirement_by(public_id)
    held, page = bases.of(requirement), "requirements/requirement_basis.html"
    if request.method != "POST":
        form = forms_basis.open_basis(held)
        return partials.render_page(request, page, {"form": form, "requirement": requirement})
    form = forms_basis.answered_basis(request.POST, held)
    if not form.is_valid():
        context = {"form": form, "requirement": requirement}
        return partials.render_page(request, page, context, status=422)
    try:
        actions.set_basis(
            requirement=requirement, basis=form.basis(), by=guard.viewer(request), at=clock.now()
        )
    except rules.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved. Nobody’s dates changed."))
    return http.see_other("requirements:detail", public_id=public_id)
