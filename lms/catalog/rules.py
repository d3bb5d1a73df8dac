"""What may be done to a version, now."""

from lms.catalog.enums import VersionState
from lms.catalog.models import CourseVersion


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
