"""Columns of a roster that fill the university's own fields."""

import datetime as dt

import pytest

from lms.people.imports import cells, intake, mapping, preview
from lms.people.models import FieldValue, PersonField, RosterRow, User
from lms.people.tests.test_import import csv, run, said

pytestmark = pytest.mark.django_db
KINDS = {"clearance": "choice", "abroad": "yes_no", "checked": "date", "hours": "number", "room": "text"}


@pytest.fixture(autouse=True)
def _fields(in_alpha):
    for key, kind in KINDS.items():
        PersonField.objects.create(
            key=key, name=f"The {key}", kind=kind, choices=["none", "Top Secret"] if kind == "choice" else []
        )


def file(*lines):
    """A roster of as many people as lines, each with these cells behind the usual ones."""
    rows = csv(*({"id": str(at), "email": f"p{at}@alpha.example"} for at in range(1, len(lines) + 1)))
    header, *people, _last = rows.decode().split("\n")
    own = f"{header},Clearance,The abroad,CHECKED,hours,room"
    return "\n".join(
        [own, *(f"{each},{cells}" for each, cells in zip(people, lines, strict=True)), ""]
    ).encode()


def values(number):
    held = FieldValue.objects.filter(user__external_id=str(number), ends_on=None)
    return {each.field.key: each.value for each in held.select_related("field")}


def test_columns_are_found_by_key_and_by_name_and_fill_the_fields(at):
    kept = run(file('top secret,Y,2026-03-01,"37,5",B 12', "none,no,1.3.2026,0,"), at)
    assert kept.mapping["columns"]["field:abroad"] == 16
    assert values(1) == {
        "clearance": "Top Secret",
        "abroad": True,
        "checked": dt.date(2026, 3, 1),
        "hours": 37.5,
        "room": "B 12",
    }
    assert values(2) == {"clearance": "none", "abroad": False, "checked": dt.date(2026, 3, 1), "hours": 0}


def test_a_bad_value_keeps_the_line_out_and_says_why(at):
    kept = run(file("secret,maybe,soon,many,x", "none,yes,2026-01-01,1.23456,x", "none,yes,,,"), at)
    assert said(kept)[2] == ["own_yes_no_invalid", "date_invalid", "own_choice_unknown", "own_number_invalid"]
    assert said(kept)[3] == ["own_number_invalid"]
    assert [*User.objects.exclude(external_id=None).values_list("external_id", flat=True)] == ["3"]
    row = RosterRow.objects.get(roster_import=kept, line_number=2)
    text = preview.line_of(row, mapping.load(kept.mapping)).sentences[2].text
    assert text == "Clearance: “secret” is none of the values of the list (none, Top Secret)."


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("a-", "A-"),
        ("A+", "A+"),
        ("C#", None),
        ("\u79d8\u5bc6", "\u79d8\u5bc6"),
        ("\u672a\u77e5", None),
        ("a", None),
    ],
)
def test_words_of_a_list_are_told_apart_by_every_character(cell, found):
    choices = ["A+", "A-", "C++", "\u79d8\u5bc6"]
    if found is None:
        with pytest.raises(cells.Unusable, match="own_choice_unknown"):
            cells.own(cell, "grade", "choice", choices, cells.DAY_FIRST)
    else:
        assert cells.own(cell, "grade", "choice", choices, cells.DAY_FIRST) == (found, [])


def test_of_several_lines_of_one_person_each_may_fill_fields(at):
    rows = csv({}, {"code": "CHEM", "name": "Chemistry"})
    header, first, second, _last = rows.decode().split("\n")
    run(f"{header},clearance,room\n{first},,B 12\n{second},none,C 3\n".encode(), at)
    assert values(1) == {"clearance": "none", "room": "B 12"}


def test_a_change_is_previewed_and_what_held_before_stays_on_record(at):
    run(file("none,yes,,,"), at)
    later = at + dt.timedelta(days=40)
    kept = run(file("Top Secret,,,,"), later)
    row = RosterRow.objects.get(roster_import=kept)
    changes = preview.line_of(row, mapping.load(kept.mapping)).changes
    assert {(each.label, each.before, each.after) for each in changes} == {
        ("The clearance", "none", "Top Secret"),
        ("The abroad", "Yes", ""),
    }
    held = FieldValue.objects.filter(field__key="clearance").order_by("starts_on")
    assert [(each.words, each.ends_on) for each in held] == [
        ("none", later.date() - dt.timedelta(days=1)),
        ("Top Secret", None),
    ]
    assert values(1) == {"clearance": "Top Secret"}
    run(file("Top Secret,,,,"), later + dt.timedelta(days=1))
    assert FieldValue.objects.count() == 3


def test_a_file_that_is_silent_changes_nothing_and_a_retired_field_is_not_looked_for(at):
    run(file("none,yes,,,"), at)
    run(csv({"email": "p1@alpha.example"}), at)
    assert values(1) == {"clearance": "none", "abroad": True}
    PersonField.objects.update(is_retired=True)
    kept = intake.upload(content=file("x,x,x,x,x"), file_name="r.csv", by=None, at=at)
    assert kept.mapping["own"] == {}
