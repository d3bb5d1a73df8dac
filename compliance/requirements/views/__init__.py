"""Pages of requirements: shapes only. What would happen is for the queries, what happens for the actions."""

from compliance.requirements.views.builder import edit, new
from compliance.requirements.views.holidays import holidays
from compliance.requirements.views.lifecycle import discard, pause, retire, turn_on
from compliance.requirements.views.looking import check_person, detail, list_, people, people_csv

__all__ = [
    "check_person",
    "detail",
    "discard",
    "edit",
    "holidays",
    "list_",
    "new",
    "pause",
    "people",
    "people_csv",
    "retire",
    "turn_on",
]
