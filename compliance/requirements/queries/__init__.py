"""What can be asked about requirements: which there are, whom they reach, and what turning one on would do."""

from compliance.requirements.facts import Roster, department_names, roster
from compliance.requirements.packs import library
from compliance.requirements.queries.byhand import (
    Consequence,
    Consequences,
    consequences,
    consequences_of_ending,
    holding,
    individual_by,
    individuals,
    named_people,
    naming_days,
)
from compliance.requirements.queries.coverage import Answered, Coverage, coverage, coverage_of
from compliance.requirements.queries.holidays import holidays, observing, working_calendar
from compliance.requirements.queries.listing import (
    InForce,
    active,
    all_requirements,
    ever_turned_on,
    in_force,
    loadable,
    locked,
    requirement_by,
    unchanged_since,
)
from compliance.requirements.queries.meaning import Answer, Meaning, Someone, called, meaning, would_mean
from compliance.requirements.queries.meant import meant_ids, rule_days, rule_people
from compliance.requirements.queries.pages import OUTCOMES, Line, lines, matching, previewed, whole
from compliance.requirements.queries.passes import passes
from compliance.requirements.queries.plans import (
    Known,
    Planned,
    known_of,
    people_of,
    plan_for,
    plan_for_everyone,
    with_names,
)
from compliance.requirements.queries.previews import Affected, DueDay, Explanation, Preview, explain, preview
from compliance.requirements.queries.sentences import rule_sentence, sentence
from compliance.requirements.queries.versions import (
    changed_names,
    content_of,
    differs,
    proposed,
    version_page,
)

__all__ = [
    "OUTCOMES",
    "Affected",
    "Answer",
    "Answered",
    "Consequence",
    "Consequences",
    "Coverage",
    "DueDay",
    "Explanation",
    "InForce",
    "Known",
    "Line",
    "Meaning",
    "Planned",
    "Preview",
    "Roster",
    "Someone",
    "active",
    "all_requirements",
    "called",
    "changed_names",
    "consequences",
    "consequences_of_ending",
    "content_of",
    "coverage",
    "coverage_of",
    "department_names",
    "differs",
    "ever_turned_on",
    "explain",
    "holding",
    "holidays",
    "in_force",
    "individual_by",
    "individuals",
    "known_of",
    "library",
    "lines",
    "loadable",
    "locked",
    "matching",
    "meaning",
    "meant_ids",
    "named_people",
    "naming_days",
    "observing",
    "passes",
    "people_of",
    "plan_for",
    "plan_for_everyone",
    "preview",
    "previewed",
    "proposed",
    "requirement_by",
    "roster",
    "rule_days",
    "rule_people",
    "rule_sentence",
    "sentence",
    "unchanged_since",
    "version_page",
    "whole",
    "with_names",
    "working_calendar",
    "would_mean",
]
