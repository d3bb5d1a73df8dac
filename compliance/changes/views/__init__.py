"""Pages of changes: shapes only. What a change does is for the queries, making it for the actions."""

from compliance.changes.views.deciding import decide, make, rework, undo, withdraw
from compliance.changes.views.looking import detail, lines_csv, list_, threshold

__all__ = ["decide", "detail", "lines_csv", "list_", "make", "rework", "threshold", "undo", "withdraw"]
