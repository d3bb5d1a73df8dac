"""Roster imports and their rows."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from lms.access.permissions import Permission
from lms.people.enums import RowOutcome
from lms.people.models import RosterImport, RosterRow, User
from lms.people.queries.directory import able_to


def import_for(public_id: UUID) -> RosterImport:
    """The import of this id, without the bytes of its file. Raises Http404."""
    found = (
        RosterImport.objects.defer("content")
        .select_related("created_by", "asked_by", "decided_by")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def import_approvers(asked_by: User | None) -> list[User]:
    """Who may agree to an import: everybody who may import over the whole tenant, but not whoever asks."""
    return [one for one in able_to(Permission.PEOPLE_IMPORT) if one.pk != (asked_by.pk if asked_by else None)]


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
            line = AppliedLine(applied_at, row.roster_import.file_name, by.display_name if by else "")
            found[row.user_id].append(line)
    return dict(found)


def import_url(params: dict[str, object], result: dict[str, object]) -> str:
    """Where the page of a finished job leads: to the import."""
    from django.urls import reverse

    return reverse("people:import-detail", kwargs={"public_id": result["roster"]})
