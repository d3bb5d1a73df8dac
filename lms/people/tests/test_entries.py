"""From cells to entries and decisions: everything a line can say, without a database."""

import datetime as dt
from decimal import Decimal

import pytest

from lms.people.imports import cells, dialect, lines, plan, rows
from lms.people.imports.mapping import Layout

NAMES = {
    "external_id": "Employee ID",
    "given_name": "First name",
    "family_name": "Last name",
    "email": "E-mail",
    "department_code": "Department code",
    "kind": "Type",
    "manager": "Manager",
    "starts_on": "First day",
    "ends_on": "Last day",
    "leave_starts_on": "Leave from",
    "leave_ends_on": "Leave to",
    "fte_percent": "FTE",
}
LAYOUT = Layout(columns={name: i for i, name in enumerate(NAMES)}, names=NAMES, width=len(NAMES))
GOOD = ["1", "Ana", "Sousa", "ana@uni.example", "LAW", "Staff", "", "2026-01-05", "", "", "", "100"]


def entry(line: int = 2, **changes: str) -> rows.Entry:
    found = list(GOOD)
    for name, value in changes.items():
        found[LAYOUT.columns[name]] = value
    return rows.read(dialect.Record(line, found), LAYOUT)


def codes(one: rows.Entry) -> list[str]:
    return [problem.code for problem in one.problems]


@pytest.mark.parametrize(
    ("cell", "order", "date"),
    [
        ("2026-06-02", "day", dt.date(2026, 6, 2)),
        ("2026-06-02T00:00:00", "day", dt.date(2026, 6, 2)),
        ("2.6.2026", "month", dt.date(2026, 6, 2)),
        ("02/06/2026", "day", dt.date(2026, 6, 2)),
        ("06/02/2026", "month", dt.date(2026, 6, 2)),
        ("29/02/2028", "day", dt.date(2028, 2, 29)),
        (" ", "day", None),
    ],
)
def test_dates_are_read_as_written(cell, order, date) -> None:
    assert cells.date(cell, "Date", order) == date


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/02/2026", "date_invalid"),
        ("29.02.2027", "date_invalid"),
        ("0001-01-01", "date_out_of_range"),
        ("9999-12-31", "date_out_of_range"),
        ("46023", "date_invalid"),
        ("tomorrow", "date_invalid"),
        ("2026-06-02 14:30", "date_invalid"),
    ],
)
def test_what_is_no_date_is_said(cell, code) -> None:
    with pytest.raises(cells.Unusable) as caught:
        cells.date(cell, "Date", "day")
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "email_missing"),
        ("not-an-address", "email_invalid"),
        ("a@x.example\nBcc: b@x.example", "email_line_break"),
        ("a@x\u2028.example", "email_line_break"),
        ("a@x.example, c@z.example", "email_several"),
        ("a@x.example; c@z.example", "email_several"),
        ("Ana <a@x.example>", "email_invalid"),
        ("müller@x.example", "email_invalid"),
        ('"quoted"@x.example', "email_invalid"),
        ("a@localhost", "email_invalid"),
        (f"{'x' * 65}@x.example", "email_invalid"),
        ("a@x.exam\x00ple", "control_character"),
        ("a@x.\u202eexample", "bidi_character"),
    ],
)
def test_what_is_no_address_is_said(cell, code) -> None:
    assert code in codes(entry(email=cell))


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" ANA@Uni.Example ", "ana@uni.example"),
        ("ana+x@uni.example", "ana+x@uni.example"),
        ("o'neil@uni.example", "o'neil@uni.example"),
        ("\ufeffana@uni.example", "ana@uni.example"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
    ],
)
def test_addresses_are_kept_in_one_form(cell, address) -> None:
    assert entry(email=cell).email == address


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("O'Neil", "O'Neil"),
        ("-Smith", "-Smith"),
        ("Null", "Null"),
        ("M\u0308uller", "M\u0308uller"),
        ("Mu\u0308ller", "Müller"),
        ("  van  der\tBerg ", "van der Berg"),
        ("نور", "نور"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("X", "X"),
    ],
)
def test_names_of_the_world_are_names(name, kept) -> None:
    found = entry(family_name=name)
    assert (found.family_name, codes(found)) == (kept, [])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("=HYPERLINK(1)", "formula"),
        ("+1-2", "formula"),
        ("@SUM(A1)", "formula"),
        ("=cmd|' /C calc'!A0", "formula"),
        ("<b>x</b>", "markup"),
        ("D??ng", "lost_characters"),
    ],
)
def test_odd_text_is_remarked_on_and_stored_as_it_is(name, code) -> None:
    found = entry(given_name=name)
    assert code in codes(found)
    assert found.is_good
    assert found.given_name == name


@pytest.mark.parametrize(
    ("name", "code"), [("a\x00b", "control_character"), ("\u202eevil", "bidi_character")]
)
def test_invisible_characters_keep_a_line_out(name, code) -> None:
    assert codes(entry(given_name=name)) == [code]
    assert not entry(given_name=name).is_good


@pytest.mark.parametrize(
    ("changes", "code", "is_good"),
    [
        ({"external_id": " "}, "external_id_missing", False),
        ({"department_code": ""}, "department_missing", False),
        ({"kind": ""}, "kind_missing", False),
        ({"kind": "Wizard"}, "kind_unknown", False),
        ({"ends_on": "2025-01-01"}, "ends_before_start", False),
        ({"family_name": "x" * 151}, "too_long", False),
        ({"starts_on": ""}, "start_missing", True),
        ({"given_name": "", "family_name": ""}, "name_missing", True),
        ({"leave_ends_on": "2026-05-01"}, "leave_without_start", True),
        ({"leave_starts_on": "2026-05-02", "leave_ends_on": "2026-05-01"}, "leave_ends_before_start", True),
        ({"fte_percent": "150"}, "fte_invalid", True),
        ({"fte_percent": "half"}, "fte_invalid", True),
    ],
)
def test_each_case_is_an_error_or_a_remark(changes, code, is_good) -> None:
    found = entry(**changes)
    assert codes(found) == [code]
    assert found.is_good is is_good


@pytest.mark.parametrize(("cell", "share"), [("50", "50"), ("37,5 %", "37.5"), ("100%", "100"), ("", None)])
def test_working_time_is_a_share(cell, share) -> None:
    assert entry(fte_percent=cell).fte_percent == (Decimal(share) if share else None)


def test_a_short_line_is_forgiven_while_nothing_needed_is_cut_off() -> None:
    whole = rows.read(dialect.Record(2, GOOD[:8]), LAYOUT)
    assert whole.is_good
    cut = rows.read(dialect.Record(2, GOOD[:4]), LAYOUT)
    assert codes(cut) == ["short_row"]


def test_a_long_line_is_forgiven_while_the_rest_is_empty() -> None:
    assert rows.read(dialect.Record(2, [*GOOD, "", " "]), LAYOUT).is_good
    assert codes(rows.read(dialect.Record(2, [*GOOD, "x"]), LAYOUT)) == ["long_row"]


def test_an_entry_survives_being_stored() -> None:
    found = entry(leave_starts_on="2026-05-02", fte_percent="37,5", ends_on="2027-01-01")
    assert rows.load(2, found.stored()) == found


def test_a_circle_of_managers_is_written_out() -> None:
    people = [
        entry(line=2, external_id="1", email="a@uni.example", manager="2"),
        entry(line=3, external_id="2", email="b@uni.example", manager="3"),
        entry(line=4, external_id="3", email="c@uni.example", manager="1"),
        entry(line=5, external_id="4", email="d@uni.example", manager="1"),
    ]
    lines.compare(people, LAYOUT, lines.Known())
    assert [codes(one) for one in people] == [["manager_circle"]] * 3 + [[]]
    assert [one.manager for one in people] == ["", "", "", "1"]


def test_a_circle_may_close_through_someone_who_is_here_already() -> None:
    one = entry(external_id="1", manager="9")
    known = lines.Known(identities={"9": "9", "1": "1"}, manager_of={"9": "1"})
    lines.compare([one], LAYOUT, known)
    assert codes(one) == ["manager_circle"]


def test_a_long_line_of_managers_is_no_circle() -> None:
    people = [
        entry(
            line=n + 2, external_id=str(n), email=f"p{n}@uni.example", manager=str(n + 1) if n < 3000 else ""
        )
        for n in range(3001)
    ]
    lines.compare(people, LAYOUT, lines.Known())
    assert not any(one.problems for one in people)


def test_a_department_by_name_only_gets_a_code_or_finds_its_own() -> None:
    columns = {**{k: v for k, v in LAYOUT.columns.items() if k != "department_code"}, "department_name": 4}
    layout = Layout(columns=columns, names={**NAMES, "department_name": "Department"}, width=LAYOUT.width)
    one, two = (rows.read(dialect.Record(n, list(GOOD)), layout) for n in (2, 3))
    two.external_id, two.email, two.department_name = "2", "b@uni.example", "École de droit"
    new = lines.compare([one, two], layout, lines.Known(departments={"L": "law"}))
    assert (one.department_code, two.department_code) == ("L", "ÉCOLE-DE-DROIT")
    assert new == {"ÉCOLE-DE-DROIT": "École de droit"}


def test_an_address_taken_over_from_somebody_else_needs_a_look() -> None:
    ana = plan.Person(id=1, external_id="1", email="ana@uni.example")
    bo = plan.Person(id=2, external_id="2", email="bo@uni.example")
    assert plan.match(entry(), ana, ana) == (ana, None)
    assert plan.match(entry(), ana, None) == (ana, None)
    assert plan.match(entry(), None, None) == (None, None)
    person, problem = plan.match(entry(), ana, bo)
    assert person == ana
    assert problem is not None
    assert problem.code == "email_of_other"


def test_a_decision_taken_twice_has_nothing_left_to_do() -> None:
    today = dt.date(2026, 11, 23)
    first = plan.decide(entry(), None, LAYOUT, today=today)
    assert first.outcome == "create"
    held = plan.Appointment(
        1, "LAW", "staff", "", "", dt.date(2026, 1, 5), None, Decimal("100.00"), source="roster"
    )
    here = plan.Person(1, "1", "ana@uni.example", "Ana", "Sousa", appointments=[held])
    assert plan.decide(entry(), here, LAYOUT, today=today).outcome == "unchanged"
