"""Roster imports and their rows."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from lms.people.enums import RowOutcome
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


def rows_of(roster: RosterImport, *, problems: bool = False) -> QuerySet[RosterRow]:
    """The rows of an import in the order of the file; with `problems` only those with something to say."""
    rows = RosterRow.objects.filter(roster_import=roster).order_by("line_number")
    return rows.exclude(problems=[]) if problems else rows


def rows_shown(roster: RosterImport, show: str) -> QuerySet[RosterRow]:
    """The rows under one heading of the preview: an outcome, or "warning" for good rows with a remark."""
    if show == "warning":
        return rows_of(roster, problems=True).exclude(outcome=RowOutcome.ERROR)
    return rows_of(roster).filter(outcome=show).select_related("user")


def import_url(params: dict[str, object], result: dict[str, object]) -> str:
    """Where the page of a finished job leads: to the import."""
    from django.urls import reverse

    return reverse("people:import-detail", kwargs={"public_id": result["roster"]})
