"""Whom a rule means on a day, asked of the database in one statement over the whole population."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from compliance.core import audience
from compliance.core.turning import Of, Turning, turnings
from compliance.requirements import sql
from compliance.requirements.enums import DueFrom, RequirementState
from compliance.requirements.models import Requirement
from lms.people import queries as people


def meant_ids(rule: audience.Rule, today: date) -> frozenset[int]:
    """The ids of everyone whom the rule means on that day, whoever is named by hand; one statement."""
    meant, values = _meant(rule, today)
    return _ids(f"{people.RELATIONS} {meant}", values)


def misplaced_ids(requirement: Requirement, today: date) -> frozenset[int]:
    """Whom the rule means on that day and who does not have the requirement, and the other way round; one statement.

    Whoever is named by hand stands here by the rule alone. The assignments belong to `records`; they are reached
    through the relation.
    """
    rows = requirement.assignments.filter(withdrawn_on__isnull=True).order_by().values("user_id")
    held, held_values = rows.query.sql_with_params()
    meant, values = _meant(requirement.rule.audience, today)
    if today < requirement.starts_on:
        return _ids(held, held_values)
    # Put together from constants; every value goes in by a placeholder.
    text = f"""
    {people.RELATIONS}, meant AS MATERIALIZED ({meant}), held AS MATERIALIZED ({held})
    (TABLE meant EXCEPT TABLE held) UNION ALL (TABLE held EXCEPT TABLE meant)
    """
    return _ids(text, [*values, *held_values])


def _meant(rule: audience.Rule, today: date) -> tuple[str, list[Any]]:
    meant = sql.condition(rule, today)
    # Put together from constants; every value goes in by a placeholder.
    text = f"""
    SELECT DISTINCT a.user_id FROM appointment a
     WHERE a.starts_on <= %s AND (a.ends_on IS NULL OR a.ends_on >= %s) AND {meant.text}
    """  # noqa: S608
    return text, [today, today, *meant.values]


def _ids(text: str, values: Sequence[Any]) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return frozenset(row[0] for row in cursor.fetchall())


def rule_days(first: date, last: date) -> set[date]:
    """The days from `first` to `last` on which a rule that is on may turn for somebody by the calendar alone.

    One statement for each thing that such a rule counts from, none when there is none.
    """
    days: set[date] = set()
    for each in _turnings():
        back = timedelta(days=each.offset)
        held = people.days_of(each.of.value, each.code, first - back, last - back)
        days |= {day for day in map(each.on, held) if day is not None}
    return days


def rule_people(on: date) -> set[int]:
    """For whom a rule that is on may turn on that day by the calendar alone; as many statements."""
    found: set[int] = set()
    for each in _turnings():
        day = on - timedelta(days=each.offset)
        found |= people.whose_day(each.of.value, each.code, day)
    return found


def titles_using(code: str) -> list[str]:
    """The titles of requirements whose rule asks for the group or system of this code; retired ones do not count."""
    return [title for title, rule in _rules() if code in audience.group_codes(rule)]


def titles_asking(key: str) -> list[str]:
    """The titles of requirements whose rule asks for the field of this key, or whose due date is counted from it.

    Retired ones do not count.
    """
    counted = _live().filter(due_from=DueFrom.FIELD, due_field=key).values_list("title", flat=True)
    asking = (title for title, rule in _rules() if key in audience.field_keys(rule))
    return sorted({*counted, *asking})


def titles_about(codes: Collection[str]) -> list[str]:
    """The titles of requirements whose rule names one of these departments; retired ones do not count."""
    return [
        title
        for title, rule in _rules()
        if any(
            isinstance(leaf, audience.Departments) and {*leaf.codes} & {*codes}
            for leaf in audience.leaves(rule)
        )
    ]


def put_away(rule: audience.Rule) -> list[str]:
    """The names of the groups and fields that the rule asks for and that are archived or retired; two statements."""
    codes, keys = audience.group_codes(rule), audience.field_keys(rule)
    groups = (
        [row.name for row in people.all_groups() if row.is_archived and row.code in codes] if codes else []
    )
    fields = [row.name for row in people.all_fields() if row.is_retired and row.key in keys] if keys else []
    return groups + fields


def _rules() -> list[tuple[str, audience.Rule]]:
    rows = _live().order_by("title", "pk").values_list("title", "audience")
    return [(title, audience.parse(rule)) for title, rule in rows]


def _live() -> QuerySet[Requirement]:
    return Requirement.objects.exclude(state=RequirementState.RETIRED)


def _turnings() -> set[Turning]:
    """With what the rules and the due dates of what is on turn."""
    found: set[Turning] = set()
    on = Requirement.objects.filter(state=RequirementState.ACTIVE)
    for rule, due_from, key in on.values_list("audience", "due_from", "due_field"):
        found |= turnings(audience.parse(rule))
        if due_from == DueFrom.FIELD:
            found.add(Turning(Of.FIELD, 0, key))
        elif due_from == DueFrom.SIGN_IN:
            found.add(Turning(Of.SIGN_IN, 0))
    return found
