"""On which days, and for whom, the facts turn by themselves: nobody has to say so for something to be owed."""

from datetime import date, timedelta

from django.db.models import F, Min, Q

from compliance.core import dates
from compliance.records.enums import AssignmentStatus
from compliance.records.models import Assignment, ComplianceRecord, Credit, Obligation
from compliance.records.queries import excuses
from compliance.requirements import queries as requirements
from compliance.requirements.enums import DueFrom, RequirementState
from lms.learning import queries as learning
from lms.people import queries as people
from tenants import clock

_DAY = timedelta(days=1)


def turning_days(first: date, last: date) -> set[date]:
    """The days from `first` to `last`, both included, on which somebody may come to owe something or no longer."""
    if first > last:
        return set()  # the usual case: no day was missed, so there is nothing to ask
    active = requirements.active()
    starts = {each.starts_on for each in active if first <= each.starts_on <= last}
    by_rule = requirements.naming_days(first, last) | requirements.rule_days(first, last)
    days = starts | people.changing_days(first, last) | by_rule
    # Who comes to owe something on one of these days may have waited out their first sign-in on a later one.
    for wait in {each.sign_in_within_days or 0 for each in active if each.due_from == DueFrom.SIGN_IN}:
        days |= {on for on in (day + timedelta(days=wait) for day in days) if on <= last}
    return days | {day for day in _waited_out(last) if day >= first}


def turning_people(on: date) -> set[int]:
    """Whose own facts turn on that day: an appointment, a leave or an excuse begins, or was over the day before.

    And for whom a rule turns at a distance from one of their days, such as thirty days after they started.
    """
    return (
        people.changing_people(on)
        | requirements.named_people(on)
        | requirements.rule_people(on)
        | excuses.beginning_or_over(on)
    )


def is_quiet(on: date) -> bool:
    """Whether the calendar asks nothing of anybody on that day, the day before having had its turn.

    What people enter and pass wakes a turn of its own. What was passed or credited in the last two days is left to a
    whole turn all the same: it may have been entered while the day before was turned.
    """
    lately = clock.end_of_day(on - 3 * _DAY)
    return not (
        _waited_out(on)
        or turning_requirements(on)
        or turning_people(on)
        or _has_renewals(on)
        or learning.has_completed_since(lately)
        or Credit.objects.filter(at__gte=lately).exists()
    )


def _has_renewals(on: date) -> bool:
    """Whether a window may open by that day for somebody who has nothing open."""
    due = Q(done_record__is_temporary=True)
    for requirement in requirements.active():
        last = on + dates.longest_window(requirement.terms)
        due |= Q(requirement_id=requirement.pk, valid_until__lte=last)
    held = Obligation.objects.filter(due, open_record__isnull=True, valid_until__isnull=False)
    # Whoever waits for a due date is renewed once that can be counted; what brings it wakes a turn, or turns by itself.
    return held.exclude(assignment_status=AssignmentStatus.WAITING).exists()


def _waited_out(last: date) -> set[date]:
    """The days up to `last` on which somebody who waits has not signed in for so long that it is waited for no more."""
    limited = Q(requirement__due_from=DueFrom.SIGN_IN, requirement__sign_in_within_days__isnull=False)
    waiting = Assignment.objects.filter(limited, status=AssignmentStatus.WAITING)
    pairs = waiting.filter(requirement__state=RequirementState.ACTIVE).order_by().distinct()
    days = pairs.values_list("assigned_on", "requirement__sign_in_within_days")
    return {on for on in (since + timedelta(days=wait or 0) for since, wait in days) if on <= last}


def amiss(today: date) -> set[int]:
    """Everybody for whom a look at all people may find something to do on that day, whatever changed it.

    Whose requirements are not those that the rules mean, asked of the database as sets; and those whose dates and
    pauses rest on more than the rule: named by hand, away or excused since the oldest open cycle began, not active, or
    moved. What a first cycle would be credited by since a course was recognised past the product is not looked for.
    """
    found = requirements.named_by_hand()
    for requirement in requirements.active():
        found |= requirements.misplaced_ids(requirement, today)
    of_active = {"requirement__state": RequirementState.ACTIVE}
    held = Assignment.objects.filter(withdrawn_on__isnull=True, **of_active)
    found |= {*held.exclude(status=AssignmentStatus.ACTIVE).values_list("user_id", flat=True)}
    unfinished = ComplianceRecord.objects.filter(
        completed_at__isnull=True, closed_at__isnull=True, **of_active
    )
    found |= {*unfinished.exclude(due_on=F("original_due_on")).values_list("user_id", flat=True)}
    since = unfinished.aggregate(first=Min("window_opens_on"))["first"] or today
    rested = unfinished.filter(requirement__pauses__resumes_on__gte=since)
    found |= {*rested.values_list("user_id", flat=True)}
    return found | excuses.excused_since(since) | people.away_since(min(since, today))


def turning_requirements(on: date) -> list[int]:
    """The requirements that begin on that day, by id: for everybody."""
    return [each.pk for each in requirements.active() if each.starts_on == on]
