"""The people of a list as a file. The columns are documented and stay as they are."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.oversight import queries
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
    "known_on",
)


def people_rows(
    rows: Iterable[dict[str, Any]], *, as_of: date, known_on: date
) -> Iterator[tuple[object, ...]]:
    """One line a person, under HEADER. `as_of` is the day, in the tenant's zone, the standing was judged on.

    `known_on`: the day up to whose end facts were known.
    """
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
            known_on,
        )


RESTATED_LABEL = _("Restatement")

RESTATED_HEADER = (
    "name",
    "email",
    "requirement",
    "then",
    "then_due_on",
    "then_completed_on",
    "then_valid_until",
    "now",
    "now_due_on",
    "now_completed_on",
    "now_valid_until",
    "what_changed",
    "changed_at",
    "changed_by",
    "why",
    "as_of",
    "then_known_on",
    "now_known_on",
)


def restated_rows(
    lines: Iterable[queries.RestatedLine], *, as_of: date, then_known_on: date, now_known_on: date
) -> Iterator[tuple[object, ...]]:
    """One line for each changed fact of a person and requirement that stand otherwise, under RESTATED_HEADER."""
    for line in lines:
        one = line.difference
        standing = (
            *(one.name, one.email, one.requirement),
            *(str(one.then.status), one.then.due_on, one.then.completed_on, one.then.valid_until),
            *(str(one.now.status), one.now.due_on, one.now.completed_on, one.now.valid_until),
        )
        days = (as_of, then_known_on, now_known_on)
        told: list[tuple[object, ...]] = [
            (cause.text, cause.at, cause.by, cause.why) for cause in line.causes
        ]
        for cause in told or [("", "", "", "")]:
            yield (*standing, *cause, *days)
