"""What can be asked about requirements: which there are, whom they reach, and what turning one on would do."""

from compliance.requirements.facts import department_names
from compliance.requirements.queries.listing import InForce, all_requirements, in_force, requirement_by
from compliance.requirements.queries.pages import OUTCOMES, Line, lines, matching, previewed, whole
from compliance.requirements.queries.plans import (
    Planned,
    people_of,
    plan_chunk,
    plan_for_everyone,
    with_names,
)
from compliance.requirements.queries.previews import Affected, DueDay, Explanation, Preview, explain, preview
from compliance.requirements.queries.sentences import sentence

__all__ = [
    "OUTCOMES",
    "Affected",
    "DueDay",
    "Explanation",
    "InForce",
    "Line",
    "Planned",
    "Preview",
    "all_requirements",
    "department_names",
    "explain",
    "in_force",
    "lines",
    "matching",
    "people_of",
    "plan_chunk",
    "plan_for_everyone",
    "preview",
    "previewed",
    "requirement_by",
    "sentence",
    "whole",
    "with_names",
]
