"""Pages of changes: shapes only. What a change does is for the queries, making it for the actions."""

from compliance.changes.views.deciding import decide, make, name_day, rework, undo, withdraw
from compliance.changes.views.holidays import HOLIDAYS, holidays_csv, holidays_detail, holidays_list
from compliance.changes.views.looking import detail, lines_csv, list_, threshold
from compliance.changes.views.outlooks import roster, roster_csv

__all__ = [
    "HOLIDAYS", "decide", "detail", "holidays_csv", "holidays_detail", "holidays_list", "lines_csv", "list_", "make",
    "name_day", "rework", "roster", "roster_csv", "threshold", "undo", "withdraw",
]  # fmt: skip
