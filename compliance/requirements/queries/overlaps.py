"""Which requirements that are on ask the same people for one of the same courses."""

from dataclasses import dataclass
from datetime import date

from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement
from compliance.requirements.queries.meaning import everybody_meant


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of those a requirement means are meant by `other` too, which one of its courses answers as well."""

    other: Requirement
    count: int


def overlaps(requirement: Requirement, today: date) -> list[Overlap]:
    """The requirements that are on and share a course with this one, by how many people are meant by both that day.

    The requirement need not be saved. One statement, and one or two for each requirement that shares a course.
    """
    courses = _courses(requirement)
    sharing = [
        other
        for other in Requirement.objects.filter(state=RequirementState.ACTIVE).exclude(pk=requirement.pk)
        if courses & _courses(other)
    ]
    if not sharing:
        return []
    meant = everybody_meant(requirement, requirement.rule.audience, today)
    found = [
        Overlap(other, len(meant & everybody_meant(other, other.rule.audience, today))) for other in sharing
    ]
    return sorted((each for each in found if each.count), key=lambda each: (-each.count, each.other.title))


def _courses(requirement: Requirement) -> frozenset[int]:
    return frozenset(course for each in requirement.sets for course in each.courses)
