"""Loading what people did before: a file in, the cycles that would have existed out; both stand in the repository."""

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from compliance.records import actions as records
from compliance.records.models import ComplianceRecord, Credit
from compliance.records.queries import history_files, loading
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.people.tests.factories import make_affiliation, make_user

from .factories import make_completion

HERE = Path(__file__).parent / "history"
TEXT = (HERE / "completions.csv").read_text(encoding="utf-8")
TODAY = date(2026, 11, 23)
COLUMNS = (
    "person", "requirement", "cycle", "window_opens_on", "due_on", "completed_on", "late_days", "valid_until", "from",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def turn(on=TODAY):
    moment = datetime.combine(on, time(17), tzinfo=UTC)
    records.daily_turn(at=moment, scheduled_for=moment)


@pytest.fixture
def university():
    """Everybody since 2018; three requirements that start in 2020: yearly, by the calendar, once."""
    names = ("anna", "leap", "late", "early", "gap", "lapsed", "before", "seven")
    people = {name: make_user(email=f"{name}@example.edu", given_name=name) for name in names}
    people["seven"].external_id = "E-1007"
    people["seven"].save()
    for user in people.values():
        make_affiliation(user, starts_on=date(2018, 9, 1))
    common = {"starts_on": date(2020, 1, 1), "first_due_days": 30, "credit_since": date(2020, 1, 1)}
    make_requirement(title="Yearly", window_days=30, **common)
    make_requirement(
        title="By the calendar", course=make_course("calendar"), window_days=45, validity_anchor="fixed", fixed_month=6,
        fixed_day=30, minimum_months=6, **common,
    )  # fmt: skip
    make_requirement(
        title="Once", course=make_course("once-course"), recurs_months=None,
        **(common | {"credit_since": None}),
    )  # fmt: skip
    return people


def load(by, at, text=TEXT):
    seen = loading.preview(text, by_id=by.pk, today=TODAY)
    count = records.load_history(
        text, fingerprint=seen.fingerprint, reason="Go-live", by=by, today=TODAY, at=at
    )
    turn()
    return seen, count.line_count


def cycles():
    """Every cycle as one line of the expected file."""
    rows = ComplianceRecord.objects.filter(closed_at__isnull=True).select_related("user", "requirement")
    ordered = rows.order_by("requirement__title", "user__email", "cycle")
    return [
        [
            row.user.email.split("@")[0], row.requirement.title, row.cycle, row.window_opens_on, row.due_on,
            row.completed_on, row.late_days, row.valid_until, "history" if row.credit_id else "",
        ]
        for row in ordered
    ]  # fmt: skip


def as_text(rows):
    return [["" if value is None else str(value) for value in row] for row in rows]


def expected():
    with (HERE / "cycles.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == COLUMNS
    return rows


@pytest.mark.parametrize("is_first", [True, False], ids=["before the first turn", "after it"])
def test_the_cycles_are_those_that_would_have_existed(university, ada, at, is_first):
    if not is_first:
        turn()
    seen, count = load(ada, at)
    assert count == len(seen.new) == 32
    made = as_text(cycles())
    finished = [row for row in made if row[5]]
    assert finished == [row for row in expected() if row[5]]
    if is_first:
        assert made == expected()
    foretold = {
        (row.user.email, row.requirement.title, row.on, row.cycle.due_on, row.cycle.valid_until)
        for row in seen.rows
        if row.cycle
    }
    written = ComplianceRecord.objects.filter(credit__isnull=False)
    assert foretold == {
        (row.user.email, row.requirement.title, row.completed_on, row.due_on, row.valid_until)
        for row in written
    }
    again = loading.preview(TEXT, by_id=ada.pk, today=TODAY)
    assert (len(again.new), again.known_count) == (0, 32)
    turn()
    assert as_text(cycles()) == made


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nobody@example.edu,Yearly,2024-01-01", "Nobody here has"),
        ("anna@example.edu,Knitting,2024-01-01", "No requirement and no course"),
        ("anna@example.edu,Yearly,2027-01-01", "must not be in the future"),
        ("anna@example.edu,Yearly,03/04/2024", "could mean two days"),
        ("anna@example.edu,Yearly,2023-02-29", "There is no day"),
        ("anna@example.edu,Yearly,soon", "is no day"),
        ("anna@example.edu,Yearly,", "The day is missing"),
        ("anna@example.edu,Yearly,2017-01-01", "not here yet"),
        ("{ada},Yearly,2024-01-01", "Nobody certifies themself"),
    ],
)
def test_a_line_that_cannot_be_says_why_and_keeps_the_whole_file_out(university, ada, at, line, says):
    text = (
        f"person,requirement,completed on\nleap@example.edu,Yearly,2024-01-01\n{line.format(ada=ada.email)}\n"
    )
    seen = loading.preview(text, by_id=ada.pk, today=TODAY)
    (row,) = seen.faults
    assert says in row.fault
    assert row.line.number == 3
    with pytest.raises(records.Refused, match="cannot be loaded"):
        load(ada, at, text)
    assert not Credit.objects.exists()


def test_the_same_line_twice_is_one_too_many(university, ada):
    text = "email;requirement;date\nanna@example.edu;Yearly;1.2.2024\nanna@example.edu;yearly;2024-02-01\n"
    (row,) = loading.preview(text, by_id=ada.pk, today=TODAY).faults
    assert "as in line 2" in row.fault


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is empty"), ("a,b\n1,2\n", "names no column"), ("person,requirement,date\n\n", "no line below")],
)
def test_a_file_that_is_none_says_what_is_needed(text, says):
    with pytest.raises(history_files.Unreadable, match=says):
        history_files.read(text)


def test_what_no_database_keeps_is_left_out_of_the_text():
    assert history_files.decode(b"person,re\0quirement") == "person,requirement"


def test_what_changed_since_the_preview_keeps_everything_out(university, ada, at):
    seen = loading.preview(TEXT, by_id=ada.pk, today=TODAY)
    make_completion(
        university["anna"],
        course_of(Requirement.objects.get(title="Yearly")),
        at=datetime(2026, 2, 20, 12, tzinfo=UTC),
    )
    with pytest.raises(records.Refused, match="changed since you looked"):
        records.load_history(TEXT, fingerprint=seen.fingerprint, reason="x", by=ada, today=TODAY, at=at)
    assert not Credit.objects.exists()


def test_finished_cycles_are_never_touched_and_what_lies_before_them_is_kept_without_a_cycle(
    university, ada, at
):
    yearly = Requirement.objects.get(title="Yearly")
    turn()
    make_completion(university["anna"], course_of(yearly), at=datetime(2026, 11, 23, 9, tzinfo=UTC))
    turn()
    of_anna = ComplianceRecord.objects.filter(user=university["anna"], requirement=yearly)
    before = list(of_anna.values())
    text = "person,requirement,completed on\nanna@example.edu,Yearly,2024-02-01\n"
    seen, count = load(ada, at, text)
    assert (count, seen.cycle_count) == (1, 0)
    assert list(of_anna.values()) == before
