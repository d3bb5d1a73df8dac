"""The way to where changes of what is in force, and of the holidays, are decided: an app above, named by settings."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from compliance.requirements import rules
from compliance.requirements.models import Requirement


def take_there(
    *,
    requirement: Requirement,
    kind: str,
    by: Any,
    at: datetime,
    definition: rules.Definition | None = None,
    is_seen: bool = False,
) -> str:
    """Prepare the change and answer the address of its page.

    `kind` is edit, turn_on, resume, pause or retire; `definition` what an edit is to say. `is_seen`: the difference was
    on the screen already, so it is made at once where one person may. Raises rules.NotAllowedNow with the reason.
    """
    content = None
    if definition is not None:
        content = rules.content_of(definition.apply_to(Requirement.objects.get(pk=requirement.pk)))
    open_change = import_string(settings.REQUIREMENT_CHANGES)
    address: str = open_change(
        requirement=requirement, kind=kind, content=content, by=by, at=at, is_seen=is_seen
    )
    return address


def take_holidays_there(*, days: Mapping[date, str], by: Any, at: datetime) -> str:
    """Prepare a change of the list of holidays to these days and answer the address of its page.

    The answer is empty where it moves nobody's dates: then it is made. Raises rules.NotAllowedNow with the reason.
    """
    open_holidays = import_string(settings.HOLIDAY_CHANGES)
    address: str = open_holidays(days=days, by=by, at=at)
    return address
