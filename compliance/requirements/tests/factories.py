"""Valid, boring requirements for tests. Call inside a tenant."""

import datetime as dt
from typing import Any

from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement
from compliance.requirements.rules import courses
from lms.catalog.enums import VersionState
from lms.catalog.models import Course, CourseVersion
from tenants.tests.factories import AT

ALL_STAFF_AND_FACULTY = {"all": [{"kinds": ["staff", "faculty"]}]}


def make_course(key: str = "phishing", title: str = "Recognising phishing", **version: Any) -> Course:
    """A course with a published version and no lessons; made once a key."""
    course, is_new = Course.objects.get_or_create(key=key, defaults={"title": title, "created_at": AT})
    if is_new:
        CourseVersion.objects.create(
            course=course,
            number=1,
            state=VersionState.PUBLISHED,
            title=title,
            minutes=25,
            content_hash="0" * 64,
            created_at=AT,
            published_at=AT,
            **version,
        )
    return course


def course_of(requirement: Requirement) -> Course:
    """The course that is asked for the first time."""
    return Course.objects.get(pk=requirement.sets[0].courses[0])


def make_requirement(*, is_on: bool = True, **fields: Any) -> Requirement:
    """Staff and faculty, 30 days, every 12 months; turned on (without assigning anyone) unless said otherwise."""
    defaults: dict[str, Any] = {
        "title": "Phishing, yearly",
        "audience": ALL_STAFF_AND_FACULTY,
        "starts_on": dt.date(2026, 1, 1),
        "first_due_days": 30,
        "recurs_months": 12,
        "remind_before": [30, 7, 1],
        "created_at": AT,
    }
    if is_on:
        defaults |= {"state": RequirementState.ACTIVE, "turned_on_at": AT, "number": 1}
    course = fields.pop("course", None)
    if "satisfiers" not in fields:
        defaults["satisfiers"] = courses((course or make_course()).pk)
    return Requirement.objects.create(**(defaults | fields))
