"""Pages of requirements: shapes only. What would happen is for the queries, what happens for the actions."""

from compliance.requirements.views.builder import edit, new
from compliance.requirements.views.byhand import by_hand, by_hand_end
from compliance.requirements.views.equivalences import (
    equivalence,
    equivalence_decide,
    equivalence_end,
    equivalence_list,
    equivalence_new,
    equivalence_withdraw,
)
from compliance.requirements.views.holidays import holidays
from compliance.requirements.views.laws import basis, coverage_csv, law, laws
from compliance.requirements.views.lifecycle import discard, pause, retire, turn_on
from compliance.requirements.views.looking import check_person, detail, list_, people, people_csv, version

__all__ = [
    "basis",
    "by_hand",
    "by_hand_end",
    "check_person",
    "coverage_csv",
    "detail",
    "discard",
    "edit",
    "equivalence",
    "equivalence_decide",
    "equivalence_end",
    "equivalence_list",
    "equivalence_new",
    "equivalence_withdraw",
    "holidays",
    "law",
    "laws",
    "list_",
    "new",
    "pause",
    "people",
    "people_csv",
    "retire",
    "turn_on",
    "version",
]
