"""What moves a due date, in its sentences: a table of each, the whole way, and that the steps always meet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.core import dates, derivation, due, triggers
from compliance.core.derivation import Derivation, Move, Mover, Wish
from compliance.core.terms import Absence, Cause, CycleDates, Roll, Terms, Trigger
from compliance.core.tests.makers import d, leave, terms
from compliance.core.tests.test_plan_properties import days as any_day
from compliance.core.tests.test_plan_properties import leaves
from compliance.core.tests.test_plan_properties import terms as any_terms
from compliance.records.queries import derived_words

TEST = Trigger("phishing", "Spring test", d("2026-03-03"))
FACTS = (*TEST.facts, ("recorded_on", "2026-03-05"), ("given_days", "14"))
CHANGED = (("by", "Bo Brandt"), ("decided_on", "2026-05-01"), ("number", "4"), ("reason", "The law changed."))

MOVES = {
    Mover.CHANGE: (
        [Wish(Mover.CHANGE, d("2026-07-15"), CHANGED)], [], "2026-07-15",
        ["Moved from 1 Jul 2026 to 15 Jul 2026 by change 4 of 1 May 2026 by Bo Brandt: The law changed."],
    ),
    Mover.EXTENSION: (
        [Wish(Mover.EXTENSION, d("2026-07-20"), CHANGED[:2])], [], "2026-07-20",
        ["Extended from 1 Jul 2026 to 20 Jul 2026, decided by Bo Brandt on 1 May 2026."],
    ),
    Mover.EVENT: (
        [Wish(Mover.EVENT, d("2026-06-19"), FACTS)], [], "2026-06-19",
        [("Asked for by 19 Jun 2026 instead of 1 Jul 2026 because of a failed phishing test on 3 Mar 2026: Spring test "
          "(14 days after that was recorded on 5 Mar 2026).")],
    ),
    Mover.LEAVE: (
        [], [leave("2026-06-20", "2026-08-31")], "2026-09-15",
        ["1 Jul 2026 lies in the leave from 20 Jun 2026 to 31 Aug 2026: 14 days after 1 Sep 2026, 15 Sep 2026."],
    ),
    Mover.PAUSE: (
        [], [Absence(d("2026-06-20"), d("2026-09-01"), Cause.PAUSE)], "2026-09-15",
        [("1 Jul 2026 lies in the requirement's pause from 20 Jun 2026 to 31 Aug 2026: "
          "14 days after 1 Sep 2026, 15 Sep 2026.")],
    ),
    Mover.WAIVER: (
        [], [Absence(d("2026-06-20"), d("2026-09-01"), Cause.WAIVER)], "2026-10-01",
        ["1 Jul 2026 lies in the waiver from 20 Jun 2026 to 31 Aug 2026: 30 days after 1 Sep 2026, 1 Oct 2026."],
    ),
    Mover.EXEMPTION: (
        [], [Absence(d("2026-06-20"), d("2026-09-01"), Cause.EXEMPTION)], "2026-10-01",
        ["1 Jul 2026 lies in the exemption from 20 Jun 2026 to 31 Aug 2026: 30 days after 1 Sep 2026, 1 Oct 2026."],
    ),
    Mover.OPENING: (
        [Wish(Mover.CHANGE, d("2026-05-01"), CHANGED)], [], "2026-06-01",
        ["Moved from 1 Jul 2026 to 1 May 2026 by change 4 of 1 May 2026 by Bo Brandt: The law changed.",
         "It was opened on 1 Jun 2026, and is not due before that."],
    ),
    Mover.OTHER: (
        [], [], "2026-07-02", ["Moved from 1 Jul 2026 to 2 Jul 2026 when it was worked out last."],
    ),
}  # fmt: skip


def moved(of: Terms, wishes, absences, due_on: str) -> list[str]:
    cycle = CycleDates(d("2026-06-01"), d(due_on), d(due_on), d("2026-07-01"))
    reason = due.first_due(of, d("2026-06-01"), d("2026-06-01")).facts(of)
    found = Derivation(derivation.first(), d("2026-07-01"), derivation.moves(of, cycle, wishes, absences))
    assert found.due_on == d(due_on)
    return list(derived_words.date_texts(found, reason))


def test_whatever_moves_a_date_is_in_a_row():
    assert set(MOVES) == set(Mover)


@pytest.mark.parametrize("mover", MOVES)
def test_each_thing_that_moves_a_date_says_from_where_to_where(mover):
    wishes, absences, due_on, expected = MOVES[mover]
    assert moved(terms(), wishes, absences, due_on) == [
        "30 days after joining on 1 Jun 2026: 1 Jul 2026.",
        *expected,
    ]


def test_another_list_of_holidays_is_no_numbered_change():
    facts = (("by", "Bo Brandt"), ("decided_on", "2026-05-01"), ("number", "0"), ("reason", "Closed"))
    wish = Wish(Mover.CHANGE, d("2026-07-02"), facts)
    said = moved(terms(), [wish], [], "2026-07-02")[-1]
    assert said == "Moved from 1 Jul 2026 to 2 Jul 2026 with the holidays on 1 May 2026 by Bo Brandt: Closed."


def test_the_whole_way_stands_there_in_its_order():
    wishes = [
        Wish(Mover.CHANGE, d("2026-07-15"), CHANGED),
        Wish(Mover.EXTENSION, d("2026-07-25"), CHANGED[:2]),
    ]
    assert moved(terms(roll=Roll.LATER), wishes, [leave("2026-07-20", "2026-08-29")], "2026-09-14") == [
        "30 days after joining on 1 Jun 2026: 1 Jul 2026.",
        "Moved from 1 Jul 2026 to 15 Jul 2026 by change 4 of 1 May 2026 by Bo Brandt: The law changed.",
        "Extended from 15 Jul 2026 to 25 Jul 2026, decided by Bo Brandt on 1 May 2026.",
        "25 Jul 2026 lies in the leave from 20 Jul 2026 to 29 Aug 2026: 14 days after 30 Aug 2026, 13 Sep 2026.",
        "13 Sep 2026 is a weekend or holiday: moved to 14 Sep 2026.",
    ]  # fmt: skip


wishes_of = st.lists(
    st.builds(Wish, st.sampled_from([Mover.CHANGE, Mover.EXTENSION, Mover.EVENT]), any_day),
    max_size=4,
)


@given(any_terms(), any_day, st.integers(0, 200), wishes_of, st.lists(leaves, max_size=3))
def test_the_steps_meet_and_end_where_the_engine_puts_the_date(of, opens_on, days, wishes, absences):
    original = opens_on + timedelta(days=days)
    base = original
    for wish in wishes:
        if wish.by is Mover.CHANGE:
            base = wish.on
        else:
            pair = (wish.on, None) if wish.by is Mover.EXTENSION else (None, wish.on)
            base = triggers.pressed(base, [pair])
    due_on = max(dates.after_absences(of, base, absences), opens_on)
    steps = derivation.moves(of, CycleDates(opens_on, due_on, due_on, original), wishes, absences)
    here: date = original
    for step in steps:
        assert isinstance(step, Move)
        assert step.before == here
        assert step.after != here or step.by in {Mover.LEAVE, Mover.PAUSE}
        assert step.by is not Mover.OTHER
        here = step.after
    assert here == due_on
