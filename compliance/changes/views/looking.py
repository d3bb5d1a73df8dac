"""Looking at changes: the list, one with everybody it concerns, and from how many people it takes two."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.changes import actions, forms, queries
from compliance.changes.enums import State
from compliance.changes.models import Change
from compliance.changes.views.showing import page_of, progress_of
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.people import queries as people
from lms.ui import downloads, http, paging, partials
from tenants import clock

HEADER = (
    "name", "email", "effect", "due_before", "due_after", "happens_on", "next_cycle_opens_before",
    "next_cycle_opens_after", "valid_until_before", "valid_until_after", "loses_again_on", "gets_again_on",
    "worked_out_on",
)  # fmt: skip


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, what is prepared, and everything that was made, the newest first."""
    chosen = forms.list_filters(request.GET)
    rows = queries.all_changes()
    if state := chosen.value("state"):
        rows = rows.filter(state=state)
    for word in chosen.value("q", "").split()[:6]:
        rows = rows.filter(requirement__title__icontains=word)
    context = {
        "filters": chosen,
        "page": paging.page_of(rows, request),
        "waiting_holidays": queries.all_holiday_changes().filter(state=State.WAITING),
        "may_set": Permission.SETTINGS_CHANGE in guard.viewer(request).usable_permissions,
    }
    return partials.render_page(request, "changes/change_list.html", context, partial="results")


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One change, whole; or, for htmx, how far the job is that has it."""
    found = queries.change_by(public_id)
    if partials.wants_fragment(request) and "work" in request.GET:
        return progress_of(request, found)
    return page_of(request, found)


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def lines_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The people of the list as a file, with the filters of the page."""
    found, chosen = queries.change_by(public_id), forms.line_filters(request.GET)
    audit.record(
        action="changes.exported",
        by=guard.viewer(request),
        at=clock.now(),
        object_label=found.requirement.title,
        object_id=found.public_id,
    )
    rows = queries.lines_of(
        found,
        effect=chosen.value("effect"),
        difference=chosen.value("difference"),
        search=chosen.value("q", ""),
    )
    return downloads.csv_response("change.csv", header=HEADER, rows=_csv_rows(found, rows))


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request: HttpRequest) -> HttpResponse:
    """From how many people a change takes two; set by whoever sets up the site, not by who makes the changes."""
    now = clock.now()
    form = forms.ThresholdForm(request.POST or None, instance=queries.threshold())
    if request.method == "POST" and form.is_valid():
        actions.set_threshold(**form.cleaned_data, by=guard.viewer(request), at=now)
        messages.success(request, _("Saved. It counts for every change that is worked out from now on."))
        return http.see_other("changes:threshold")
    context = {
        "form": form,
        "people_count": people.measure(at=now)["people"],
        "may_look": Permission.REQUIREMENTS_VIEW in guard.viewer(request).usable_permissions,
    }
    status = 422 if form.is_bound else 200
    return partials.render_page(request, "changes/threshold.html", context, status=status)


def _csv_rows(found: Change, rows: object) -> Iterator[tuple[object, ...]]:
    for row in rows.iterator(chunk_size=2000):  # type: ignore[attr-defined]
        yield (
            row.user.display_name, row.user.email, row.effect, row.due_from, row.due_to, row.happens_on,
            row.opens_from, row.opens_to, row.until_from, row.until_to, row.loses_again_on, row.gets_again_on,
            found.worked_out_on,
        )  # fmt: skip
