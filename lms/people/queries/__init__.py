"""What can be asked about people."""

from lms.people.queries.counted import measure, places_taken, still_to_come
from lms.people.queries.directory import (
    Listed,
    able_to,
    department_list,
    find,
    holders_of,
    listed,
    people_by_words,
    person_by_email,
    person_for,
    search_people,
    states_counted,
    with_standing,
)
from lms.people.queries.facts import (
    Appointment,
    DepartmentRow,
    PersonFacts,
    appointment_days,
    changing_days,
    changing_people,
    count_all,
    departments,
    entered_after,
    first_by_name,
    person_facts,
    whose_appointment_day,
)
from lms.people.queries.invitations import is_spent_invitation, open_invitation
from lms.people.queries.lookups import department_id, members_of, people_by_keys
from lms.people.queries.reach import Reach, reach, with_those_below
from lms.people.queries.record import Record, record_of
from lms.people.queries.relations import RELATIONS
from lms.people.queries.rosters import import_for, import_url, recent_imports, rows_of, rows_shown

__all__ = [
    "RELATIONS",
    "Appointment",
    "DepartmentRow",
    "Listed",
    "PersonFacts",
    "Reach",
    "Record",
    "able_to",
    "appointment_days",
    "changing_days",
    "changing_people",
    "count_all",
    "department_id",
    "department_list",
    "departments",
    "entered_after",
    "find",
    "first_by_name",
    "holders_of",
    "import_for",
    "import_url",
    "is_spent_invitation",
    "listed",
    "measure",
    "members_of",
    "open_invitation",
    "people_by_keys",
    "people_by_words",
    "person_by_email",
    "person_facts",
    "person_for",
    "places_taken",
    "reach",
    "recent_imports",
    "record_of",
    "rows_of",
    "rows_shown",
    "search_people",
    "states_counted",
    "still_to_come",
    "whose_appointment_day",
    "with_standing",
    "with_those_below",
]
