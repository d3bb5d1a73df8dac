"""Changes of the list of holidays: the list of them, one with whose dates it moves, and deciding about it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance.changes import forms, queries
from compliance.changes.actions import holidays, holidays_deciding
from compliance.changes.enums import Reach
from compliance.changes.models import HolidayChange, OutlookLine
from compliance.changes.rules import DifferenceChanged, Refused
from compliance.changes.views.showing import deeds_of, parts_of
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import downloads, http, paging, partials
from lms.ui.filters import FilterSet
from tenants import clock

HEADER = (
    "requirement", "name", "email", "effect", "due_before", "due_after", "on", "next_due_before", "next_due_after",
    "valid_until_before", "valid_until_after", "worked_out_on",
)  # fmt: skip


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def holidays_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and everything that was made, the newest first."""
    context = {"page": paging.page_of(queries.all_holiday_changes(), request)}
    return partials.render_page(request, "changes/holidays_list.html", context)


@guard.needs(Permission.REQUIREMENTS_VIEW)
@require_safe
def holidays_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One change, whole."""
    return _page_of(request, queries.holiday_change_by(public_id))


@guard.needs(Permission.REQUIREMENTS_PREVIEW)
@require_safe
def holidays_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The people of the list as a file, with the filters of the page."""
    found = queries.holiday_change_by(public_id)
    now, viewer = clock.now(), guard.viewer(request)
    holidays_deciding.note("changes.holidays_exported", found, by=viewer, at=now)
    rows = _csv_rows(found, forms.holiday_filters(request.GET))
    return downloads.csv_response("holidays-people.csv", header=HEADER, rows=rows)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def holidays_rework(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Work it out anew, with the choice of due dates that was made."""
    found, now = queries.holiday_change_by(public_id), clock.now()
    form = forms.ReachForm(request.POST)
    reach = Reach(form.cleaned_data["reach"]) if form.is_valid() else Reach(found.reach)
    try:
        holidays.rework(found=found, reach=reach, by=guard.viewer(request), today=clock.today(now), at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("changes:holidays-detail", public_id=public_id)


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def holidays_make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make it, or send it to a second person where one is needed."""
    found, now = queries.holiday_change_by(public_id), clock.now()
    form = forms.MakeForm(request.POST)
    if not form.is_valid():
        return _page_of(request, found, form=form, status=422)
    deed = holidays_deciding.ask if found.needs_second else holidays_deciding.make
    done = _("Sent. Everybody who may agree was written to.") if found.needs_second else _made()
    return _do(
        request,
        found,
        done,
        lambda: deed(
            found=found, by=guard.viewer(request), today=clock.today(now), at=now, **form.cleaned_data
        ),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def holidays_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree or reject, as the second person."""
    found, now, viewer = queries.holiday_change_by(public_id), clock.now(), guard.viewer(request)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _page_of(request, found, form=form, status=422)
    remark, seen = form.cleaned_data["remark"], form.cleaned_data["fingerprint"]
    if form.cleaned_data["decision"] == "approve":
        return _do(
            request,
            found,
            _made(),
            lambda: holidays_deciding.approve(
                found=found, fingerprint=seen, remark=remark, by=viewer, today=clock.today(now), at=now
            ),
        )
    return _do(
        request,
        found,
        _("Rejected. Whoever proposed it was written to; nothing was changed."),
        lambda: holidays_deciding.reject(found=found, remark=remark, by=viewer, at=now),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def holidays_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what one proposed."""
    found, viewer = queries.holiday_change_by(public_id), guard.viewer(request)
    return _do(
        request,
        found,
        _("Withdrawn. Nothing was changed."),
        lambda: holidays_deciding.withdraw(found=found, by=viewer, at=clock.now()),
    )


@guard.needs(Permission.REQUIREMENTS_EDIT)
@require_POST
def holidays_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Prepare the change that brings back the list as it was, and show what that would do."""
    found, now = queries.holiday_change_by(public_id), clock.now()
    try:
        made = holidays.prepare_undo(undone=found, by=guard.viewer(request), today=clock.today(now), at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return http.see_other("changes:holidays-detail", public_id=public_id)
    return http.see_other("changes:holidays-detail", public_id=made.public_id)


def _do(
    request: HttpRequest, found: HolidayChange, done: str, deed: Callable[[], HolidayChange]
) -> HttpResponse:
    """Do it and say so, or say why not; where it would do something else by now, that is shown."""
    try:
        deed()
    except DifferenceChanged:
        now = queries.holiday_change_by(found.public_id)
        return _page_of(request, now, is_stale=True, status=409)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return http.see_other("changes:holidays-detail", public_id=found.public_id)


def _made() -> str:
    return _("Made. What it does reaches everybody within a minute.")


def _page_of(
    request: HttpRequest, found: HolidayChange, *, form: Any = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    chosen = forms.holiday_filters(request.GET)
    latest = queries.latest_holidays_made()
    context = {
        **parts_of(found, form, prefix="holidays-"),
        **deeds_of(found, guard.viewer(request), clock.now(), latest=latest),
        "outlook": found.outlook,
        "shares": queries.outlook_shares(found.outlook),
        "days": queries.differing_days(found.days_before, found.days_after),
        "observing": queries.observing_now(),
        "filters": chosen,
        "page": paging.page_of(_lines(found, chosen), request),
        "is_edit": found.undoes is None,
        "is_stale": is_stale,
    }
    return partials.render_page(
        request, "changes/holidays_detail.html", context, partial="results", status=status
    )


def _lines(found: HolidayChange, chosen: FilterSet) -> QuerySet[OutlookLine]:
    return queries.outlook_lines(found.outlook, effect=chosen.value("effect"), search=chosen.value("q", ""))


def _csv_rows(found: HolidayChange, chosen: FilterSet) -> Iterator[tuple[object, ...]]:
    for row in _lines(found, chosen).iterator(chunk_size=2000):
        yield (
            row.requirement.title, row.name, row.email, row.effect, row.due_from, row.due_to, row.starts_on,
            row.next_due_from, row.next_due_to, row.until_from, row.until_to, found.outlook.worked_out_on,
        )  # fmt: skip
