"""Roster imports and their rows."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lms.access.permissions import Permission
from lms.people.enums import RosterImportState, RowOutcome
from lms.people.models import RosterImport, RosterRow, User
from lms.people.queries.directory import approvers
from lms.people.rules import UNDO_HOURS


def import_for(public_id: UUID) -> RosterImport:
    """The import of this id, without the bytes of its file. Raises Http404."""
    rows = RosterImport.objects.select_related("created_by", "asked_by", "decided_by", "undoes")
    return get_object_or_404(rows.defer("content", "undoes__content"), public_id=public_id)


def import_approvers(asked_by: User | None, *, today: date) -> list[User]:
    """Who may agree to an import on that day: everybody who may import over the whole tenant, but not whoever asks."""
    return approvers(Permission.PEOPLE_IMPORT, asked_by, today=today)


def recent_imports(limit: int = 10) -> list[RosterImport]:
    """The newest imports first, each with its undo."""
    rows = RosterImport.objects.defer("content", "undone_by__content")
    return list(rows.select_related("created_by", "undone_by__asked_by").order_by("-pk")[:limit])


def undo_of(roster: RosterImport) -> RosterImport | None:
    """The undoing of this import, however far it has come."""
    return (
        RosterImport.objects.defer("content")
        .select_related("created_by", "asked_by", "decided_by")
        .filter(undoes=roster)
        .first()
    )


def why_not_undone(roster: RosterImport, at: datetime) -> str:
    """Why this import cannot be undone at that moment, for a person; empty when it can.

    Only the newest one can, of those that are not undone: what came later went on from what it had left.
    """
    if roster.undoes_id:
        return _("An undo is not undone itself. Import the file again if it was right.")
    if roster.state != RosterImportState.DONE or roster.finished_at is None:
        return _("It was not imported, so there is nothing to undo.")
    if RosterImport.objects.filter(undoes=roster, state=RosterImportState.DONE).exists():
        return _("It was undone already.")
    if at - roster.finished_at > timedelta(hours=UNDO_HOURS):
        return _(
            "It was imported more than %(hours)s hours ago. People have acted on it since: import a file that is right."
        ) % {"hours": UNDO_HOURS}
    if roster.begun_at is None:
        return _(
            "What it changed was not kept: that began with a later release. Import a file that is right."
        )
    return _why_not_the_newest(roster, roster.finished_at)


def _why_not_the_newest(roster: RosterImport, finished_at: datetime) -> str:
    if RosterImport.objects.filter(state=RosterImportState.IMPORTING).exclude(undoes=roster).exists():
        return _("Another import is being made. Wait until it has finished.")
    later = RosterImport.objects.filter(
        state=RosterImportState.DONE, finished_at__gt=finished_at, undoes__isnull=True
    )
    after = later.exclude(undone_by__state=RosterImportState.DONE).order_by("-finished_at").first()
    if after is None:
        return ""
    return _("“%(file)s” was imported after it, from what it had left. Undo that import first.") % {
        "file": after.file_name
    }


def why_not_begun(roster: RosterImport, at: datetime) -> str:
    """Why this import, or this undo, cannot begin at that moment, for a person; empty when it can."""
    if roster.undoes is not None:
        return why_not_undone(roster.undoes, at)
    undoing = RosterImport.objects.filter(state=RosterImportState.IMPORTING, undoes__isnull=False)
    if undoing.exists():
        return _("An import is being undone. Wait until that has finished, then start again.")
    return ""


def rows_of(roster: RosterImport, *, problems: bool = False) -> QuerySet[RosterRow]:
    """The rows of an import in the order of the file; with `problems` only those with something to say."""
    rows = RosterRow.objects.filter(roster_import=roster).order_by("line_number")
    return rows.exclude(problems=[]) if problems else rows


def rows_shown(roster: RosterImport, show: str) -> QuerySet[RosterRow]:
    """The rows under one heading of the preview: an outcome, or "warning" for good rows with a remark."""
    if show == RowOutcome.LEFT:
        return rows_of(roster, problems=True).select_related("user")
    if show == "warning":
        return rows_of(roster, problems=True).exclude(outcome=RowOutcome.ERROR)
    return rows_of(roster).filter(outcome=show).select_related("user")


@dataclass(frozen=True, slots=True)
class AppliedLine:
    """A line of a roster that changed something about a person: which file, by whom, when."""

    applied_at: datetime
    file_name: str
    by: str


def roster_lines(user_ids: Collection[int], since: datetime, until: datetime) -> dict[int, list[AppliedLine]]:
    """The lines that changed these people between two moments, by person, oldest first; one statement."""
    rows = (
        RosterRow.objects.filter(user_id__in=list(user_ids), applied_at__gte=since, applied_at__lte=until)
        .exclude(outcome=RowOutcome.UNCHANGED)
        .select_related("roster_import__created_by")
        .defer("values", "roster_import__content")
        .order_by("applied_at", "pk")
    )
    found: dict[int, list[AppliedLine]] = defaultdict(list)
    for row in rows:
        by, applied_at = row.roster_import.created_by, row.applied_at
        if row.user_id is not None and applied_at is not None:
            line = AppliedLine(applied_at, row.roster_import.title, by.display_name if by else "")
            found[row.user_id].append(line)
    return dict(found)


def import_url(params: dict[str, object], result: dict[str, object]) -> str:
    """Where the page of a finished job leads: to the import."""
    from django.urls import reverse

    return reverse("people:import-detail", kwargs={"public_id": result["roster"]})
