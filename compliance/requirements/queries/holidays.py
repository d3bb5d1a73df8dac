"""The holidays as they stand."""

from django.db.models import Q

from compliance.requirements.enums import DueUnit, RequirementState, Roll
from compliance.requirements.models import Holiday, Requirement, working_calendar

__all__ = ["holidays", "observing", "working_calendar"]


def holidays() -> list[Holiday]:
    """Every holiday, by day."""
    return list(Holiday.objects.all())


def observing() -> list[Requirement]:
    """The requirements, but retired ones, whose dates weekends and holidays move; by title."""
    observes = ~Q(roll=Roll.NONE) | Q(due_unit=DueUnit.WORKING)
    return list(
        Requirement.objects.filter(observes).exclude(state=RequirementState.RETIRED).order_by("title", "pk")
    )
