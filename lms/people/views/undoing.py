"""Undoing an import: the button on its page, what it would do, and the last word."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.people import queries
from lms.people.enums import RosterImportState, RowOutcome
from lms.people.imports import mapping, preview, undo
from lms.people.models import RosterImport
from lms.people.rules import UNDO_HOURS
from lms.ui import http, paging, partials
from tenants import clock

_SHOWS = (RowOutcome.LEFT.value, RowOutcome.REMOVE.value, RowOutcome.UPDATE.value)


@guard.needs(Permission.PEOPLE_IMPORT)
@require_POST
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Of an import: have it worked out what undoing it would do. Of an undo that was looked at: do it."""
    roster, viewer, now = queries.import_for(public_id), guard.viewer(request), clock.now()
    try:
        if roster.undoes_id:
            undo.start(undo=roster, seen=request.POST.get("seen", "")[:64], by=viewer, at=now)
        else:
            roster = undo.prepare(roster=roster, by=viewer, at=now)
    except undo.NotSeen:
        messages.warning(request, _("What it would do was worked out anew. Nothing was undone; look again."))
    except undo.NotNow:
        messages.info(request, _("This was begun or decided already."))
    except undo.Refused as refusal:
        messages.error(request, str(refusal))
    return http.see_other("people:import-detail", public_id=roster.public_id)


def page_of(
    request: HttpRequest, roster: RosterImport, undone: RosterImport, deciding: dict[str, object], status: int
) -> HttpResponse:
    """An undo with what it does, or did."""
    default = next((one for one in _SHOWS if roster.counts.get(one)), RowOutcome.UPDATE.value)
    show = request.GET.get("show", default)
    show = show if show in _SHOWS else default
    rows = paging.page_of(queries.rows_shown(roster, show), request)
    layout = mapping.load(roster.mapping)
    is_open = roster.state in (RosterImportState.CHECKED, RosterImportState.WAITING)
    page = {
        "roster": roster,
        "undone": undone,
        "show": show,
        "tabs": [(one, roster.counts[one]) for one in _SHOWS if roster.counts.get(one)],
        "page": rows,
        "lines": [preview.line_of(row, layout) for row in rows],
        "why_not": queries.why_not_undone(undone, clock.now()) if is_open else "",
        **deciding,
    }
    return partials.render_page(request, "people/undo_detail.html", page, partial="rows", status=status)


def offer(roster: RosterImport, *, at: datetime) -> dict[str, object]:
    """What the page of an import says about undoing it."""
    if roster.state != RosterImportState.DONE or roster.finished_at is None:
        return {}
    return {
        "undo": queries.undo_of(roster),
        "why_not_undone": queries.why_not_undone(roster, at),
        "undo_until": roster.finished_at + timedelta(hours=UNDO_HOURS),
    }
