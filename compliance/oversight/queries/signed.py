"""What people signed at the end of courses, for those who look after them."""

from typing import Any

from django.db.models import QuerySet

from lms.access import guard
from lms.access.permissions import Permission
from lms.learning import queries as learning


def sees_origin(viewer: Any) -> bool:
    """Whether the viewer is told from where something was signed: who reads the log and takes out all reports."""
    wanted = {Permission.AUDIT_VIEW, Permission.REPORTS_EXPORT}
    return not guard.is_support(viewer) and wanted <= viewer.permissions


def signed_by(chosen: QuerySet[Any, dict[str, Any]]) -> list[tuple[dict[str, Any], learning.SignedStatement]]:
    """The chosen people's rows with each statement they signed, newest first; two statements."""
    people = {row["user_id"]: row for row in chosen}
    return [(people[one.user_id], one) for one in learning.signed_statements(people)]
