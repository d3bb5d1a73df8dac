"""What the records say. Here is the one definition of compliant that every figure and every list uses.

Compliant: done, and valid on the day asked about (statuses *compliant* and *expiring*). Not yet due, in grace,
overdue and expired are not compliant. Excused and not in scope count in neither part of any figure. A person is
compliant when every requirement that counts for them is.
"""

from compliance.records.queries.access import Access, Answer, answer, may
from compliance.records.queries.counting import FinishedCycle, Served, finished_cycles, served_by
from compliance.records.queries.courses import Course, Round, courses_of
from compliance.records.queries.dossiers import (
    AskedCourse,
    Dossier,
    MovedBy,
    Owed,
    PastCycle,
    dossier,
    owed_by,
)
from compliance.records.queries.granting import Granted, granted
from compliance.records.queries.history_files import Unreadable
from compliance.records.queries.history_files import decode as decode_history
from compliance.records.queries.history_files import read as read_history
from compliance.records.queries.holdings import Held, holdings, shifts_of, withdrawn_since
from compliance.records.queries.keys import PREFIX as KEY_PREFIX
from compliance.records.queries.keys import access_keys, key_for
from compliance.records.queries.loading import preview as preview_history
from compliance.records.queries.obligations import (
    DUE_SOON_DAYS,
    EVERYBODY,
    NO_DEPARTMENT,
    Place,
    Scope,
    cycle_facts,
    excuse,
    main_department,
    obligations,
    standings_of,
    waited_for,
)
from compliance.records.queries.population import (
    DepartmentTotals,
    PeopleRows,
    RequirementTotals,
    Totals,
    by_department,
    by_requirement,
    people,
    person_name,
    totals,
    worst_status,
)
from compliance.records.queries.positions import Position, positions
from compliance.records.queries.requests import (
    KINDS,
    Asked,
    LeftOut,
    Move,
    Moves,
    asked,
    extended_due_dates,
    holds,
    moves,
    noun_of,
    requests_of,
    waiting_count,
)
from compliance.records.queries.revocations import (
    finished_cycle,
    revocation_by,
    revocation_of,
    revocations_of,
)
from compliance.records.queries.triggers import (
    Draft,
    Meant,
    Preview,
    concerns,
    event_fault,
    events,
    outcome_text,
    preview,
)
from compliance.records.queries.words import (
    because_text,
    date_text,
    event_text,
    moved_text,
    waiting_text,
    why_text,
)

__all__ = [
    "DUE_SOON_DAYS",
    "EVERYBODY",
    "KEY_PREFIX",
    "KINDS",
    "NO_DEPARTMENT",
    "Access",
    "Answer",
    "Asked",
    "AskedCourse",
    "Course",
    "DepartmentTotals",
    "Dossier",
    "Draft",
    "FinishedCycle",
    "Granted",
    "Held",
    "LeftOut",
    "Meant",
    "Move",
    "MovedBy",
    "Moves",
    "Owed",
    "PastCycle",
    "PeopleRows",
    "Place",
    "Position",
    "Preview",
    "RequirementTotals",
    "Round",
    "Scope",
    "Served",
    "Totals",
    "Unreadable",
    "access_keys",
    "answer",
    "asked",
    "because_text",
    "by_department",
    "by_requirement",
    "concerns",
    "courses_of",
    "cycle_facts",
    "date_text",
    "decode_history",
    "dossier",
    "event_fault",
    "event_text",
    "events",
    "excuse",
    "extended_due_dates",
    "finished_cycle",
    "finished_cycles",
    "granted",
    "holdings",
    "holds",
    "key_for",
    "main_department",
    "may",
    "moved_text",
    "moves",
    "noun_of",
    "obligations",
    "outcome_text",
    "owed_by",
    "people",
    "person_name",
    "positions",
    "preview",
    "preview_history",
    "read_history",
    "requests_of",
    "revocation_by",
    "revocation_of",
    "revocations_of",
    "served_by",
    "shifts_of",
    "standings_of",
    "totals",
    "waited_for",
    "waiting_count",
    "waiting_text",
    "why_text",
    "withdrawn_since",
    "worst_status",
]
