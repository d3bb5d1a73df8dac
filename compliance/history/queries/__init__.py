"""What was known when: the figures of any day as they were known on any later one."""

from compliance.history.queries.causes import Cause, causes, of_requirement
from compliance.history.queries.corrections import Correction, corrected_people, corrections
from compliance.history.queries.known import known, moment_after
from compliance.history.queries.moments import Bounds, bounds, problem
from compliance.history.queries.persons import Stood, stood
from compliance.history.queries.restating import Difference, Named, Restatement, Side, named
from compliance.history.queries.shadows import Past, look, people, place, seen, with_clause

__all__ = [
    "Bounds",
    "Cause",
    "Correction",
    "Difference",
    "Named",
    "Past",
    "Restatement",
    "Side",
    "Stood",
    "bounds",
    "causes",
    "corrected_people",
    "corrections",
    "known",
    "look",
    "moment_after",
    "named",
    "of_requirement",
    "people",
    "place",
    "problem",
    "seen",
    "stood",
    "with_clause",
]
