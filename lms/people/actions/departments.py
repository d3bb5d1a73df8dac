"""What is done with departments."""

from datetime import datetime

from django.db import transaction

from lms.audit import actions as audit
from lms.people.models import Department, User


def rename_department(*, department: Department, name: str, by: User, at: datetime) -> None:
    """Give a department the name people see; rosters go on finding it by its code."""
    if department.name == name:
        return
    with transaction.atomic():
        before, department.name = department.name, name
        department.save(update_fields=["name"])
        audit.record(
            action="people.department_renamed",
            by=by,
            at=at,
            object_label=name,
            object_id=department.public_id,
            facts={"name": [before, name]},
        )
