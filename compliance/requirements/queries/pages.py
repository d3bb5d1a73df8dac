"""What each page shows, gathered: the requirement in words, the preview, the versions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from compliance.core import audience
from compliance.core.plan import Outcome
from compliance.requirements import basis, facts, rules
from compliance.requirements.enums import RequirementState, Side
from compliance.requirements.models import Requirement
from compliance.requirements.queries.byhand import holding
from compliance.requirements.queries.courses import asked_courses, repeats
from compliance.requirements.queries.listing import all_requirements
from compliance.requirements.queries.meaning import is_too_many_to_plan, meaning
from compliance.requirements.queries.overlaps import overlaps
from compliance.requirements.queries.pictures import picture_of
from compliance.requirements.queries.previews import Affected, DueDay, Preview, preview
from compliance.requirements.queries.sentences import (
    again_text,
    escalation_text,
    first_due_text,
    rule_sentence,
    sentence,
)
from compliance.requirements.queries.settling import settled_by_sets
from compliance.requirements.queries.versions import versions_of
from lms.ui.dates import day_text

OUTCOMES = (
    (Outcome.ASSIGN.value, _("Gets a new obligation")),
    (Outcome.WAIT.value, _("Gets it, without a due date yet")),
    (Outcome.LATER.value, _("Joins later")),
    (Outcome.CREDIT.value, _("Completed already")),
    (Outcome.KEEP.value, _("Has it already")),
    (Outcome.WITHDRAW.value, _("Loses it")),
)
SHOWN_FIRST = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement in a list."""

    requirement: Requirement
    sentence: str
    people_count: int


def lines() -> list[Line]:
    """Every requirement in one sentence, those that are on first; two statements."""
    rows = list(all_requirements())
    names = facts.names(*(audience.parse(row.audience) for row in rows))
    return [Line(row, sentence(row, names), row.people_count) for row in rows]


def whole(requirement: Requirement, today: date) -> dict[str, Any]:
    """Everything the page of one requirement shows on that day of the tenant."""
    rule = audience.parse(requirement.audience)
    names = facts.names(rule)
    context: dict[str, Any] = {
        "requirement": requirement,
        "sentence": sentence(requirement, names),
        "first_due": capfirst(first_due_text(requirement.terms)),
        "again": capfirst(again_text(requirement.terms)),
        "told_above": escalation_text(requirement.escalation),
        "versions": versions_of(requirement),
        **asked_courses(requirement),
        "basis": basis.of(requirement),
        "unset_parameters": basis.unset_parameters(basis.of(requirement)),
        "by_hand": _by_hand_text(requirement, today),
        "waiting_changes": list(requirement.changes.filter(state="waiting").select_related("proposed_by")),
        "ahead": list(requirement.changes.filter(state="agreed").select_related("proposed_by", "decided_by")),
        "gone": sorted(_departments_of(rule) - names.keys()),
        "picture": picture_of(requirement.terms, today),
        "pauses": list(requirement.pauses.order_by("-starts_on")),
    }
    if requirement.state in {RequirementState.DRAFT, RequirementState.PAUSED}:
        context |= mean_only(requirement, today) if is_too_many_to_plan() else previewed(requirement, today)
        context["obstacle"] = rules.obstacle(requirement)
    return context


def _departments_of(rule: audience.Rule) -> set[str]:
    """The codes of every department that the rule names."""
    match rule:
        case audience.Departments(codes):
            return set(codes)
        case audience.Not(part):
            return _departments_of(part)
        case audience.All(parts) | audience.Any(parts):
            return set().union(*map(_departments_of, parts))
        case _:
            return set()


def _by_hand_text(requirement: Requirement, today: date) -> str:
    """How many people are named by hand on that day; empty when nobody is."""
    sides = [each.side for each in holding(requirement, today)]
    added, left_out = sides.count(Side.INCLUDE), sides.count(Side.EXCLUDE)
    texts = [
        ngettext("%(count)d person added", "%(count)d people added", added) % {"count": added}
        if added
        else "",
        ngettext("%(count)d left out", "%(count)d left out", left_out) % {"count": left_out}
        if left_out
        else "",
    ]
    return ", ".join(filter(None, texts))


def mean_only(requirement: Requirement, today: date) -> dict[str, Any]:
    """Whom the requirement means, where there are too many people for a preview; what it does is for a job."""
    rule = audience.parse(requirement.audience)
    return {
        "meant": meaning(requirement, rule, today),
        "overlaps": overlaps(requirement, today),
        "repeats": repeats(requirement),
        "rule_sentence": rule_sentence(rule),
        "is_many": True,
    }


def previewed(requirement: Requirement, today: date) -> dict[str, Any]:
    """The preview of a requirement, saved or not, with its sentence and the first people."""
    found = preview(requirement, today)
    return {
        "preview": found,
        "settling": settled_by_sets(requirement),
        "overlaps": overlaps(requirement, today),
        **asked_courses(requirement),
        "sentence": sentence(requirement, facts.names(audience.parse(requirement.audience))),
        "first_people": found.affected[:SHOWN_FIRST],
        "more_count": max(0, len(found.affected) - SHOWN_FIRST),
        "due_days": [{"label": _day_label(day), "count": day.count} for day in found.due_days],
        "due_peak": max((day.count for day in found.due_days), default=0),
    }


def _day_label(day: DueDay) -> str:
    """One day, or the month that several were drawn together in."""
    return day_text(day.first_on) if day.first_on == day.last_on else date_format(day.first_on, "F Y")


def matching(found: Preview, text: str, outcome: str) -> list[Affected]:
    """The people of a preview whose name or address contains every word, and to whom this happens."""
    words = text.lower().split()
    return [
        row
        for row in found.affected
        if (not outcome or row.outcome == outcome)
        and all(word in f"{row.name} {row.email}".lower() for word in words)
    ]
