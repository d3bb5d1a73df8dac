"""Pages of courses."""

from lms.catalog.views.courses import course_detail, course_list, lesson_preview
from lms.catalog.views.publishing import publish, retire
from lms.catalog.views.uploads import starter, upload, upload_check

__all__ = [
    "course_detail",
    "course_list",
    "lesson_preview",
    "publish",
    "retire",
    "starter",
    "upload",
    "upload_check",
]
