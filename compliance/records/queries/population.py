"""People and figures. Every figure is an aggregate of the very queryset whose rows the lists show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)

from compliance.core.standing import percent_of
from compliance.records.enums import AssignmentStatus, ComplianceStatus, PersonStanding
from compliance.records.queries.obligations import (
    EVERYBODY,
    NO_DEPARTMENT,
    NOT_COUNTED,
    Place,
    Scope,
    main_department,
    obligations,
)
from compliance.records.queries.progress import concern, rank_of, with_progress
from lms.people import queries as people_queries

PeopleRows: TypeAlias = "QuerySet[Any, dict[str, Any]]"

# From what needs no attention to what needs it most.
_BY_CONCERN = (
    ComplianceStatus.EXCUSED,
    ComplianceStatus.COMPLIANT,
    ComplianceStatus.EXPIRING,
    ComplianceStatus.NOT_YET_DUE,
    ComplianceStatus.IN_GRACE,
    ComplianceStatus.EXPIRED,
    ComplianceStatus.OVERDUE,
)

_STANDINGS: dict[str, Q] = {
    PersonStanding.REQUIRED: Q(required_count__gt=0),
    PersonStanding.COMPLIANT: Q(required_count__gt=0, compliant_count=F("required_count")),
    PersonStanding.NOT_COMPLIANT: Q(compliant_count__lt=F("required_count")),
    PersonStanding.LATE: Q(late_count__gt=0),
    PersonStanding.ON_TIME: Q(compliant_count__lt=F("required_count"), late_count=0),
    PersonStanding.IN_GRACE: Q(grace_count__gt=0),
    PersonStanding.DUE_SOON: Q(due_soon_count__gt=0),
    PersonStanding.EXCUSED: Q(required_count=0),
    PersonStanding.EXEMPT: Q(exempt_count__gt=0),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many people; `required_count` is the denominator. Groups other than compliant may overlap."""

    required_count: int
    compliant_count: int
    late_count: int
    grace_count: int
    due_soon_count: int
    excused_count: int
    exempt_count: int = 0

    @property
    def percent(self) -> float | None:
        """Compliant of required in percent, one decimal, rounded down; None when nobody is required."""
        return percent_of(self.compliant_count, self.required_count)


@dataclass(frozen=True, slots=True)
class DepartmentTotals:
    """One department's figures; id NO_DEPARTMENT and empty names for people without one."""

    department_id: int
    code: str
    name: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class RequirementTotals:
    """One requirement's figures, counting its people only by this requirement."""

    requirement_id: int
    public_id: UUID
    title: str
    totals: Totals


def people(
    today: date,
    scope: Scope = EVERYBODY,
    *,
    standing: str | None = None,
    department_id: int | None = None,
    requirement_id: int | None = None,
    search: str = "",
    place: Place = main_department,
    grace_counts: bool | None = None,
    progress: str | None = None,
) -> PeopleRows:
    """One row per person with at least one obligation, as dicts; filter, order, slice and count it freely.

    With `requirement_id` people are judged by that requirement alone. `standing` is a PersonStanding, `progress` the
    CycleProgress that needs attention most. `place` and `grace_counts`: see `obligations`.
    """
    rows = obligations(today, scope, place=place, grace_counts=grace_counts).exclude(
        status=ComplianceStatus.NOT_IN_SCOPE
    )
    if requirement_id is not None:
        rows = rows.filter(requirement_id=requirement_id)
    for word in search.split()[:6]:
        rows = rows.filter(_mentions(word))
    if department_id is not None:
        rows = rows.annotate(in_department=place(today))
        wanted = (
            Q(in_department__isnull=True)
            if department_id == NO_DEPARTMENT
            else Q(in_department=department_id)
        )
        rows = rows.filter(wanted)
    if progress is not None:
        rows = with_progress(rows, today)
    grouped = _grouped(rows, today, place)
    if progress is not None:
        grouped = grouped.annotate(concern=concern()).filter(concern=rank_of(progress))
    return grouped.filter(_STANDINGS[standing]) if standing else grouped


def totals(rows: PeopleRows) -> Totals:
    """The figures of these people; one statement."""
    counted = {f"in_{name}": Count("user_id", filter=_STANDINGS[name]) for name in _FIGURES}
    found = rows.order_by().aggregate(in_required=Count("user_id", filter=Q(required_count__gt=0)), **counted)
    return Totals(found["in_required"], *(found[f"in_{name}"] for name in _FIGURES))


_FIGURES = (
    PersonStanding.COMPLIANT.value,
    PersonStanding.LATE.value,
    PersonStanding.IN_GRACE.value,
    PersonStanding.DUE_SOON.value,
    PersonStanding.EXCUSED.value,
    PersonStanding.EXEMPT.value,
)

# The same conditions as _STANDINGS, over the columns of the grouped rows.
_FOLD = """
SELECT {key},
       count(*) FILTER (WHERE required_count > 0),
       count(*) FILTER (WHERE required_count > 0 AND compliant_count = required_count),
       count(*) FILTER (WHERE late_count > 0),
       count(*) FILTER (WHERE grace_count > 0),
       count(*) FILTER (WHERE due_soon_count > 0),
       count(*) FILTER (WHERE required_count = 0),
       count(*) FILTER (WHERE exempt_count > 0)
  FROM ({rows}) AS person
 GROUP BY {key}
"""


def by_department(rows: PeopleRows) -> list[DepartmentTotals]:
    """The figures of these people by department, the lowest share of compliant people first; two statements.

    Departments are called as the rows call them.
    """
    codes = {each.id: each.code for each in people_queries.departments()}
    found = [
        DepartmentTotals(key or NO_DEPARTMENT, codes.get(key, ""), name or "", figures)
        for key, name, figures in _folded(rows.order_by(), "department_id", "department_name")
        if figures.required_count
    ]
    return sorted(found, key=lambda each: (each.totals.percent or 0.0, each.name))


def by_requirement(
    today: date, scope: Scope = EVERYBODY, *, grace_counts: bool | None = None
) -> list[RequirementTotals]:
    """The figures of each requirement in force, by title; one statement. `grace_counts`: see `obligations`."""
    rows = obligations(today, scope, grace_counts=grace_counts).exclude(status=ComplianceStatus.NOT_IN_SCOPE)
    per_person = rows.values(
        "user_id",
        "requirement_id",
        title=F("requirement__title"),
        requirement_key=F("requirement__public_id"),
    ).annotate(**_counts())
    found = [
        RequirementTotals(key[0], key[1], key[2], figures)
        for *key, figures in _folded(per_person, "requirement_id", "requirement_key", "title")
    ]
    return sorted(found, key=lambda each: each.title)


def person_name(row: Mapping[str, Any]) -> str:
    """The name to show for a row of `people`."""
    return f"{row['preferred_name'] or row['given_name']} {row['family_name']}".strip() or str(row["email"])


def worst_status(row: Mapping[str, Any]) -> ComplianceStatus:
    """The status of a person's obligations that needs attention most."""
    return _BY_CONCERN[row["worst"]]


_EXCUSES = {
    "on_leave": "leave_count",
    AssignmentStatus.WAIVED.value: "waived_count",
    AssignmentStatus.EXEMPT.value: "exempt_count",
}


def standing_word(row: Mapping[str, Any]) -> str:
    """As `worst_status`; of who owes nothing now, why: on_leave, waived, exempt, or excused for several reasons."""
    worst = worst_status(row)
    given = [word for word, count in _EXCUSES.items() if row[count]]
    return given[0] if worst == ComplianceStatus.EXCUSED and len(given) == 1 else str(worst)


def _grouped(rows: QuerySet[Any, Any], today: date, place: Place) -> PeopleRows:
    """One row per person."""
    grouped: PeopleRows = (
        rows.annotate(department_id=place(today), department_name=place(today, "department__name"))
        .values(
            "user_id",
            "department_id",
            "department_name",
            public_id=F("user__public_id"),
            given_name=F("user__given_name"),
            preferred_name=F("user__preferred_name"),
            family_name=F("user__family_name"),
            email=F("user__email"),
            external_id=F("user__external_id"),
        )
        .annotate(**_counts())
        .annotate(is_compliant=Case(When(_STANDINGS[PersonStanding.COMPLIANT], then=True), default=False))
    )
    return grouped


def _counts() -> dict[str, Any]:
    """What is counted of one person's obligations."""
    is_open = Q(is_counted=True, window_opens_on__isnull=False)
    concern = Case(
        *(When(status=status, then=Value(rank)) for rank, status in enumerate(_BY_CONCERN)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return {
        "required_count": Count("assignment_id", filter=Q(is_counted=True)),
        "compliant_count": Count("assignment_id", filter=Q(is_compliant=True)),
        "late_count": Count("assignment_id", filter=Q(is_late=True)),
        "grace_count": Count("assignment_id", filter=Q(status=ComplianceStatus.IN_GRACE)),
        "due_soon_count": Count("assignment_id", filter=Q(is_due_soon=True)),
        "excused_count": Count("assignment_id", filter=Q(status__in=NOT_COUNTED)),
        # A requirement that rests is in no list, so who is paused here is on leave.
        "leave_count": Count("assignment_id", filter=Q(assignment_status=AssignmentStatus.PAUSED)),
        "waived_count": Count("assignment_id", filter=Q(assignment_status=AssignmentStatus.WAIVED)),
        "exempt_count": Count("assignment_id", filter=Q(assignment_status=AssignmentStatus.EXEMPT)),
        "next_due_on": Min("due_on", filter=is_open),
        "worst": Max(concern),
    }


def _folded(rows: PeopleRows, *keys: str) -> list[tuple[Any, ...]]:
    """(*keys, Totals) over grouped rows."""
    inner, params = rows.query.sql_with_params()
    sql = _FOLD.format(key=", ".join(keys), rows=inner)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(*row[: len(keys)], Totals(*row[len(keys) :])) for row in cursor.fetchall()]


def _mentions(word: str) -> Q:
    """People whose name, address or employee ID contains the word."""
    fields = ("given_name", "family_name", "preferred_name", "email", "external_id")
    condition = Q()
    for name in fields:
        condition |= Q(**{f"user__{name}__icontains": word})
    return condition
