"""Choosing people: what the list, the file and the reminder have in common."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.records import queries as records
from compliance.records.enums import CycleProgress
from compliance.requirements import queries as requirements
from lms.people import queries as people

NO_DEPARTMENT = "none"
BY_NAME = ("family_name", "given_name", "user_id")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the people in scope are meant; codes and public ids as they stand in the address."""

    search: str = ""
    standing: str | None = None
    department_code: str | None = None
    requirement_public_id: str | None = None
    progress: str | None = None


def department_choices() -> list[tuple[str, Any]]:
    """(code, name) of every department, and one for people without."""
    named: list[tuple[str, Any]] = [(one.code, one.name) for one in people.departments()]
    return [*named, (NO_DEPARTMENT, _("No department"))]


def requirement_choices() -> list[tuple[str, str]]:
    """(public id, title) of every requirement in force."""
    return [(str(one.public_id), one.title) for one in requirements.in_force()]


def chosen_people(
    *,
    selection: Selection,
    today: date,
    scope: records.Scope,
    place: records.Place = records.main_department,
) -> QuerySet[Any, dict[str, Any]]:
    """One row per chosen person with at least one requirement in force, ordered by name. `place`: as in figures."""
    return records.people(
        today,
        scope,
        standing=selection.standing,
        department_id=_department_id(selection.department_code),
        requirement_id=_requirement_id(selection.requirement_public_id),
        search=selection.search,
        place=place,
        progress=selection.progress,
    ).order_by(*BY_NAME)


def progress_of(
    selection: Selection, today: date, user_ids: Iterable[int] | None = None
) -> dict[int, CycleProgress]:
    """By user: the progress that needs attention most, judged as the list is; of everybody, or of these alone."""
    only = records.EVERYBODY if user_ids is None else records.Scope(user_ids=frozenset(user_ids))
    return records.progress_by_person(
        today, only, requirement_id=_requirement_id(selection.requirement_public_id)
    )


def completions(
    selection: Selection, chosen: QuerySet[Any, dict[str, Any]]
) -> Iterator[records.FinishedCycle]:
    """Every cycle that the chosen people have finished, of the chosen requirement only where one is chosen."""
    ids = list(chosen.values_list("user_id", flat=True))
    return records.finished_cycles(ids, _requirement_id(selection.requirement_public_id))


def _department_id(code: str | None) -> int | None:
    if code is None:
        return None
    if code == NO_DEPARTMENT:
        return records.NO_DEPARTMENT
    return next(one.id for one in people.departments() if one.code == code)


def _requirement_id(public_id: str | None) -> int | None:
    if public_id is None:
        return None
    return next(one.id for one in requirements.in_force() if str(one.public_id) == public_id)
