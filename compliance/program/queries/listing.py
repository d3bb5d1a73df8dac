"""Lists: duties by what is due soonest, the rounds of one, and every round for whoever audits the program."""

from datetime import date

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from compliance.program.enums import DutyState, Outcome
from compliance.program.models import Duty, DutyRound, RoundCorrection
from compliance.program.queries.duties import done, duties, is_unowned

_OPEN = Q(rounds__outcome=Outcome.OPEN)


def listed(*, today: date, show: str | None = None, search: str = "") -> QuerySet[Duty]:
    """Duties with `due_on` (of the round that is open longest), `waiting` (open rounds), `last_done_on`, `is_unowned`.

    `show`: "open", "overdue", "done", "unowned", "draft" or "retired"; None: all that are not retired.
    """
    last_done = done().filter(duty=OuterRef("pk")).order_by("-done_on")
    unowned = is_unowned(today)
    rows = duties().annotate(
        due_on=Min("rounds__due_on", filter=_OPEN),
        waiting=Count("rounds", filter=_OPEN, distinct=True),
        last_done_on=Subquery(last_done.values("done_on")[:1]),
        is_unowned=ExpressionWrapper(unowned, output_field=BooleanField()),
    )
    on = Q(state=DutyState.ON)
    chosen = {
        "open": on & Q(due_on__isnull=False),
        "overdue": on & Q(due_on__lt=today),
        "done": on & Q(due_on__isnull=True),
        "unowned": unowned,
        "draft": Q(state=DutyState.DRAFT),
        "retired": Q(state=DutyState.RETIRED),
    }
    rows = rows.filter(chosen[show]) if show else rows.exclude(state=DutyState.RETIRED)
    for word in search.split()[:6]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(owner__given_name__icontains=word)
            | Q(owner__family_name__icontains=word)
            | Q(owner__email__icontains=word)
        )
    return rows.order_by(F("due_on").asc(nulls_last=True), "title", "pk")


def rounds_of(duty: Duty) -> QuerySet[DutyRound]:
    """All rounds of a duty with what was put right about them, the latest due date first."""
    return _whole(DutyRound.objects.filter(duty=duty)).order_by("-due_on", "-number")


def every_round() -> QuerySet[DutyRound]:
    """All rounds of all duties, by duty and in order."""
    return _whole(DutyRound.objects.all()).order_by("duty__title", "duty_id", "number")


def counts(today: date) -> dict[str, int]:
    """How many duties are on, how many of them are overdue, and how many of them nobody owns."""
    rounds = DutyRound.objects.filter(outcome=Outcome.OPEN, duty__state=DutyState.ON)
    found: dict[str, int] = Duty.objects.aggregate(
        on=Count("pk", filter=Q(state=DutyState.ON)), unowned=Count("pk", filter=is_unowned(today))
    )
    return found | {"overdue": rounds.filter(due_on__lt=today).values("duty").distinct().count()}


def _whole(rows: QuerySet[DutyRound]) -> QuerySet[DutyRound]:
    corrections = RoundCorrection.objects.select_related("made_by").order_by("pk")
    return rows.select_related("closed_by", "duty__owner", "duty__deputy", "replaces").prefetch_related(
        Prefetch("corrections", corrections)
    )
