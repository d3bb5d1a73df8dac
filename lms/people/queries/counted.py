"""How many people there are: for whoever runs the service, and against what the plan includes."""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lms.jobs import queries as jobs
from lms.people.enums import RosterImportState, RowOutcome
from lms.people.models import RosterImport, RosterRow, User

IMPORT_JOB = "people.roster_import"


def measure(*, at: dt.datetime) -> dict[str, object]:
    """The number of people who may sign in; all that the operator of the service sees of them."""
    return {"people": User.objects.filter(is_active=True).count()}


def places_taken() -> int:
    """How many places of the plan are taken: active people, and those whom an import under way will still add.

    In one statement: between two of them a chunk of that import could be missed, or counted twice.
    """
    under_way = RosterImport.objects.filter(
        state=RosterImportState.IMPORTING, job_public_id__in=jobs.open_of_kind(IMPORT_JOB)
    )
    coming = _to_come(under_way.values("pk")).order_by().values("outcome").annotate(n=Count("pk")).values("n")
    active = User.objects.filter(is_active=True)
    taken: int = active.aggregate(n=Count("pk") + Coalesce(Subquery(coming), 0))["n"]
    return taken


def still_to_come(roster: RosterImport) -> int:
    """How many new people a roster import has not added yet."""
    return _to_come([roster.pk]).count()


def _to_come(imports: Any) -> QuerySet[RosterRow]:
    return RosterRow.objects.filter(
        roster_import__in=imports, outcome=RowOutcome.CREATE, applied_at__isnull=True
    )
