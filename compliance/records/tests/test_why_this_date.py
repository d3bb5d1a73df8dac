"""Why this date, for every way in which a cycle comes to one: a table of the engine's dates and their sentences.

Each row makes its cycle with the engine itself, so that the sentences are held to the date that the engine gives.
"""

from dataclasses import replace
from typing import Any

import pytest

from compliance.core import dates, derivation, due, triggers
from compliance.core.derivation import Derivation, Opened, Until
from compliance.core.due import CountedFrom
from compliance.core.fields import FieldValue
from compliance.core.milestones import DateField, FirstSignIn, Milestone, Other
from compliance.core.terms import (
    Absence,
    Anchor,
    Calendar,
    Cause,
    CycleFacts,
    DayUnit,
    DueFrom,
    FixedDay,
    Period,
    Roll,
    Terms,
    Trigger,
)
from compliance.core.tests.makers import d, person, post, terms, yearly
from compliance.records.queries import derived_words, words
from lms.ui.dates import day_text

ROLLING: dict[str, Any] = {"roll": Roll.LATER, "calendar": Calendar(frozenset({d("2026-07-03")}))}
TEST = Trigger("phishing", "Spring test", d("2026-03-03"))


def first(
    of: Terms,
    assigned_on: str = "2026-06-01",
    since: str = "2026-06-01",
    done_on: str | None = None,
    signed_in_on: str | None = None,
    today: str | None = None,
):
    """The first cycle of somebody with one appointment since then: its dates, and the reason that is stored."""
    appointment = post(since=since)
    done = (Milestone(7, d(done_on), d(done_on)),) if done_on else ()
    who = replace(
        person(1, post(since="2020-01-01", until="2026-05-31"), appointment), milestones=done, fields=VISA
    )
    who = replace(who, signed_in_on=d(signed_in_on) if signed_in_on else None)
    begun = due.begin(of, who, appointment, d(assigned_on), d(today) if today else None)
    assert begun is not None
    cycle = dates.opened(of, begun.opens_on, begun.first.due_on)
    rolled = cycle.original_due_on != begun.first.due_on
    reason = begun.first.facts(of) + ((("rolled_from", begun.first.due_on.isoformat()),) if rolled else ())
    return of, cycle, derivation.first(), reason


def renewed(of: Terms, done_on: str, previous: str | None = None, **known):
    """The renewal of what was done on that day; `previous`: what that had renewed was done then."""
    before = dates.validity(of, d(previous)) if previous else None
    valid = dates.validity(of, d(done_on), before)
    until = known.pop("until", valid.valid_until)
    is_temporary = known.get("is_temporary", False)
    done = CycleFacts(
        1, d(done_on), d(done_on), d(done_on), d(done_on), valid.valid_from, until, is_temporary
    )
    cycle = dates.renewal(of, until, d(done_on), is_temporary=is_temporary)
    lasts_until = until if known.get("is_proof") else None
    facts = derivation.renewal(known.get("now", of), done, valid.anchored_on, cycle, lasts_until=lasts_until)
    return of, cycle, facts, ()


def asked(of: Terms, last: CycleFacts | None, today: str = "2026-03-05", days: int = 14):
    """The cycle that a failed phishing test opened."""
    place = triggers.Place((last,) if last else ())
    found = triggers.ask(of, person(), place, (), triggers.Occasion(d("2026-03-03"), days, d(today)))
    assert found.dates is not None
    return of, found.dates, (("opened", "event"), *TEST.facts, *found.because), ()


def excused(of: Terms, cause: Cause, owed_by: str | None = None):
    """The cycle that opens when a waiver or an exemption from 1 January to 28 February is over."""
    absence = Absence(d("2026-01-01"), d("2026-03-01"), cause)
    cycle = dates.after_waiver(of, d("2026-03-01"), d(owed_by) if owed_by else None)
    return of, cycle, derivation.excuse(of, [absence], cycle), ()


def revoked(of: Terms, set_to: str):
    """The cycle that opened on 5 March because what was done on 3 February was revoked."""
    cycle = dates.opened(of, d("2026-03-05"), d(set_to))
    return of, cycle, derivation.revocation(d("2026-02-03"), d("2026-03-05"), d(set_to), cycle), ()


VALID = CycleFacts(
    1, d("2025-03-10"), d("2025-03-10"), d("2025-03-10"), d("2025-03-10"), d("2025-03-10"), d("2026-03-10")
)
RENEW = "it has to be renewed by then."
VISA = (FieldValue("visa", d("2026-06-11"), d("2026-01-01")),)
FROM_VISA: dict[str, Any] = {"due_from": DueFrom.FIELD, "due_field": DateField("visa", "Visa issued")}
LAB: dict[str, Any] = {"due_from": DueFrom.COMPLETION, "due_after": Other(7, "Lab basics")}

OPENINGS = {
    "joining": (first(terms()), ["30 days after joining on 1 Jun 2026: 1 Jul 2026."]),
    "working days": (
        first(terms(due_unit=DayUnit.WORKING, first_due_days=10)),
        ["10 working days after joining on 1 Jun 2026: 15 Jun 2026."],
    ),
    "hire": (
        first(terms("2019-01-01", due_from=DueFrom.HIRE, first_due_days=2400)),
        ["2400 days after being hired on 1 Jan 2020: 28 Jul 2026."],
    ),
    "start": (
        first(terms("2026-06-10")),
        ["30 days after the requirement's start on 10 Jun 2026: 10 Jul 2026."],
    ),
    "assigned": (
        first(terms(due_from=DueFrom.ASSIGNMENT)),
        ["30 days after it was assigned on 1 Jun 2026: 1 Jul 2026."],
    ),
    "completion": (
        first(terms(**LAB), done_on="2026-05-20"),
        ["30 days after completing “Lab basics” on 20 May 2026: 19 Jun 2026."],
    ),
    "a date field": (
        first(terms(**FROM_VISA)),
        ["30 days after the day in “Visa issued”, 11 Jun 2026: 11 Jul 2026."],
    ),
    "first sign-in": (
        first(terms(due_from=DueFrom.SIGN_IN), signed_in_on="2026-05-20"),
        ["30 days after first signing in on 20 May 2026: 19 Jun 2026."],
    ),
    "no sign-in": (
        first(terms(due_from=DueFrom.SIGN_IN, sign_in=FirstSignIn(10)), today="2026-06-11"),
        ["30 days after 11 Jun 2026, as there was no sign-in before: 11 Jul 2026."],
    ),
    "one date": (
        first(terms("2026-06-10", due_from=DueFrom.FIXED, due_on=d("2026-12-01"))),
        ["One date for everybody, 1 Dec 2026."],
    ),
    "calendar": (
        first(yearly("fixed", fixed=(8, 31), due_from=DueFrom.CALENDAR)),
        ["The due day of the year, 31 Aug 2026."],
    ),
    "past on arrival": (
        first(terms(), since="2025-01-01"),
        ["30 days after it was assigned on 1 Jun 2026, as the usual date was already past: 1 Jul 2026."],
    ),
    "first, on a holiday": (
        first(terms(first_due_days=32, **ROLLING)),
        [
            "32 days after joining on 1 Jun 2026: 3 Jul 2026.",
            "3 Jul 2026 is a weekend or holiday: moved to 6 Jul 2026.",
        ],
    ),
    "one date on a Saturday": (
        first(terms("2026-06-10", due_from=DueFrom.FIXED, due_on=d("2026-12-05"), roll=Roll.EARLIER)),
        [
            "One date for everybody, 5 Dec 2026.",
            "5 Dec 2026 is a weekend or holiday: moved to 4 Dec 2026.",
        ],
    ),
    "renewal from completion": (
        renewed(yearly("completion", window_days=30), "2025-05-03"),
        ["Done on 3 May 2025, which counts until 3 May 2026, 12 months from that day: " + RENEW],
    ),
    "renewal by days": (
        renewed(terms(recurs=Period(days=365), window_days=30), "2025-05-03"),
        ["Done on 3 May 2025, which counts until 3 May 2026, 365 days from that day: " + RENEW],
    ),
    "renewal that keeps the anniversary": (
        renewed(yearly("expiry", window_days=60), "2026-04-01", "2025-05-03"),
        [
            "Done on 1 Apr 2026, which counts until 3 May 2027, in steps of 12 months from 3 May 2025: " + RENEW
        ],
    ),
    "renewal on a fixed day": (
        renewed(yearly("fixed", fixed=(8, 31), window_days=30), "2025-05-03"),
        [
            "Done on 3 May 2025, which counts until 31 Aug 2025, the day of the year on which it always ends: " + RENEW
        ],
    ),
    "renewal by fiscal years": (
        renewed(replace(yearly("fixed", fixed=(8, 31)), anchor=Anchor.YEAR, year_start=FixedDay(9, 1)), "2025-05-03"),
        [
            "Done on 3 May 2025, which counts until 31 Aug 2026, the due day of the fiscal or academic year "
            "that begins on 1 Sep 2025: " + RENEW
        ],
    ),
    "renewal at the end of a month": (
        renewed(yearly("month_end", window_days=30), "2025-05-03"),
        [
            "Done on 3 May 2025, which counts until 31 May 2026, 12 months, to the end of the month: " + RENEW
        ],
    ),
    "renewal at the end of another month": (
        renewed(
            yearly("month_end", window_days=30),
            "2025-05-03",
            now=replace(yearly("month_end"), recurs=Period(months=24)),
        ),
        [
            "Done on 3 May 2025, which counts until 31 May 2026, as the requirement said then: " + RENEW
        ],
    ),
    "renewal of proof that ends": (
        renewed(yearly(window_days=30), "2025-05-03", until=d("2025-12-01"), is_proof=True),
        [
            "Done on 3 May 2025, which counts until 1 Dec 2025, as long as what proves it: " + RENEW
        ],
    ),
    "renewal under other terms": (
        renewed(yearly(window_days=30), "2025-05-03", now=terms(recurs=Period(months=24))),
        [
            "Done on 3 May 2025, which counts until 3 May 2026, as the requirement said then: " + RENEW
        ],
    ),
    "renewal on a Sunday": (
        renewed(yearly("completion", window_days=30, roll=Roll.LATER), "2025-05-03"),
        [
            "Done on 3 May 2025, which counts until 3 May 2026, 12 months from that day: " + RENEW,
            "3 May 2026 is a weekend or holiday: moved to 4 May 2026.",
        ],
    ),
    "renewal that opens at the end": (
        renewed(terms(recurs=Period(days=30)), "2025-05-03", until=d("2025-05-03")),
        [
            "Done on 3 May 2025, which counts until 3 May 2025, as the requirement said then: " + RENEW,
            "It can be done from 4 May 2025 on, so it is due then.",
        ],
    ),
    "after a temporary certification": (
        renewed(yearly(), "2025-05-03", until=d("2025-06-03"), is_temporary=True),
        [
            (
                "Done on 3 May 2025, which counts until 3 Jun 2025, to bridge the time until the training itself, "
                "which is due by then."
            )
        ],
    ),
    "event": (
        asked(yearly(window_days=30), None),
        [
            "Asked for again because of a failed phishing test on 3 Mar 2026: Spring test.",
            "14 days after that was recorded on 5 Mar 2026: 19 Mar 2026.",
        ],
    ),
    "event before the end": (
        asked(yearly(window_days=1), VALID),
        [
            "Asked for again because of a failed phishing test on 3 Mar 2026: Spring test.",
            "14 days after that was recorded on 5 Mar 2026: 19 Mar 2026.",
            "What was done before counts until 10 Mar 2026, so it is due by then.",
        ],
    ),
    "event, to a Saturday": (
        asked(terms(roll=Roll.LATER), None, days=16),
        [
            "Asked for again because of a failed phishing test on 3 Mar 2026: Spring test.",
            "16 days after that was recorded on 5 Mar 2026: 21 Mar 2026.",
            "21 Mar 2026 is a weekend or holiday: moved to 23 Mar 2026.",
        ],
    ),
    "waiver over": (
        excused(terms(), Cause.WAIVER, "2026-02-01"),
        ["Waived from 1 Jan 2026 on; owed again since 1 Mar 2026.", "30 days from then on: 31 Mar 2026."],
    ),
    "waiver over, with time left": (
        excused(terms(), Cause.WAIVER, "2026-06-01"),
        [
            "Waived from 1 Jan 2026 on; owed again since 1 Mar 2026.",
            "It is due on 1 Jun 2026, as without that: nobody has less time.",
        ],
    ),
    "exemption over, to a Saturday": (
        excused(terms(first_due_days=27, roll=Roll.LATER), Cause.EXEMPTION),
        [
            "Exempt from 1 Jan 2026 on; owed again since 1 Mar 2026.",
            "27 days from then on: 28 Mar 2026.",
            "28 Mar 2026 is a weekend or holiday: moved to 30 Mar 2026.",
        ],
    ),
    "revoked": (
        revoked(terms(roll=Roll.LATER), "2026-04-04"),
        [
            "What was done on 3 Feb 2026 was revoked on 5 Mar 2026, and 4 Apr 2026 set as the new date.",
            "4 Apr 2026 is a weekend or holiday: moved to 6 Apr 2026.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENINGS)
def test_what_began_a_cycle_leads_to_the_date_the_engine_gave_it(name):
    (_terms, cycle, facts, reason), expected = OPENINGS[name]
    found = derived_words.date_texts(Derivation(facts, cycle.original_due_on), reason)
    assert list(found) == expected
    # Either the last sentence names the day, or "by then" means the one day that the sentence ends on.
    assert any(day_text(cycle.original_due_on) in sentence for sentence in found[-2:])


def test_every_word_of_the_engine_is_in_a_row():
    facts = [dict((*row[2], *row[3])) for row, _texts in OPENINGS.values()]
    assert {one.get("counted_from") for one in facts} >= {str(each) for each in CountedFrom}
    assert {one["opened"] for one in facts} == {str(each) for each in Opened}
    assert {one.get("until_by") for one in facts} >= {str(each) for each in Until}


def test_who_waits_reads_what_for():
    reason = due.waiting_facts(terms(**LAB))
    assert words.waiting_text(reason) == "No due date yet: 30 days after “Lab basics” is completed"


@pytest.mark.parametrize(
    ("valid_until", "expected"),
    [
        (None, "Done on 3 May 2025, which counts for good."),
        ("2026-05-03", "Done on 3 May 2025, which counts until 3 May 2026, 12 months from that day."),
    ],
)
def test_what_is_done_says_until_when_that_counts(valid_until, expected):
    day, until = d("2025-05-03"), d(valid_until) if valid_until else None
    done = CycleFacts(1, day, day, day, day, day, until)
    assert derived_words.counts_texts(derivation.counted(yearly(), done, day)) == (expected,)


LAW = (("kind", "staff"), ("unit", "LAW"), ("unit_name", "Law"), ("joined_on", "2024-06-02"))
MED = (("kind", "staff"), ("unit", "MED"), ("unit_name", "Medicine"), ("joined_on", "2026-01-01"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((), ("Recorded as: Staff in Law since 2 Jun 2024.",)),
        (
            MED,
            (
                "When it was assigned, on 3 Jun 2024: Staff in Law since 2 Jun 2024.",
                "Now: Staff in Medicine since 1 Jan 2026.",
            ),
        ),
    ],
)
def test_a_reason_that_changed_stands_beside_the_first(now, expected):
    assert derived_words.why_texts(LAW, now, d("2024-06-03")) == expected
