"""Undoing an import, fact by fact: what is put back, what is left as it is, and when it cannot be done."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.audit.models import Event
from lms.jobs.kinds import JobFailed
from lms.people import queries
from lms.people.actions import add_members, edit_person, set_values
from lms.people.enums import RosterImportState
from lms.people.imports import deciding, intake, keeping, outlook, undo, undo_jobs
from lms.people.imports.inline import Inline
from lms.people.models import (
    Affiliation,
    FieldValue,
    Group,
    Leave,
    PersonField,
    RoleGrant,
    RosterChange,
    RosterImport,
    RosterRow,
    User,
)
from lms.people.tests.rosters import undone
from lms.people.tests.test_fields_import import file
from lms.people.tests.test_import import checked, csv, run
from tenants import schedule

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def before(at, ada):
    """Three people of a roster of yesterday, one of them twice."""
    return run(
        csv(
            {},
            {"code": "MED", "name": "Medicine", "kind": "Faculty"},
            {
                "id": "2",
                "email": "bo@alpha.example",
                "given": "Bo",
                "away": "2026-11-20",
                "back": "2026-12-20",
            },
            {"id": "3", "email": "cy@alpha.example", "given": "Cy", "manager": "1"},
        ),
        at - DAY,
        by=ada,
    )


def everything():
    """All that is on record about everybody, whatever number a row has."""
    rows = keeping.rows_of(User.objects.values_list("pk", flat=True))
    return sorted((user, key[0], str(said)) for key, (user, said) in rows.items())


def why(back):
    rows = RosterRow.objects.filter(roster_import=back).exclude(problems=[])
    return {row.values["external_id"]: [one["code"] for one in row.problems] for row in rows}


CHANGED = csv(
    {
        "given": "Anna",
        "email": "anna@alpha.example",
        "code": "ENG",
        "name": "Engineering",
        "ends": "2026-12-01",
    },
    {"id": "2", "email": "bo@alpha.example", "given": "Bo", "kind": "Student", "fte": "50", "manager": "9"},
    {"id": "9", "email": "new@alpha.example", "given": "Nia", "manager": "1", "away": "2026-12-01"},
)


@pytest.mark.parametrize("absent", ["keep", "deactivate"])
def test_everything_is_as_it_was_and_who_was_added_is_out(before, at, ada, absent):
    was, days = everything(), list(User.objects.order_by("pk").values_list("first_day_on", "last_day_on"))
    made = run(CHANGED, at, by=ada, absent=absent)
    assert everything() != was
    back = undone(made, at + HOUR, by=ada)
    nia = User.objects.get(external_id="9")
    assert [one for one in everything() if one[0] != nia.pk] == was
    assert (
        list(User.objects.exclude(pk=nia.pk).order_by("pk").values_list("first_day_on", "last_day_on"))
        == days
    )
    assert (nia.is_active, nia.affiliations.count(), nia.leaves.count(), nia.last_day_on) == (
        False,
        0,
        0,
        None,
    )
    assert EmailAddress.objects.get(user__external_id="1").email == "ana@alpha.example"
    assert back.counts == {"remove": 1, "update": 2 if absent == "keep" else 3, "left": 0}
    told = RosterRow.objects.get(roster_import=back, user__external_id="1").changes
    assert (told["given_name"], told["email"][1]) == (["Anna", "Ana"], "ana@alpha.example")
    assert Event.objects.filter(action="people.import_undone", object_id=str(made.public_id)).exists()


def test_the_right_file_afterwards_brings_the_same_person_as_new(before, at, ada):
    made = run(CHANGED, at, by=ada)
    pk = User.objects.get(external_id="9").pk
    undone(made, at + HOUR, by=ada)
    taken = queries.places_taken()
    right = checked(
        csv({"id": "9", "email": "nia@alpha.example", "given": "Nia", "hired": "2026-11-02"}), at + HOUR
    )
    assert right.counts["create"] == 1
    made = run(csv({"id": "9", "email": "nia@alpha.example", "given": "Nia"}), at + 2 * HOUR, by=ada)
    nia = User.objects.get(external_id="9")
    assert (nia.pk, nia.is_active, nia.email) == (pk, True, "nia@alpha.example")
    assert queries.places_taken() == taken + 1
    undone(made, at + 3 * HOUR, by=ada)
    nia.refresh_from_db()
    assert (nia.is_active, nia.email, nia.affiliations.count()) == (False, "new@alpha.example", 0)
    nia.is_active = True  # by hand, and out again by hand: no roster brings them back
    nia.save()
    Affiliation.objects.create(user=nia, department=_law(), kind="staff", starts_on=dt.date(2026, 1, 1))
    nia.is_active = False
    nia.save()
    assert "create" not in checked(csv({"id": "9", "email": "new@alpha.example"}), at + 4 * HOUR).counts


def test_whoever_is_here_in_their_own_right_by_now_is_kept_and_named(at, ada):
    from lms.learning.tests.factories import make_enrollment

    lines = [{"id": str(n), "email": f"p{n}@alpha.example", "given": f"P{n}"} for n in range(1, 7)]
    made = run(csv(*lines), at, by=ada)
    one = {user.external_id: user for user in User.objects.exclude(external_id=None)}
    User.objects.filter(pk=one["1"].pk).update(last_login=at + HOUR)
    make_enrollment(one["2"], at=at + HOUR)
    RoleGrant.objects.create(user=one["3"], role="author", granted_at=at)
    edit_person(person=one["4"], values={"given_name": "Paul"}, by=ada, at=at + HOUR)
    group = Group.objects.create(code="G", name="G", kind="group")
    add_members(group=group, people=[one["5"]], since=dt.date(2026, 11, 23), by=ada, at=at)
    back = undone(made, at + 2 * HOUR, by=ada)
    assert why(back) == {
        "1": ["undo_signed_in"],
        "2": ["undo_trained"],
        "3": ["undo_touched"],
        "4": ["undo_touched"],
        "5": ["undo_touched"],
    }
    assert {*User.objects.filter(is_active=False).values_list("external_id", flat=True)} == {"6"}
    assert Affiliation.objects.count() == 5
    assert back.counts == {"remove": 1, "update": 0, "left": 5}


def test_what_was_changed_again_is_left_and_the_rest_put_back(before, at, ada):
    made = run(CHANGED, at, by=ada)
    ana = User.objects.get(external_id="1")
    edit_person(person=ana, values={"given_name": "Anneke"}, by=ada, at=at + HOUR)
    Affiliation.objects.filter(user__external_id="2").update(title="Dean")
    other = User.objects.create(email="ana@alpha.example", given_name="Other", created_at=at)
    back = undone(made, at + 2 * HOUR, by=ada)
    ana.refresh_from_db()
    assert (ana.given_name, ana.email) == ("Anneke", "anna@alpha.example")
    assert Affiliation.objects.filter(user=ana, ends_on=None).count() == 2
    assert Affiliation.objects.get(user__external_id="2").kind == "student"
    assert why(back) == {"1": ["undo_changed", "undo_taken"], "2": ["undo_changed"]}
    assert other.email == "ana@alpha.example"


def test_leaves_and_fields_that_it_ended_or_took_away_are_there_again(at, ada):
    for key in ("clearance", "abroad", "checked", "hours", "room"):
        kind = {"abroad": "yes_no", "checked": "date", "hours": "number"}.get(key, "text")
        PersonField.objects.create(key=key, name=f"The {key}", kind=kind)
    run(file("secret,yes,2026-03-01,37.5,B 12", "none,no,2026-03-01,1,"), at - DAY)
    one, two = User.objects.filter(external_id__in=["1", "2"]).order_by("pk")
    room = PersonField.objects.get(key="room")
    set_values(person=one, values={room.pk: "B 13"}, since=dt.date(2026, 12, 24), by=ada, at=at - DAY)
    Leave.objects.create(user=two, starts_on=dt.date(2026, 12, 1), ends_on=None)
    was = everything()
    made = run(file("none,no,2026-04-01,40,A 1", ",,,,C 4"), at, by=ada)
    assert not Leave.objects.exists()
    undone(made, at + HOUR, by=ada)
    assert everything() == was
    # And what was said since is left alone, whole.
    made = run(file("none,no,2026-04-01,40,A 1", ",,,,C 4"), at + 2 * HOUR, by=ada)
    set_values(person=one, values={room.pk: "Z 1"}, since=dt.date(2026, 11, 23), by=ada, at=at + 2 * HOUR)
    back = undone(made, at + 3 * HOUR, by=ada)
    assert why(back) == {"1": ["undo_changed"]}
    assert FieldValue.objects.get(user=one, field=room, ends_on=None).words == "Z 1"
    assert FieldValue.objects.get(user=one, field__key="hours", ends_on=None).number == 37.5


def test_an_owner_is_not_ended_by_it(at, ada):
    Affiliation.objects.create(
        user=ada, department=_law(), kind="faculty", starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2025, 1, 1),
        source="roster",
    )  # fmt: skip
    made = run(csv({"id": "77", "email": ada.email, "given": "Ada", "family": "Alvarez"}), at, by=ada)
    back = undone(made, at + HOUR, by=ada)
    assert [*why(back).values()] == [["undo_owner"]]
    assert Affiliation.objects.filter(user=ada, ends_on=None).exists()


def _law():
    from lms.people.tests.factories import make_department

    return make_department()


def test_when_it_cannot_be_undone(before, at, ada):
    def refused(roster, moment):
        with pytest.raises(undo.Refused) as refusal:
            undo.prepare(roster=roster, by=ada, at=moment)
        return str(refusal.value)

    made = run(CHANGED, at, by=ada)
    assert "more than 24 hours" in refused(made, at + DAY + HOUR)
    assert "roster.csv” was imported after it" in refused(before, at - HOUR)
    assert "not imported" in refused(checked(CHANGED, at), at)
    back = undone(made, at + HOUR, by=ada)
    assert "undone already" in refused(made, at + HOUR)
    assert "not undone itself" in refused(back, at + HOUR)
    assert not queries.why_not_undone(before, at - HOUR)  # the later one is undone: this one can be
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterImport.objects.create(undoes=made, content=b"", created_at=at)
    old = run(csv({"id": "5", "email": "x@alpha.example"}), at + HOUR, by=ada)
    old.options.pop("begun_at")
    old.save()
    assert "was not kept" in refused(old, at + HOUR)


def test_nothing_is_undone_while_something_is_imported_nor_the_other_way_round(before, at, ada):
    made = run(CHANGED, at, by=ada)
    other = checked(csv({"id": "5", "email": "x@alpha.example"}), at)
    RosterImport.objects.filter(pk=other.pk).update(state=RosterImportState.IMPORTING)
    with pytest.raises(undo.Refused, match="Another import is being made"):
        undo.prepare(roster=made, by=ada, at=at)
    RosterImport.objects.filter(pk=other.pk).update(state=RosterImportState.CHECKED)
    back = undone(made, at, by=ada, only_looked_at=True)
    RosterImport.objects.filter(pk=back.pk).update(state=RosterImportState.IMPORTING)
    with pytest.raises(intake.Refused, match="is being undone"):
        intake.start_import(roster=other, absent="keep", confirmed_count=None, by=ada, at=at)


def test_what_was_kept_is_forgotten_once_nobody_can_undo_it(before, at, ada):
    assert RosterChange.objects.filter(roster_import=before).exists()
    run(CHANGED, at + 2 * DAY, by=ada)
    assert not RosterChange.objects.filter(roster_import=before).exists()


def test_the_job_asks_once_more_whether_whoever_asked_may(before, at, ada):
    made = run(CHANGED, at, by=ada)
    back = undone(made, at + HOUR, by=ada, only_looked_at=True)
    RosterImport.objects.filter(pk=back.pk).update(state=RosterImportState.IMPORTING, job_public_id=None)
    RoleGrant.objects.filter(user=ada).exclude(role="author").delete()
    left = everything()
    with pytest.raises(JobFailed, match="may no longer import"):
        undo_jobs.run(Inline(back, at=at + HOUR, report=lambda chunk: None))
    assert everything() == left


def test_nobody_waits_for_a_row_that_the_running_undo_holds(before, at, ada):
    made = run(CHANGED, at, by=ada)
    back = undone(made, at + HOUR, by=ada, only_looked_at=True)
    seen = outlook.of(back, at=at).summary().seen
    back = undo.start(undo=back, seen=seen, by=ada, at=at + HOUR)
    assert back.state == RosterImportState.IMPORTING
    asks = (
        lambda: undo.start(undo=back, seen=seen, by=ada, at=at + HOUR),
        lambda: intake.resume(roster=back, by=ada, at=at + HOUR),
        lambda: deciding.withdraw(roster=back, by=ada, at=at + HOUR),
        lambda: deciding.approve(roster=back, seen=seen, remark="", by=ada, at=at + HOUR),
    )
    with CaptureQueriesContext(connection) as asked:
        for ask in asks:
            with pytest.raises(intake.NotNow):
                ask()
        assert undo.prepare(roster=made, by=ada, at=at + HOUR) == back
    assert not any("FOR UPDATE" in one["sql"] for one in asked)


def test_two_imports_of_one_day_are_undone_one_after_the_other(at, ada):
    PersonField.objects.create(key="room", name="The room", kind="text")
    field = {"given": "Ana", "email": "p1@alpha.example"}

    def with_room(room, **line):
        header, person, _end = csv({**field, **line}).decode().split("\n")
        return f"{header},room\n{person},{room}\n".encode()

    run(with_room("A 1"), at - DAY, by=ada)
    was = everything()
    first = run(with_room("B 2", title="Dean", code="MED", name="Medicine"), at, by=ada)
    between = everything()
    second = run(with_room("", title="Clerk", code="LAW"), at + HOUR, by=ada)
    undone(second, at + 2 * HOUR, by=ada)
    assert everything() == between
    back = undone(first, at + 3 * HOUR, by=ada)
    assert (why(back), everything()) == ({}, was)


def test_what_was_kept_goes_at_night_without_another_import(before, at):
    forget = next(job for job in schedule.daily_jobs() if job.name == "people.forget")
    forget.run(at=at, scheduled_for=at)
    assert RosterChange.objects.filter(roster_import=before).exists()
    forget.run(at=at + HOUR, scheduled_for=at)
    assert not RosterChange.objects.exists()
