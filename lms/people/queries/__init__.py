"""What can be asked about people."""

from lms.people.queries.directory import (
    department_list,
    find,
    person_for,
    search_people,
    states_counted,
    with_standing,
)
from lms.people.queries.facts import Appointment, DepartmentRow, PersonFacts, departments, person_facts
from lms.people.queries.invitations import open_invitation
from lms.people.queries.reach import Reach, reach
from lms.people.queries.rosters import finished_import_of, import_for, recent_imports, rows_of

__all__ = [
    "Appointment",
    "DepartmentRow",
    "PersonFacts",
    "Reach",
    "department_list",
    "departments",
    "find",
    "finished_import_of",
    "import_for",
    "open_invitation",
    "person_facts",
    "person_for",
    "reach",
    "recent_imports",
    "rows_of",
    "search_people",
    "states_counted",
    "with_standing",
]
