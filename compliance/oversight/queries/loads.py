"""When loading past completions, or taking a load back, takes a second person: above as many people as a change."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from compliance.changes import queries as changes
from compliance.records import queries as records
from compliance.records.actions import Refused
from tenants import clock

if TYPE_CHECKING:
    from lms.people.models import User


def load_takes_two(user_ids: Collection[int], *, by: "User", at: datetime, is_undo: bool = False) -> bool:
    """Whether somebody else has to agree to what concerns these people; never where nobody else may certify at all.

    Raises records.Refused where everybody else who may is one of them: nobody could decide, and nobody is to become the
    only one by naming the others.
    """
    limit = changes.limit_alone(at)
    if limit is None or len(user_ids) <= limit:
        return False
    others = records.load_deciders(by, today=clock.today(at))
    if not others:
        return False
    if any(one.pk not in user_ids for one in others):
        return True
    if is_undo:
        raise Refused(
            _(
                "So many people take two, and everybody else who may agree is in this load. Revoke theirs first."
            )
        )
    raise Refused(
        _(
            "So many people take two, and everybody else who may agree stands in this file. Load their lines apart."
        )
    )
