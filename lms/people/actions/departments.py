"""What is done with departments."""

from datetime import datetime

from django.db import transaction

from lms.audit import actions as audit
from lms.people import events, queries
from lms.people.models import Department, User


class CodeTaken(Exception):
    """Another department has this code."""


class OwnParent(Exception):
    """A department cannot be part of itself or of what is part of it."""


def add_department(*, code: str, name: str, parent: Department | None, by: User, at: datetime) -> Department:
    """A new department; rosters find it by `code`, which is kept in capitals. Raises CodeTaken."""
    with transaction.atomic():
        department, is_new = Department.objects.get_or_create(
            code=code.upper(), defaults={"name": name, "parent": parent}
        )
        if not is_new:
            raise CodeTaken
        _record("people.department_added", department, {"code": ["", department.code]}, by, at)
    return department


def change_department(
    *, department: Department, name: str, parent: Department | None, by: User, at: datetime
) -> None:
    """Give a department the name people see and its place; rosters go on finding it by its code.

    Raises OwnParent.
    """
    if parent is not None and parent.pk in queries.with_those_below(department.code):
        raise OwnParent
    facts = {
        "name": [department.name, name],
        "parent": [department.parent.code if department.parent else "", parent.code if parent else ""],
    }
    changes = {field: pair for field, pair in facts.items() if pair[0] != pair[1]}
    if not changes:
        return
    with transaction.atomic():
        department.name, department.parent = name, parent
        department.save(update_fields=["name", "parent"])
        _record("people.department_changed", department, changes, by, at)
        # Requirements find people by department and by what it is part of.
        events.changed.send(sender=None, user_ids=None, at=at)


def _record(action: str, department: Department, facts: dict[str, list[str]], by: User, at: datetime) -> None:
    audit.record(
        action=action, by=by, at=at, object_label=department.name, object_id=department.public_id, facts=facts
    )
