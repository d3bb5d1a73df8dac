"""The people of a list as a file. The columns are documented and stay as they are."""

from collections.abc import Iterable, Iterator, Mapping
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
    "exempt",
    "grace_counts",
    "on_leave",
    "waived",
    "progress",
)


def people_rows(
    rows: Iterable[dict[str, Any]],
    *,
    as_of: date,
    known_on: date,
    grace_counts: bool,
    progress: Mapping[int, str] | None = None,
) -> Iterator[tuple[object, ...]]:
    """One line a person, under HEADER. `as_of` is the day, in the tenant's zone, the standing was judged on.

    `known_on`: the day up to whose end facts were known. `grace_counts`: whether whoever is in grace counts as
    compliant on that day. `excused` counts requirements, and is `on_leave`, `waived` and `exempt` together; one that
    rests for everybody is in no column.
    `progress`: by user, the progress that needs attention most; None: not known of past days.
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
            row["exempt_count"],
            grace_counts,
            row["leave_count"],
            row["waived_count"],
            str((progress or {}).get(row["user_id"], "")),
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


OWN_HEADER = (
    "requirement",
    "cycle",
    "state",
    "due_on",
    "original_due_on",
    "completed_on",
    "late_days",
    "valid_until",
    "next_time",
    "why",
    "why_this_date",
    "as_of",
    "is_compliant",
    "progress",
)


def own_rows(
    mine: queries.MyTraining, past: Iterable[queries.Past], *, as_of: date
) -> Iterator[tuple[object, ...]]:
    """One person's own record under OWN_HEADER: what applies on `as_of` (tenant's zone), then each cycle that is over.

    The reasons are the sentences of the pages, in the language of the site. `state` of a cycle that is over: completed,
    revoked, or why it was closed.
    """
    for duty in mine.everything:
        owed = duty.owed
        yield (
            *(owed.title, owed.cycle, str(owed.status.value)),
            *((owed.due_on, owed.original_due_on) if duty.is_open else (None, None)),
            *(owed.completed_on, owed.late_days, owed.valid_until, duty.next_time),
            *(" ".join(duty.why), " ".join(duty.date_why)),
            as_of,
            owed.is_compliant,
            str(owed.progress.value) if duty.is_counted else "",
        )
    for one in past:
        cycle = one.cycle
        state = "revoked" if cycle.revocation else cycle.close_reason or "completed"
        yield (
            *(cycle.requirement_title, cycle.cycle, state, cycle.due_on, cycle.original_due_on),
            *(cycle.completed_on, cycle.late_days, cycle.valid_until, "", "", ""),
            as_of,
            "",
            "completed" if cycle.completed_on else "",
        )


SIGNED_LABEL = _("Signed statements")

SIGNED_HEADER = (
    "name",
    "email",
    "employee_id",
    "signed_as",
    "course",
    "course_version",
    "content_hash",
    "policy",
    "policy_version",
    "policy_address",
    "statement",
    "statement_sha256",
    "signed_at",
    "as_of",
)
SIGNED_ORIGIN = ("ip_address", "user_agent")


def signed_rows(
    found: Iterable[tuple[Any, Any]], *, as_of: date, with_origin: bool
) -> Iterator[tuple[object, ...]]:
    """One line a signed statement, under SIGNED_HEADER, and SIGNED_ORIGIN where it is wanted; newest first.

    `found` are people (rows of the list of people) with what they signed. `as_of` is the day, in the tenant's zone, it
    was taken out; `signed_at` is in UTC.
    """
    for row, one in found:
        yield (
            *(records.person_name(row), row["email"], row["external_id"], one.signer_name),
            *(one.course_title, one.version_number, one.content_hash),
            *(one.policy_title, one.policy_version, one.policy_url),
            *(one.statement, one.digest, one.signed_at.isoformat(), as_of),
            *((one.ip_address or "", one.user_agent) if with_origin else ()),
        )


COMPLETIONS_LABEL = _("Completions")

COMPLETIONS_HEADER = (
    "name",
    "email",
    "employee_id",
    "requirement",
    "cycle",
    "due_on",
    "original_due_on",
    "completed_on",
    "late_days",
    "valid_from",
    "valid_until",
    "satisfied_by",
    "course",
    "course_version",
    "counted_for",
    "reason",
    "revoked_on",
    "as_of",
    "topics",
)


def completion_rows(found: Iterable[records.FinishedCycle], *, as_of: date) -> Iterator[tuple[object, ...]]:
    """One line a finished cycle, under COMPLETIONS_HEADER. `as_of` is the day, in the tenant's zone, it was taken out.

    `satisfied_by`: course, equivalent (a course that counted as `counted_for`), or the source of a credit; temporary
    where that only bridged the time. `topics`: what the version covers that was completed, in its author's words.
    """
    for one in found:
        row = one.record
        yield (
            *(row.user.display_name, row.user.email, row.user.external_id),
            *(row.requirement.title, row.cycle, row.due_on, row.original_due_on, row.completed_on),
            row.late_days,
            *(row.valid_from, row.valid_until),
            *_what(row),
            one.revoked_on,
            as_of,
            "; ".join(row.enrollment.course_version.topics) if row.enrollment else "",
        )


def _what(row: Any) -> tuple[object, ...]:
    """satisfied_by, course, course_version, counted_for, reason."""
    if row.enrollment is None:
        source = "temporary" if row.is_temporary else row.credit.source if row.credit else ""
        return source, "", "", "", row.credit.reason if row.credit else ""
    version = row.enrollment.course_version
    if row.counted_for is None or row.counted_for_id == row.enrollment.course_id:
        return "course", version.title, version.number, "", ""
    return "equivalent", version.title, version.number, row.counted_for.title, ""
