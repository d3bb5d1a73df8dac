"""What oversight is asked by those below it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from compliance.oversight import queries
from lms.learning import events as learning
from lms.ui.dates import day_text


def connect() -> None:
    """Answer. Called once, from `apps.ready()`."""
    learning.advice_asked.connect(_on_advice_asked, dispatch_uid="oversight.advice")


def _on_advice_asked(
    sender: object, *, user_id: int, course_id: int, today: date, **_facts: Any
) -> list[str]:
    """Who is done, and whose renewal is not open yet, hears it before they take the time."""
    early = queries.too_early_for(user_id=user_id, course_id=course_id, today=today)
    return [
        _(
            "\u201c%(title)s\u201d is done until %(until)s. It can be done again from %(opens)s; "
            "a pass before that day leaves the date as it is."
        )
        % {
            "title": duty.owed.title,
            "until": day_text(duty.owed.valid_until),
            "opens": day_text(duty.opens_on),
        }
        for duty in early
        if duty.owed.valid_until is not None and duty.opens_on is not None
    ]
