"""On which days, and for whom, the facts turn by themselves: nobody has to say so for something to be owed."""

from datetime import date, timedelta

from django.db.models import Q

from compliance.records.enums import RequestState
from compliance.records.models import Waiver
from compliance.requirements import queries as requirements
from lms.people import queries as people

_DAY = timedelta(days=1)


def turning_days(first: date, last: date) -> set[date]:
    """The days from `first` to `last`, both included, on which somebody may come to owe something or no longer."""
    starts = {each.starts_on for each in requirements.active() if first <= each.starts_on <= last}
    by_rule = requirements.naming_days(first, last) | requirements.rule_days(first, last)
    return starts | people.changing_days(first, last) | by_rule


def turning_people(on: date) -> set[int]:
    """Whose own facts turn on that day: an appointment, a leave or a waiver begins, or was over the day before.

    And for whom a rule turns at a distance from one of their days, such as thirty days after they started.
    """
    over = Q(ended_on=on) | Q(ended_on__isnull=True, ends_on=on - _DAY)
    waived = Waiver.objects.filter(Q(starts_on=on) | over, state=RequestState.APPROVED)
    return (
        people.changing_people(on)
        | requirements.named_people(on)
        | requirements.rule_people(on)
        | {*waived.values_list("user_id", flat=True)}
    )


def turning_requirements(on: date) -> list[int]:
    """The requirements that begin on that day, by id: for everybody."""
    return [each.pk for each in requirements.active() if each.starts_on == on]
