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
    """The versions open to learners that were published since that moment with a change their author calls material."""
    rows = CourseVersion.objects.filter(
        state=VersionState.PUBLISHED, change=VersionChange.MATERIAL, published_at__gte=since
    ).order_by("published_at", "pk")
    return [
        NewVersion(row.course_id, row.course.public_id, row.number, row.title, row.published_at or since)
        for row in rows.select_related("course")
    ]


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
