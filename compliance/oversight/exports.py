"""The people of a list as a file. The columns are documented and stay as they are."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.records import queries as records

LABEL = _("People and their standing")

HEADER = (
    "name",
    "email",
    "employee_id",
    "department",
    "standing",
    "is_compliant",
    "requirements",
    "compliant",
    "late",
    "in_grace",
    "due_soon",
    "excused",
    "next_due_on",
    "as_of",
)


def people_rows(rows: Iterable[dict[str, Any]], *, as_of: date) -> Iterator[tuple[object, ...]]:
    """One line a person, under HEADER. `as_of` is the day, in the tenant's zone, the standing was judged on."""
    for row in rows:
        yield (
            records.person_name(row),
            row["email"],
            row["external_id"],
            row["department_name"],
            str(records.worst_status(row)),
            row["is_compliant"],
            row["required_count"],
            row["compliant_count"],
            row["late_count"],
            row["grace_count"],
            row["due_soon_count"],
            row["excused_count"],
            row["next_due_on"],
            as_of,
        )
