"""Any day as known on any later one, on pages and in files: figures, people, one person, restatement."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from compliance.history.tests.life import DAY, FIRST, University
from compliance.records import actions as records
from compliance.records.models import Assignment, ComplianceRecord, Waiver
from compliance.records.tests.factories import noon
from lms.people import actions as people
from lms.people.models import Affiliation
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import inside

pytestmark = pytest.mark.django_db

DAY_ASKED = FIRST + 30 * DAY
NOW = FIRST + 40 * DAY


@pytest.fixture
def life(alpha, ada):
    """Forty days; on the last, Ada corrects by hand when P1 began, to after the day that is asked about."""
    with inside(alpha):
        life = University()
        life.turn()
        life.sleep(30)
        life.sleep(10)
        (affiliation,) = Affiliation.objects.filter(user=life.people[1])
        values = {
            name: getattr(affiliation, name) for name in ("department", "kind", "title", "manager", "ends_on")
        }
        people.save_affiliation(
            person=life.people[1],
            affiliation=affiliation,
            values=values | {"starts_on": DAY_ASKED + DAY, "reason": "The contract says so"},
            by=ada,
            at=life.at,
        )
        life.turn()
        with clock.frozen(life.at + dt.timedelta(hours=3)):
            yield life


@pytest.fixture
def page(life, client_for, alpha, ada):
    client = client_for(alpha, ada)

    def get(name, status=200, *args, **query):
        answer = client.get(reverse(f"oversight:{name}", args=args), query)
        assert answer.status_code == status
        return answer

    return get


def _csv(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_report_of_the_day_stays_and_the_restatement_tells_the_difference(page, life):
    then = page("then", on=DAY_ASKED, known=DAY_ASKED).content.decode()
    now = page("then", on=DAY_ASKED).content.decode()

    assert "0 of 4 people" in then
    assert "0 of 3 people" in now
    assert "1 row stands otherwise" in now


def test_a_day_is_counted_by_what_was_decided_about_grace_for_it(page, life, alpha, ada):
    with inside(alpha):
        (assignment, *_rest) = Assignment.objects.filter(user=life.people[2])
        ComplianceRecord.objects.filter(assignment=assignment).update(grace_ends_on=NOW + DAY)
        turned_on = DAY_ASKED + 5 * DAY
        records.decide_grace(counts=True, from_on=turned_on, reason="agreed", by=ada, at=noon(turned_on))
    says = "Whoever is in the days of grace counts as compliant"
    counted = {}
    for on in (turned_on - DAY, turned_on):
        text = page("then", on=on).content.decode()
        assert (says in text) is (on == turned_on)
        rows = _csv(page("then-people-csv", on=on))
        counted[on] = [(row["is_compliant"], row["grace_counts"]) for row in rows if int(row["in_grace"])]
    assert counted == {turned_on - DAY: [("no", "no")], turned_on: [("yes", "yes")]}


def test_a_row_says_what_changed_by_whom_when_and_why(page, life):
    (row,) = _csv(page("restated-csv", on=DAY_ASKED))

    assert row["email"] == "p1@example.org"
    assert row["then"] == "overdue"
    assert row["now"] == "not_in_scope"
    assert "corrected to" in row["what_changed"]
    assert row["changed_by"] == "Ada Alvarez"
    assert row["why"] == "The contract says so"
    assert row["as_of"] == row["then_known_on"] == DAY_ASKED.isoformat()
    text = page("restated", on=DAY_ASKED).content.decode()
    assert "The contract says so" in text
    assert "p1@example.org" in text


def test_the_file_of_a_past_day_says_its_two_days(page, life):
    rows = _csv(page("then-people-csv", on=DAY_ASKED, known=DAY_ASKED, standing="late"))

    assert len(rows) == 4
    assert {(row["as_of"], row["known_on"]) for row in rows} == {(DAY_ASKED.isoformat(),) * 2}


def test_who_was_excused_on_the_day_is_told_apart_by_why(page, life, alpha, ada):
    _first, _second, leaves, waived, *_rest = life.people
    on = {"starts_on": DAY_ASKED, "ends_on": DAY_ASKED + 3 * DAY}
    with inside(alpha):
        leaves.leaves.create(**on)
        for assignment in Assignment.objects.filter(user=waived):
            Waiver.objects.create(
                user=waived, requirement=assignment.requirement, reason="x", asked_by=ada, asked_at=life.at,
                state="approved", decided_by=make_user(), decided_at=life.at, **on,
            )  # fmt: skip
    text = page("then-people", on=DAY_ASKED).content.decode()
    assert "<span>On leave</span>" in text
    assert "<span>Waived</span>" in text
    assert "<span>Excused</span>" not in text
    rows = {row["email"]: row for row in _csv(page("then-people-csv", on=DAY_ASKED))}
    told = {who.email: [rows[who.email][each] for each in COLUMNS] for who in (leaves, waived)}
    assert told == {leaves.email: ["1", "1", "0", "0"], waived.email: ["1", "0", "1", "0"]}


COLUMNS = ("excused", "on_leave", "waived", "exempt")


def test_one_person_is_shown_on_the_day(page, life):
    person = life.people[1].public_id

    assert "Overdue" in page("then-person", 200, person, on=DAY_ASKED, known=DAY_ASKED).content.decode()
    now = page("then-person", 200, person, on=DAY_ASKED).content.decode()
    assert "Nothing was required of this person that day" in now
    assert "The contract says so" in now


IMPOSSIBLE = (
    ({"on": NOW + DAY}, "is still to come"),
    ({"on": DAY_ASKED, "known": NOW + DAY}, "nobody knows"),
    ({"on": DAY_ASKED, "known": DAY_ASKED - DAY}, "nobody knew yet"),
    ({"on": dt.date(2020, 1, 1)}, "Nothing was required of anybody here before"),
)


def test_days_that_cannot_be_asked_about_are_explained(page, life):
    for name in ("then", "then-people", "then-people-csv", "restated", "restated-csv"):
        for query, sentence in IMPOSSIBLE:
            assert sentence in page(name, 422, **query).content.decode(), (name, query)
    assert (
        "is still to come"
        in page("then-person", 422, life.people[0].public_id, on=NOW + DAY).content.decode()
    )


def test_nonsense_is_left_out(page):
    page("then", on="yesterday", known="31.12.2026")


def test_who_sees_a_part_sees_only_that_part(life, client_for, alpha):
    with inside(alpha):
        head = life.people[0]
        from lms.people.models import RoleGrant

        RoleGrant.objects.create(
            user=head, role="department_administrator", department=life.law, granted_at=life.at
        )
    client = client_for(alpha, head)
    rows = _csv(client.get(reverse("oversight:then-people-csv"), {"on": DAY_ASKED, "known": DAY_ASKED}))
    assert {row["department"] for row in rows} == {"Law"}
    other = reverse("oversight:then-person", args=[life.people[1].public_id])
    assert client.get(other, {"on": DAY_ASKED}).status_code == 404
    assert _csv(client.get(reverse("oversight:restated-csv"), {"on": DAY_ASKED})) == []
