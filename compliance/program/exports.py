"""Every round of every duty as a file. The columns are documented and stay as they are."""

from collections.abc import Iterable, Iterator
from datetime import date

from compliance.program import queries
from compliance.program.models import DutyRound, RoundCorrection

HEADER = (
    "duty",
    "duty_state",
    "owner",
    "owner_active",
    "deputy",
    "laws",
    "round",
    "due_on",
    "opened_on",
    "outcome",
    "done_on",
    "late_days",
    "recorded_by",
    "recorded_at",
    "statement",
    "evidence",
    "instead_of_round",
    "corrections",
    "as_of",
)


def round_rows(rounds: Iterable[DutyRound], *, as_of: date) -> Iterator[tuple[object, ...]]:
    """A line for each round; `outcome`: "overdue" for an open one whose day is past, "reopened" for one taken back."""
    for row in rounds:
        duty = row.duty
        late = (as_of - row.due_on).days if row.is_open else row.late_days
        yield (
            duty.title, duty.state, duty.owner.display_name if duty.owner else "", queries.is_owned(duty, as_of),
            duty.deputy.display_name if duty.deputy else "",
            "; ".join(f"{one['regime']} {one['control']}" for one in duty.authorities),
            row.number, row.due_on, row.opened_on,
            _outcome(row, as_of),
            row.done_on or "", "" if late is None else max(late, 0),
            row.closed_by.display_name if row.closed_by else "", row.closed_at or "", row.statement,
            row.evidence_note, row.replaces.number if row.replaces else "",
            "; ".join(_correction(one) for one in row.corrections.all()), as_of,
        )  # fmt: skip


def _outcome(row: DutyRound, as_of: date) -> str:
    if row.is_open and row.due_on < as_of:
        return "overdue"
    return row.outcome if row.stands else "reopened"


def _correction(one: RoundCorrection) -> str:
    said = "not done after all" if one.reopens else one.statement
    return f"{said} ({one.reason})"
