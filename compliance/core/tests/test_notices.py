"""How many mails a change says will leave: never fewer than do leave, by the foresight of the same days."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.core import change, dates, foresight, notices
from compliance.core.audience import Everyone
from compliance.core.change import Reach
from compliance.core.duties import MAIL, Duty, Habits, Held
from compliance.core.holding import Due, Holding
from compliance.core.ladder import Ladder
from compliance.core.plan import Rule, decide
from compliance.core.satisfiers import CourseSet, Satisfiers
from compliance.core.terms import Absence, Appointment, Cause, CycleFacts, DueFrom, Period, Person, Terms

from .makers import d

TODAY = d("2026-11-23")
DAY = timedelta(days=1)
URGENT = frozenset({("due", 0), ("before", 1)})
todays = st.integers(0, 6).map(lambda days: TODAY + days * DAY)
ladders = st.builds(
    Ladder, st.sets(st.integers(1, 40), max_size=3).map(tuple), st.integers(0, 9), st.integers(0, 5)
)
causes = st.sampled_from([Cause.LEAVE, Cause.WAIVER, Cause.EXEMPTION])
absences = st.builds(
    lambda first, length, cause: Absence(TODAY + first * DAY, TODAY + (first + length) * DAY, cause),
    st.integers(-20, 40),
    st.integers(1, 30),
    causes,
)


def lived(duty, today, said=()):
    """On how many days mail leaves, if nobody does anything."""
    habits = Habits(lambda on: on.weekday() < 5, URGENT)
    held = replace(duty.held, said=frozenset(said)) if duty.held is not None else None
    events = foresight.foresee(
        [replace(duty, held=held)], today, today + (notices.MAIL_DAYS - 1) * DAY, habits
    )
    return sum(each.what == MAIL for each in events)


def duty_of(rule, steps, person, held=None):
    return Duty(1, rule, steps, Satisfiers((CourseSet(1, (1,)),)), person, (), held)


@settings(max_examples=150)
@given(
    todays,
    st.tuples(ladders, ladders),
    st.lists(absences, max_size=1),
    st.tuples(st.integers(0, 60), st.integers(-30, 50)),
    st.integers(-40, 60),
)
def test_no_fewer_days_are_shown_than_mails_leave_when_an_open_date_moves(today, steps, away, cycle, moved):
    """A change moves the due date and the reminders of an open cycle; what was told before was told in time."""
    opened_on, due_on = today - cycle[0] * DAY, today + cycle[1] * DAY
    assume(due_on >= opened_on)
    assume(all(each.cause is Cause.LEAVE or each.returns_on > today for each in away))
    before, after = steps
    terms = Terms(d("2026-01-01"), 30, due_from=DueFrom.ASSIGNMENT)
    person = Person(1, (Appointment("staff", ("LAW",), d("2020-01-01")),), tuple(away))
    held = Holding(opened_on, _open(terms, opened_on, due_on, away), due_on)
    rule, then = Rule(terms, Everyone()), max(due_on + moved * DAY, opened_on)
    line = change.kept(
        old=(terms, before), rule=rule, steps=after, person=person, held=held, reach=Reach.FUTURE, today=today,
        returned=Due(then, then, 0),
    )  # fmt: skip
    due = change.due_now(terms, person, held)
    shown = line.mails[1] if line else change.mails_of((terms, after), person, held, due, today=today)
    told = change.told_of(person, held, due, before, today)
    now = Held(opened_on, (_open(terms, opened_on, then, away),), original_due_on=then)
    assert lived(duty_of(rule, after, person, now), today, told) <= len(shown)


def _open(terms, opened_on, due_on, away):
    seen = max(dates.after_absences(terms, due_on, away), opened_on)
    return CycleFacts(1, opened_on, seen, seen)


@settings(max_examples=100)
@given(todays, ladders, st.integers(0, 60), st.integers(0, 400), st.lists(absences, max_size=1))
def test_no_fewer_days_are_shown_than_mails_leave_for_whoever_gets_it_or_renews_it(
    today, steps, days, done, away
):
    """Somebody new, and somebody with nothing open whose next cycle opens in the stretch ahead."""
    terms = Terms(d("2020-01-01"), days, recurs=Period(days=380), window_days=40, due_from=DueFrom.ASSIGNMENT)
    person = Person(1, (Appointment("staff", ("LAW",), d("2020-01-01")),), tuple(away))
    rule = Rule(terms, Everyone())
    after = decide(rule, person, False, (), today)
    new = change.gained(terms, person, before=None, after=after, steps=steps, today=today)
    assert lived(duty_of(rule, steps, person), today) <= len(new.mails[1])
    done_on = today - done * DAY
    valid = dates.validity(terms, done_on)
    last = CycleFacts(1, done_on, done_on, done_on, done_on, valid.valid_from, valid.valid_until)
    assume(dates.window_opens(terms, valid.valid_until, done_on) > today)
    held = Holding(done_on, last=last, anchored_on=valid.anchored_on)
    shown = change.mails_of((terms, steps), person, held, None, today=today)
    now = Held(done_on, (last,), anchored_on=valid.anchored_on)
    assert lived(duty_of(rule, steps, person, now), today) <= len(shown)
