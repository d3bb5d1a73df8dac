"""What can be asked about changes: what one would do, which there are, and who may decide."""

from compliance.changes.queries.differences import Difference, difference, state_after
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
    threshold,
    waiting_count,
)
from compliance.changes.queries.outlooks import outlook_lines, outlook_of, outlook_summary

__all__ = [
    "Difference",
    "all_changes",
    "approvers",
    "change_by",
    "difference",
    "effects_of",
    "known_lines",
    "latest_made",
    "limit_alone",
    "lines_of",
    "mails_sent",
    "outlook_lines",
    "outlook_of",
    "outlook_summary",
    "state_after",
    "threshold",
    "waiting_count",
]
