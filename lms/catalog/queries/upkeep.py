"""Which courses changed so much, or grew so old, that somebody should act."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from lms.catalog.enums import VersionChange, VersionState
from lms.catalog.models import CourseVersion


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that came after another one."""

    course_id: int
    course_public_id: UUID
    number: int
    title: str
    published_at: dt.datetime


def materially_changed(since: dt.datetime) -> list[NewVersion]:
    """Of each course open to learners the newest version since that moment whose change its author calls material.

    A small correction that came after it takes nothing of it back. By the moment of publishing; one statement.
    """
    rows = CourseVersion.objects.filter(
        change=VersionChange.MATERIAL, published_at__gte=since, course__versions__state=VersionState.PUBLISHED
    )
    newest = rows.select_related("course").order_by("course_id", "-number").distinct("course_id")
    found = [
        NewVersion(row.course_id, row.course.public_id, row.number, row.title, row.published_at or since)
        for row in newest
    ]
    return sorted(found, key=lambda one: (one.published_at, one.course_id))


def newest_material(course_id: int) -> CourseVersion | None:
    """The newest version of a course whose change its author calls material, with who published it; one statement."""
    rows = CourseVersion.objects.filter(course_id=course_id, change=VersionChange.MATERIAL)
    return rows.select_related("published_by").order_by("-number").first()


@dataclass(frozen=True, slots=True)
class DueReview:
    """A course open to learners whose content was to be looked at again by a day that is past."""

    course_public_id: UUID
    title: str
    review_by: dt.date


def overdue_reviews(*, today: dt.date) -> list[DueReview]:
    """Those courses as of `today` in the tenant's zone, the longest overdue first; one statement."""
    rows = CourseVersion.objects.filter(state=VersionState.PUBLISHED, review_by__lt=today)
    ordered = rows.select_related("course").order_by("review_by", "title", "pk")
    return [DueReview(row.course.public_id, row.title, row.review_by) for row in ordered if row.review_by]
