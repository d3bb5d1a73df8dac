"""Opening a version to learners, and closing it."""

import datetime as dt
from typing import Any

from django.db import transaction

from lms.audit import actions as audit
from lms.catalog import rules
from lms.catalog.enums import VersionState
from lms.catalog.events import course_published
from lms.catalog.models import Course, CourseVersion


@transaction.atomic
def publish(
    *, version: CourseVersion, by: Any, at: dt.datetime, change: str = "", change_note: str = ""
) -> CourseVersion:
    """Freeze a draft and give it to everyone who starts from now on; the version before it is retired.

    Whoever is in the middle of the earlier version finishes that one. `by` is the person (None: the system),
    `at` the moment in UTC. `change` (a VersionChange) and `change_note` say what is different; a material change says
    what. Asking for training again is not the matter of publishing. Raises rules.NotADraft.
    """
    course = Course.objects.select_for_update().get(pk=version.course_id)
    version = CourseVersion.objects.select_for_update().get(pk=version.pk)
    rules.check_can_publish(version)
    course.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED, retired_at=at)
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, at, by
    version.change, version.change_note = change, change_note
    version.save(update_fields=["state", "published_at", "published_by", "change", "change_note"])
    Course.objects.filter(pk=course.pk).update(title=version.title, summary=version.summary)
    course_published.send(sender=None, course_id=course.pk, version_id=version.pk, at=at)
    _record("course.published", version, course, by=by, at=at)
    return version


@transaction.atomic
def retire(*, version: CourseVersion, by: Any, at: dt.datetime) -> CourseVersion:
    """Take a published version away from new learners. Raises rules.NotPublished."""
    course = Course.objects.select_for_update().get(pk=version.course_id)
    version = CourseVersion.objects.select_for_update().get(pk=version.pk)
    rules.check_can_retire(version)
    version.state, version.retired_at = VersionState.RETIRED, at
    version.save(update_fields=["state", "retired_at"])
    _record("course.retired", version, course, by=by, at=at)
    return version


def _record(action: str, version: CourseVersion, course: Course, *, by: Any, at: dt.datetime) -> None:
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=str(version),
        object_id=course.public_id,
        facts={"version": version.number, "content_hash": version.content_hash}
        | ({"change": version.change, "note": version.change_note} if version.change else {}),
    )
