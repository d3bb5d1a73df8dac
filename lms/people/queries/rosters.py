"""Roster imports and their rows."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from lms.people.models import RosterImport, RosterRow


def import_for(public_id: UUID) -> RosterImport:
    """The import of this id, without the bytes of its file. Raises Http404."""
    found = (
        RosterImport.objects.defer("content").select_related("created_by").filter(public_id=public_id).first()
    )
    if found is None:
        raise Http404
    return found


def recent_imports(limit: int = 10) -> list[RosterImport]:
    """The newest imports first."""
    return list(RosterImport.objects.defer("content").select_related("created_by").order_by("-pk")[:limit])


def rows_of(roster: RosterImport, *, outcome: str = "", problems: bool | None = None) -> QuerySet[RosterRow]:
    """The rows of an import in the order of the file; `problems=True` only those with something to say."""
    rows = RosterRow.objects.filter(roster_import=roster).order_by("line_number")
    if outcome:
        rows = rows.filter(outcome=outcome)
    if problems is not None:
        rows = rows.exclude(problems=[]) if problems else rows.filter(problems=[])
    return rows


def finished_import_of(job_id: int) -> RosterImport | None:
    """The import a job worked on."""
    return RosterImport.objects.defer("content").filter(job_id=job_id).first()
