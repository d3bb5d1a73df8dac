"""The import of a roster: upload, columns, preview, progress, result; each state has the same address."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.jobs import queries as jobs
from lms.people import forms, queries
from lms.people.enums import AbsentPolicy, RosterImportState, RowOutcome
from lms.people.imports import decode, intake, mapping, outlook, preview
from lms.people.imports.decode import NotReadable
from lms.people.kinds import Summary
from lms.people.models import RosterImport
from lms.people.views import undoing
from lms.ui import downloads, http, paging, partials
from tenants import clock, plans

_SHOWS = ("error", "warning", "create", "update", "unchanged")


@guard.needs(Permission.PEOPLE_IMPORT)
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Choosing the file."""
    form = forms.UploadRoster(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            roster = intake.upload(
                content=file.read(), file_name=file.name, by=guard.viewer(request), at=clock.now()
            )
        except (NotReadable, plans.LimitReached) as error:
            form.add_error("file", str(error))
        else:
            return http.see_other("people:import-columns", public_id=roster.public_id)
    page = {"form": form, "imports": queries.recent_imports()}
    status = 422 if request.method == "POST" else 200
    return partials.render_page(request, "people/import_new.html", page, status=status)


@guard.needs(Permission.PEOPLE_IMPORT)
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Which column is what. Another encoding or separator shows the file anew before anything is decided."""
    roster = queries.import_for(public_id)
    if roster.undoes_id or roster.state not in (RosterImportState.UPLOADED, RosterImportState.CHECKED):
        return http.see_other("people:import-detail", public_id=public_id)
    try:
        form = _columns_form(request, roster)
    except NotReadable as error:
        messages.error(request, str(error))
        return http.see_other("people:import-columns", public_id=public_id)
    if "reread" not in request.POST and form.is_valid():
        return _choose(request, roster, form)
    page = {
        "form": form,
        "roster": roster,
        "reading": form.reading,
        "encoding_name": decode.ENCODINGS.get(roster.encoding, roster.encoding),
    }
    status = 422 if form.is_bound and "reread" not in request.POST else 200
    return partials.render_page(request, "people/import_columns.html", page, status=status)


@guard.needs(Permission.PEOPLE_IMPORT, kept=True)
@require_GET
def import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Wherever the import is: at work, ready to start, or done."""
    roster = queries.import_for(public_id)
    if roster.state == RosterImportState.UPLOADED:
        return http.see_other("people:import-columns", public_id=public_id)
    if roster.state in (RosterImportState.CHECKING, RosterImportState.IMPORTING):
        return _at_work(request, roster)
    blank = forms.DecideImport() if roster.state == RosterImportState.WAITING else forms.StartImport()
    return preview_of(request, roster, blank)


@guard.needs(Permission.PEOPLE_IMPORT)
@require_POST
def import_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The import begins, or goes on after it was stopped."""
    roster = queries.import_for(public_id)
    form = forms.StartImport(request.POST)
    if not form.is_valid():
        return preview_of(request, roster, form, status=422)
    try:
        intake.start_import(
            roster=roster,
            absent=form.cleaned_data["absent"],
            confirmed_count=form.cleaned_data["confirmed_count"],
            by=guard.viewer(request),
            at=clock.now(),
            seen=form.cleaned_data["seen"] or None,
        )
    except intake.NotSeen:
        messages.warning(
            request, _("What this import does was worked out anew. Nothing was imported; look again.")
        )
    except intake.NotConfirmed:
        form.add_error("confirmed_count", _("Type the number of people that would be ended, or leave them."))
        return preview_of(request, roster, form, status=422)
    except plans.LimitReached as error:
        form.add_error(None, error.sentence)
        return preview_of(request, roster, form, status=422)
    except intake.NotNow:
        messages.info(request, _("This import has been started already."))
    except intake.Refused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("people:import-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_IMPORT)
@require_POST
def import_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A check or an import that was cancelled or failed goes on where it was."""
    roster = queries.import_for(public_id)
    try:
        intake.resume(roster=roster, by=guard.viewer(request), at=clock.now())
    except intake.NotNow:
        messages.info(request, _("This is running already."))
    return http.see_other("people:import-detail", public_id=public_id)


@guard.needs(Permission.PEOPLE_IMPORT, kept=True)
@require_GET
def import_problems_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Every line with something to say, for whoever mends the file."""
    roster = queries.import_for(public_id)
    if roster.undoes_id:
        return downloads.csv_response(
            "left.csv",
            header=[_("Employee ID"), _("E-mail"), _("What is left as it is now")],
            rows=([row[1], row[2], row[4]] for row in _problem_lines(roster)),
        )
    header = [_("Line"), _("Employee ID"), _("E-mail"), _("Imported"), _("What is wrong")]
    return downloads.csv_response("problems.csv", header=header, rows=_problem_lines(roster))


def _columns_form(request: HttpRequest, roster: RosterImport) -> forms.ChooseColumns:
    posted = request.POST or None
    encoding, delimiter = request.POST.get("encoding", ""), request.POST.get("delimiter", "")
    return forms.ChooseColumns(
        posted, roster=roster, reading=intake.reading(roster, encoding=encoding, delimiter=delimiter)
    )


def _choose(request: HttpRequest, roster: RosterImport, form: forms.ChooseColumns) -> HttpResponse:
    try:
        intake.choose_columns(
            roster=roster,
            layout=form.layout(),
            encoding=form.cleaned_data["encoding"],
            delimiter=form.cleaned_data["delimiter"],
            by=guard.viewer(request),
            at=clock.now(),
        )
    except intake.NotNow:
        messages.info(request, _("This file is being checked already."))
    return http.see_other("people:import-detail", public_id=roster.public_id)


def _at_work(request: HttpRequest, roster: RosterImport) -> HttpResponse:
    job = jobs.visible_to(guard.viewer(request), roster.job_public_id) if roster.job_public_id else None
    page = {
        "roster": roster,
        "progress": jobs.progress(job, at=clock.now()) if job else None,
        "is_stopped": job is None or not job.is_open,
    }
    return partials.render_page(request, "people/import_progress.html", page, partial="progress")


def preview_of(request: HttpRequest, roster: RosterImport, form: Form, status: int = 200) -> HttpResponse:
    """The import with what it does, whichever deed it is shown after; `form` is what can be sent next."""
    if partials.wants_fragment(request) and "show" not in request.GET:
        # The page that showed the progress asks; what it has to show now is a page of its own.
        url = reverse("people:import-detail", kwargs={"public_id": roster.public_id})
        return HttpResponse(headers={"HX-Redirect": url})
    counts, looked = roster.counts, outlook.of(roster, at=clock.now()).summary()
    decided = {"form": form, "outlook": looked, **_deciding(request, roster, form, looked)}
    if roster.undoes is not None:
        return undoing.page_of(request, roster, roster.undoes, decided, status)
    default = next((one for one in _SHOWS if counts.get(one)), "create")
    show = request.GET.get("show", default)
    show = show if show in _SHOWS else default
    rows = paging.page_of(queries.rows_shown(roster, show), request)
    page = {
        "roster": roster,
        "show": show,
        "tabs": [(one, counts[one]) for one in _SHOWS if counts.get(one)],
        "page": rows,
        "lines": [preview.line_of(row, mapping.load(roster.mapping)) for row in rows],
        "ready_count": counts.get(RowOutcome.CREATE, 0) + counts.get(RowOutcome.UPDATE, 0),
        "may_end": bool(counts.get("absent")),
        "must_confirm": counts.get("absent", 0) > intake.MANY_LEAVE * counts.get("on_roster", 0),
        "coming": queries.joining_later(roster, today=clock.today())
        if roster.state == RosterImportState.DONE
        else None,
        "ended": roster.options.get("absent") == AbsentPolicy.DEACTIVATE,
        **decided,
        **undoing.offer(roster, at=clock.now()),
    }
    return partials.render_page(request, "people/import_detail.html", page, partial="rows", status=status)


def _deciding(
    request: HttpRequest, roster: RosterImport, form: Form, looked: Summary | None
) -> dict[str, object]:
    """What the viewer may decide now, and whether it takes two."""
    viewer, waits = guard.viewer(request), roster.state == RosterImportState.WAITING
    if not form.is_bound and looked is not None:
        form.initial["seen"] = roster.seen if waits else looked.seen
    asks = {
        absent: roster.state == RosterImportState.CHECKED
        and intake.needs_second(roster, absent, looked, by=viewer, at=clock.now())
        for absent in AbsentPolicy.values
    }
    return {
        "is_own": waits and roster.asked_by_id == viewer.pk,
        "may_decide": waits and roster.asked_by_id != viewer.pk,
        "approvers": queries.import_approvers(roster.asked_by, today=clock.today()) if waits else [],
        "asks_second": asks[AbsentPolicy.KEEP],
        "asks_second_to_end": asks[AbsentPolicy.DEACTIVATE] and not asks[AbsentPolicy.KEEP],
        "rejected": roster.state == RosterImportState.CHECKED and roster.decided_by is not None,
    }


def _problem_lines(roster: RosterImport) -> Iterator[list[str]]:
    layout = mapping.load(roster.mapping)
    for row in queries.rows_of(roster, problems=True).iterator(chunk_size=2000):
        yield [
            str(row.line_number),
            row.values.get("external_id", ""),
            row.values.get("email", ""),
            _("no") if row.outcome == RowOutcome.ERROR else _("yes"),
            " ".join(sentence.text for sentence in preview.line_of(row, layout).sentences),
        ]
