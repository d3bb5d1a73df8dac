"""The picture of a person's record: a lane for each requirement, one for leaves, today's line."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from compliance.records import queries as records
from lms.people import queries as people
from lms.ui.dates import day_text
from lms.ui.pictures import Lane, Mark, Picture, Span, picture

YEARS = timedelta(days=5 * 366)
_DAY = timedelta(days=1)


def picture_of(user_id: int, today: date) -> Picture | None:
    """The last five years of one person and what lies ahead; None when nothing was ever required."""
    since = today - YEARS
    courses = records.courses_of(user_id)
    lanes = [_lane(course, today, since) for course in courses]
    days = [day for lane in lanes for day in (*(s.first for s in lane.spans), *(m.on for m in lane.marks))]
    if not days:
        return None
    lanes.append(_leaves(user_id, max(since, min(days))))
    begins_before = min(days) < since
    return picture(_("The record as a picture"), lanes, today=today, first=since if begins_before else None)


def _lane(course: records.Course, today: date, since: date) -> Lane:
    spans, marks = [], []
    for one in course.rounds:
        spans += [span for span in _spans(one, today) if span.last is None or span.last >= since]
        marks += [mark for mark in _marks(one) if mark.on >= since]
    spans += [
        Span("excused", first, last, _("excused"))
        for first, last in course.excused
        if last is None or last >= since
    ]
    return Lane(course.title, spans, marks)


def _spans(one: records.Round, today: date) -> Iterator[Span]:
    facts = one.facts
    over = facts.completed_on or one.closed_on
    open_until = min(facts.due_on, over) if over else facts.due_on
    if open_until >= facts.window_opens_on:
        yield Span("todo", facts.window_opens_on, open_until, _("open"))
    late_until = over or max(today, facts.grace_ends_on if facts.due_on < today else facts.due_on)
    if late_until > facts.due_on and (over or facts.due_on < today):
        yield Span("late", facts.due_on + _DAY, late_until, _("late or in grace"))
    elif facts.grace_ends_on > facts.due_on and not over:
        yield Span("late", facts.due_on + _DAY, facts.grace_ends_on, _("grace"))
    if facts.completed_on is not None and (
        one.counts_until is None or one.counts_until >= facts.completed_on
    ):
        yield Span("done", facts.completed_on, one.counts_until, _("trained"))


def _marks(one: records.Round) -> Iterator[Mark]:
    facts = one.facts
    due = _("due")
    if one.was_due_on != facts.due_on:
        due = _("due (first: %(day)s)") % {"day": day_text(one.was_due_on)}
    if one.closed_on is None or facts.due_on <= one.closed_on:
        yield Mark("due", facts.due_on, due)
    if facts.completed_on is not None:
        yield Mark("done", facts.completed_on, _("done"))
    if one.closed_on is not None:
        yield Mark("event", one.closed_on, _("closed without completion"))
    if one.trigger is not None:
        text = records.event_text(one.trigger.kind, one.trigger.title, one.trigger.on)
        yield Mark("event", one.trigger.on, _("asked for again %(why)s") % {"why": text})


def _leaves(user_id: int, since: date) -> Lane:
    spans = [
        Span("excused", first, last, _("on leave"))
        for person in people.person_facts(user_ids=[user_id])
        for first, last in person.leaves
        if last is None or last >= since
    ]
    return Lane(_("Leaves"), spans)
