"""What may be done to a version, now, and what is to be done about it."""

import datetime as dt

from lms.catalog.enums import Review, VersionState
from lms.catalog.models import CourseVersion

REVIEW_NOTICE = dt.timedelta(days=30)
"""How long before the day by which a course is to be looked at again that is said."""


class NotADraft(Exception):
    """Only a draft can be published."""


class NotPublished(Exception):
    """Only a published version can be retired."""


def check_can_publish(version: CourseVersion) -> None:
    """Raises NotADraft."""
    if version.state != VersionState.DRAFT:
        raise NotADraft(version)


def check_can_retire(version: CourseVersion) -> None:
    """Raises NotPublished."""
    if version.state != VersionState.PUBLISHED:
        raise NotPublished(version)


def review(review_by: dt.date | None, *, today: dt.date) -> Review | None:
    """Whether a course is to be looked at again; None where no day is set. Both days are the tenant's.

    The day itself is still in time.
    """
    if review_by is None:
        return None
    if today > review_by:
        return Review.OVERDUE
    return Review.SOON if review_by - today <= REVIEW_NOTICE else Review.LATER
