"""How far the cycle of an obligation is: the second of the three axes, derived from what its person did in courses."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from compliance.records.enums import ComplianceStatus, CycleProgress
from compliance.records.queries.obligations import EVERYBODY, Scope, obligations

# From what needs no attention to what needs it most.
_BY_CONCERN = (
    CycleProgress.COMPLETED,
    CycleProgress.NOT_STARTED,
    CycleProgress.IN_PROGRESS,
    CycleProgress.FAILED,
)

# The courses that are asked for this time: of the set for the round, which is how often it was finished, and one. What
# was bridged or is revoked is no round (compliance.core.satisfiers). Failed: of every pass that is begun, the last try
# was handed in and not passed; whoever sits another one, or began another course, is in progress.
_PROGRESS = """
CASE WHEN "records_obligation"."window_opens_on" IS NULL OR "records_obligation"."window_opens_on" > %s
     THEN CASE WHEN "records_obligation"."done_record_id" IS NULL THEN 'not_started' ELSE 'completed' END
     ELSE COALESCE((
  SELECT CASE WHEN bool_and(COALESCE(NOT t.is_passed, false)) THEN 'failed' ELSE 'in_progress' END
    FROM learning_enrollment e
    LEFT JOIN LATERAL (
         SELECT is_passed FROM learning_quizattempt
          WHERE enrollment_id = e.id ORDER BY started_at DESC, id DESC LIMIT 1) t ON true
   WHERE e.user_id = "records_obligation"."user_id" AND e.state = 'in_progress'
     AND e.course_id IN (
         SELECT jsonb_array_elements_text(s.one -> 'courses')::bigint
           FROM (SELECT one FROM requirements_requirement r, jsonb_array_elements(r.satisfiers) one
                  WHERE r.id = "records_obligation"."requirement_id"
                    AND (one ->> 'from_round')::int <= 1 + (
                        SELECT count(*) FROM records_compliancerecord c
                         WHERE c.assignment_id = "records_obligation"."assignment_id"
                           AND c.completed_at IS NOT NULL AND NOT c.is_temporary
                           AND NOT EXISTS (SELECT FROM records_revocation v
                                             LEFT JOIN records_reinstatement u ON u.revocation_id = v.id
                                            WHERE v.record_id = c.id AND u.id IS NULL))
                  ORDER BY (one ->> 'from_round')::int DESC LIMIT 1) s)
  HAVING count(*) > 0), 'not_started') END
"""


def with_progress(rows: QuerySet[Any, Any], today: date) -> QuerySet[Any, Any]:
    """Obligations with `progress`, a CycleProgress: of the cycle that is open on `today`, else of the finished one."""
    found: QuerySet[Any, Any] = rows.annotate(
        progress=RawSQL(_PROGRESS, [today], output_field=CharField())  # noqa: S611
    )
    return found


def concern() -> Max:
    """Of one person's counted obligations with `progress`: the place of the one that needs attention most."""
    rank = Case(
        *(When(progress=each, then=Value(place)) for place, each in enumerate(_BY_CONCERN)),
        output_field=IntegerField(),
    )
    return Max(rank, filter=Q(is_counted=True))


def rank_of(progress: str) -> int:
    """The place of a CycleProgress in that order."""
    return _BY_CONCERN.index(CycleProgress(progress))


def progress_by_person(
    today: date, scope: Scope = EVERYBODY, *, requirement_id: int | None = None
) -> dict[int, CycleProgress]:
    """By user: the progress that needs attention most, of one requirement or all that count; one statement.

    Whoever is excused from everything is not in it.
    """
    rows = obligations(today, scope).exclude(status=ComplianceStatus.NOT_IN_SCOPE)
    if requirement_id is not None:
        rows = rows.filter(requirement_id=requirement_id)
    found = with_progress(rows, today).order_by().values("user_id").annotate(concern=concern())
    return {row["user_id"]: _BY_CONCERN[row["concern"]] for row in found if row["concern"] is not None}
