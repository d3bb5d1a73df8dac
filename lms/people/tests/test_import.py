"""Whole files through the import, against the database."""

import datetime as dt

import pytest

from lms.people import rules
from lms.people.enums import PersonState, RosterImportState
from lms.people.imports import apply, check, intake, problems
from lms.people.imports.inline import Inline
from lms.people.models import Affiliation, Department, Leave, RosterImport, RosterRow, User
from lms.people.tests import rosters

pytestmark = pytest.mark.django_db

HEADER = (
    "Employee ID,Legal First Name,Legal Last Name,Preferred Name,Work Email,Cost Center ID,Organization,"
    "Worker Type,Business Title,Manager ID,Hire Date,Termination Date,Leave Start,Leave End,FTE %"
)
ROW = {
    "id": "1",
    "given": "Ana",
    "family": "Sousa",
    "preferred": "",
    "email": "ana@alpha.example",
    "code": "LAW",
    "name": "School of Law",
    "kind": "Staff",
    "title": "Clerk",
    "manager": "",
    "hired": "2026-01-05",
    "ends": "",
    "away": "",
    "back": "",
    "fte": "100",
}


def csv(*rows: dict[str, str]) -> bytes:
    lines = [",".join({**ROW, **row}.values()) for row in rows]
    return "\n".join([HEADER, *lines, ""]).encode()


def run(content: bytes, at: dt.datetime, *, by: User | None = None, **options: str) -> RosterImport:
    kept = checked(content, at, by=by)
    kept.options = {**kept.options, **options}
    kept.save()
    apply.run(Inline(kept, at=at, report=lambda chunk: None))
    kept.refresh_from_db()
    return kept


def checked(content: bytes, at: dt.datetime, *, by: User | None = None) -> RosterImport:
    kept = intake.upload(content=content, file_name="roster.csv", by=by, at=at)
    check.run(Inline(kept, at=at, report=lambda chunk: None))
    kept.refresh_from_db()
    return kept


def said(kept: RosterImport) -> dict[int, list[str]]:
    rows = RosterRow.objects.filter(roster_import=kept).exclude(problems=[]).order_by("line_number")
    return {row.line_number: [problem["code"] for problem in row.problems] for row in rows}


def test_a_whole_university_goes_in_and_a_second_time_changes_nothing(in_alpha, at) -> None:
    content = rosters.named("northfield-workday.csv")
    first = run(content, at)
    assert (first.counts["create"], first.counts["error"]) == (2400, 0)
    assert first.state == RosterImportState.DONE
    assert User.objects.count() == 2400
    assert Department.objects.count() == 15
    assert Affiliation.objects.count() == 2400
    assert Leave.objects.count() == 43
    # Whoever names a manager has one, but for those who name themselves or stand in a circle.
    named = sum("manager" in values for values in RosterRow.objects.values_list("values", flat=True))
    assert Affiliation.objects.filter(manager__isnull=False).count() == named > 2300
    remarks = {code for codes in said(first).values() for code in codes}
    assert {"manager_self"} <= remarks <= {"manager_self", "manager_circle"}
    second = checked(content, at)
    assert {name: second.counts[name] for name in ("unchanged", "absent")} == {"unchanged": 2400, "absent": 0}


def test_every_bad_row_is_named_and_the_good_ones_go_in(in_alpha, at) -> None:
    kept = run(rosters.named("northfield-bad-rows.csv"), at)
    errors = RosterRow.objects.filter(roster_import=kept, outcome="error").order_by("line_number")
    first = {row.line_number: row.problems[0]["code"] for row in errors}
    assert first == {
        3: "duplicate_email",
        4: "email_invalid",
        5: "email_missing",
        6: "duplicate_external_id",
        7: "external_id_missing",
        11: "date_invalid",
        12: "email_line_break",
        14: "email_several",
        16: "bidi_character",
        18: "short_row",
        19: "long_row",
        20: "control_character",
        21: "date_out_of_range",
    }
    remarks = said(kept)
    assert remarks[8][0] == "formula"
    assert remarks[9][0] == "markup"
    assert "manager_self" in remarks[10]
    assert "department_name_differs" in remarks[15]
    assert remarks[28] == remarks[39] == ["manager_circle"]
    assert User.objects.count() == 60 - len(first)
    assert User.objects.filter(email="astrid.hayden@northfield.example").exists()
    assert User.objects.filter(given_name="<script>alert(1)</script>").exists()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("northfield-utf8-bom.csv", 299),
        ("northfield-utf16le-bom.csv", 400),
        ("northfield-excel-semicolon-cp1252.csv", 400),
    ],
)
def test_every_way_of_saving_is_read(in_alpha, at, name, count) -> None:
    kept = run(rosters.named(name), at)
    assert (kept.counts["create"], kept.counts["error"]) == (count, 0)
    assert kept.options["is_encoding_guessed"] == ("cp1252" in name)


def test_a_file_that_lost_characters_does_not_damage_names_that_are_right(in_alpha, at) -> None:
    run(rosters.named("northfield-utf16le-bom.csv"), at)
    before = dict(User.objects.values_list("external_id", "family_name"))
    kept = run(rosters.named("northfield-excel-semicolon-cp1252.csv"), at)
    assert dict(User.objects.values_list("external_id", "family_name")) == before
    assert kept.counts["unchanged"] == 400


def test_a_person_is_found_by_id_when_the_address_changes_and_signs_in_with_the_new_one(in_alpha, at) -> None:
    from allauth.account.models import EmailAddress

    run(csv({}), at)
    run(csv({"email": "Ana.New@alpha.example"}), at)
    person = User.objects.get()
    assert person.email == "ana.new@alpha.example"
    assert EmailAddress.objects.get().email == "ana.new@alpha.example"


def test_a_person_added_by_hand_is_found_by_address_and_keeps_roles(in_alpha, at, ada) -> None:
    run(csv({"email": ada.email, "id": "77", "given": "Ada", "family": "Alvarez"}), at, by=ada)
    ada.refresh_from_db()
    assert ada.external_id == "77"
    assert ada.role_grants.count() == 4
    assert User.objects.count() == 1


def test_a_file_neither_ends_nor_locks_out_an_owner(in_alpha, at, ada) -> None:
    kept = run(csv({"email": ada.email, "id": "77", "ends": "2026-02-01"}), at, by=ada)
    ada.refresh_from_db()
    assert ada.last_day_on is None
    assert said(kept) == {2: ["owner_stays"]}
    run(csv({"id": "5", "email": "eve@alpha.example"}), at, by=ada, absent="deactivate")
    ada.refresh_from_db()
    assert ada.last_day_on is None


def test_an_address_of_somebody_else_keeps_the_line_out(in_alpha, at) -> None:
    run(csv({}), at)
    kept = run(csv({"id": "2", "given": "Other"}), at)
    assert said(kept) == {2: ["email_of_other"]}
    assert User.objects.get().given_name == "Ana"


def test_an_id_in_another_case_is_the_same_person(in_alpha, at) -> None:
    run(csv({"id": "abc7"}), at)
    kept = run(csv({"id": "ABC7"}), at)
    assert (kept.counts["create"], kept.counts["update"]) == (0, 1)
    assert User.objects.get().external_id == "ABC7"


def test_ids_and_addresses_that_differ_in_case_only_are_found_within_a_file(in_alpha, at) -> None:
    kept = checked(
        csv(
            {"id": "a1"}, {"id": "A1", "email": "b@alpha.example"}, {"id": "c", "email": "ANA@alpha.example"}
        ),
        at,
    )
    assert said(kept) == {3: ["duplicate_external_id"], 4: ["duplicate_email"]}


def test_two_appointments_of_one_person_are_two_lines_and_one_person(in_alpha, at) -> None:
    two = csv({}, {"code": "MED", "name": "Medicine", "kind": "Faculty"})
    kept = run(two, at)
    assert User.objects.count() == 1
    assert {(one.department.code, one.kind) for one in Affiliation.objects.all()} == {
        ("LAW", "staff"),
        ("MED", "faculty"),
    }
    assert (kept.counts["create"], kept.counts["update"]) == (1, 1)
    assert checked(two, at).counts["unchanged"] == 2
    run(csv({"code": "MED", "name": "Medicine", "kind": "Faculty"}), at)
    law = Affiliation.objects.get(department__code="LAW")
    assert law.ends_on == dt.date(2026, 11, 23)


def test_the_same_line_twice_is_one_mistake(in_alpha, at) -> None:
    assert said(checked(csv({}, {}), at)) == {3: ["repeated_row"]}


def test_a_move_to_another_department_is_the_same_appointment(in_alpha, at) -> None:
    run(csv({}), at)
    run(csv({"code": "MED", "name": "Medicine"}), at)
    assert Affiliation.objects.get().department.code == "MED"


def test_a_last_day_ends_and_coming_back_reopens(in_alpha, at) -> None:
    run(csv({"ends": "2026-03-31"}), at)
    assert User.objects.get().last_day_on == dt.date(2026, 3, 31)
    run(csv({}), at)
    assert User.objects.get().last_day_on is None


def test_an_early_return_shortens_the_leave_and_keeps_the_days_taken(in_alpha, at) -> None:
    run(csv({"away": "2026-10-01", "back": "2027-01-31"}), at)
    kept = run(csv({}), at)
    assert kept.counts["update"] == 1
    assert Leave.objects.get().ends_on == dt.date(2026, 11, 22)
    assert checked(csv({}), at).counts["unchanged"] == 1


def test_a_leave_that_was_called_off_is_gone(in_alpha, at) -> None:
    run(csv({"away": "2026-12-01", "back": "2027-01-31"}), at)
    run(csv({}), at)
    assert not Leave.objects.exists()


def test_a_manager_may_stand_further_down_and_be_named_by_address(in_alpha, at) -> None:
    run(csv({"manager": "BOSS@alpha.example"}, {"id": "2", "email": "boss@alpha.example", "given": "Bo"}), at)
    assert Affiliation.objects.get(user__external_id="1").manager == User.objects.get(external_id="2")
    again = checked(csv({"manager": "2"}, {"id": "2", "email": "boss@alpha.example", "given": "Bo"}), at)
    assert again.counts["unchanged"] == 2


def test_those_absent_are_left_alone_unless_asked(in_alpha, at) -> None:
    both = csv({}, {"id": "2", "email": "b@alpha.example"})
    run(both, at)
    kept = run(csv({}), at)
    assert kept.counts["absent"] == 1
    assert User.objects.get(external_id="2").last_day_on is None
    run(csv({}), at, absent="deactivate")
    assert User.objects.get(external_id="2").last_day_on == dt.date(2026, 11, 23)


def test_a_person_whose_line_is_wrong_is_not_absent(in_alpha, at) -> None:
    run(csv({}, {"id": "2", "email": "b@alpha.example"}), at)
    kept = checked(csv({}, {"id": "2", "email": "b@alpha.example", "hired": "31/02/2026"}), at)
    assert (kept.counts["error"], kept.counts["absent"]) == (1, 0)


def test_someone_who_joins_later_and_is_called_off_never_was_here(in_alpha, at) -> None:
    run(csv({}, {"id": "2", "email": "b@alpha.example", "hired": "2027-02-01"}), at)
    run(csv({}), at, absent="deactivate")
    called_off, today = User.objects.get(external_id="2"), dt.date(2026, 11, 23)
    assert not called_off.affiliations.exists()
    assert rules.state_of(called_off, today=today) == PersonState.LEFT
    assert not rules.may_sign_in(called_off, today=today)
    assert checked(csv({}), at).counts["absent"] == 0
    run(csv({}, {"id": "2", "email": "b@alpha.example", "hired": "2027-03-01"}), at)
    called_off.refresh_from_db()
    assert (called_off.first_day_on, called_off.last_day_on) == (dt.date(2027, 3, 1), None)
    assert rules.state_of(called_off, today=today) == PersonState.UPCOMING


def test_a_second_appointment_to_come_that_is_called_off_never_begins(in_alpha, at) -> None:
    both = csv({}, {"code": "MED", "name": "", "hired": "2027-02-01", "kind": "Faculty"})
    run(both, at)
    looked = checked(csv({}), at)
    (row,) = RosterRow.objects.filter(roster_import=looked)
    assert row.changes == {"starts_on": ["2027-02-01", ""]}
    run(csv({}), at)
    (kept,) = User.objects.get().affiliations.select_related("department")
    assert (kept.department.code, kept.starts_on, kept.ends_on) == ("LAW", dt.date(2026, 1, 5), None)
    assert User.objects.get().last_day_on is None


def test_who_was_deactivated_by_hand_stays_so(in_alpha, at) -> None:
    run(csv({}), at)
    User.objects.update(is_active=False)
    kept = run(csv({"title": "Dean"}), at)
    assert said(kept) == {2: ["stays_deactivated"]}
    assert not User.objects.get().is_active


def test_what_the_file_is_silent_about_stays(in_alpha, at) -> None:
    run(csv({"title": "Clerk", "away": "2026-12-01"}), at)
    short = b"Employee ID,Last name,E-mail,Department code,Type\n1,Sousa,ana@alpha.example,LAW,Staff\n"
    kept = run(short, at)
    assert kept.counts["unchanged"] == 1
    assert Affiliation.objects.get().title == "Clerk"
    assert Leave.objects.count() == 1


class Killed(BaseException):
    """As sudden as kill -9."""


def test_an_import_that_was_killed_goes_on_where_it_was(in_alpha, at, monkeypatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 2)
    people = [
        {"id": str(n), "email": f"p{n}@alpha.example", "manager": "1" if n > 1 else ""} for n in range(1, 8)
    ]
    kept = checked(csv(*people), at)
    first = Inline(kept, at=at, report=lambda chunk: None)
    states = []

    def die(chunk):
        states.append(dict(chunk.state))
        if len(states) == 3:
            raise Killed

    first._report = die
    with pytest.raises(Killed):
        apply.run(first)
    assert 0 < User.objects.count() < 7
    second = Inline(kept, at=at, report=lambda chunk: None)
    second._last.state = states[-1]
    apply.run(second)
    kept.refresh_from_db()
    assert kept.state == RosterImportState.DONE
    assert User.objects.count() == Affiliation.objects.count() == 7
    assert Affiliation.objects.filter(manager__external_id="1").count() == 6


def test_others_hear_of_it_within_the_transaction(in_alpha, at) -> None:
    from lms.people import events

    heard = []
    receiver = lambda **kwargs: heard.append(kwargs["user_ids"])  # noqa: E731
    events.changed.connect(receiver)
    try:
        run(csv({}), at)
    finally:
        events.changed.disconnect(receiver)
    assert User.objects.get().pk in heard[0]


def test_every_problem_has_its_words(in_alpha) -> None:
    facts = dict.fromkeys(
        "value line count width limit name other first last start end code circle reason choices".split(), "x"
    )
    for code in {**problems.ERRORS, **problems.WARNINGS}:
        assert "%" not in problems.in_words(problems.Problem(code, "Column", facts))
