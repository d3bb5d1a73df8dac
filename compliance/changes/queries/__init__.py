"""What can be asked about changes: what one would do, which there are, and who may decide."""

from compliance.changes.queries.differences import (
    Difference,
    difference,
    people_to_look_at,
    put_away_meanwhile,
    state_after,
)
from compliance.changes.queries.holidays import (
    all_holiday_changes,
    could_move_open,
    differing_days,
    holiday_change_by,
    latest_holidays_made,
    moved_by,
    observing_now,
)
from compliance.changes.queries.looking import (
    all_changes,
    approvers,
    change_by,
    effects_of,
    known_lines,
    latest_made,
    limit_alone,
    lines_of,
    mails_sent,
    officer,
    threshold,
    waiting_count,
)
from compliance.changes.queries.outlooks import outlook_lines, outlook_of, outlook_shares, outlook_summary
from compliance.changes.queries.works import Work, address_of, change_of_job, work_on

__all__ = [
    "Difference",
    "Work",
    "address_of",
    "all_changes",
    "all_holiday_changes",
    "approvers",
    "change_by",
    "change_of_job",
    "could_move_open",
    "difference",
    "differing_days",
    "effects_of",
    "holiday_change_by",
    "known_lines",
    "latest_holidays_made",
    "latest_made",
    "limit_alone",
    "lines_of",
    "mails_sent",
    "moved_by",
    "observing_now",
    "officer",
    "outlook_lines",
    "outlook_of",
    "outlook_shares",
    "outlook_summary",
    "people_to_look_at",
    "put_away_meanwhile",
    "state_after",
    "threshold",
    "waiting_count",
    "work_on",
]
