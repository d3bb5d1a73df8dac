"""A load taken back as a whole leaves what revoking each cycle by hand leaves; two people where it takes two."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance.records import actions as records
from compliance.records import messages_loads, queries
from compliance.records.models import ComplianceRecord, Credit, Load, LoadUndo, Revocation
from compliance.records.queries import loading
from compliance.records.queries.loads import taking_back
from compliance.requirements.models import Requirement
from compliance.requirements.queries.passes import Knowledge, passes
from compliance.requirements.tests.factories import course_of, make_course, make_requirement
from lms.mail.models import Message
from lms.people.tests.factories import make_affiliation, make_user

from .factories import make_completion, noon

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
LATER = TODAY + 3 * DAY
HEADER = "person,requirement,completed on\n"


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def turn(on=TODAY):
    moment = datetime.combine(on, time(17), tzinfo=UTC)
    records.daily_turn(at=moment, scheduled_for=moment)


def university(people=4):
    """People since 2019 and two requirements since 2020: yearly from the day it was done, and by the calendar."""
    users = [make_user(email=f"p{number}@example.edu", given_name=f"P{number}") for number in range(people)]
    for user in users:
        make_affiliation(user, starts_on=date(2019, 9, 1))
    common = {"starts_on": date(2020, 1, 1), "first_due_days": 30, "credit_since": date(2020, 1, 1)}
    make_requirement(title="Yearly", window_days=30, **common)
    make_requirement(
        title="By the calendar", course=make_course("calendar"), window_days=45, validity_anchor="fixed",
        fixed_month=6, fixed_day=30, **common,
    )  # fmt: skip
    return users


def load(lines, by, at, on=TODAY, **more):
    text = HEADER + "".join(f"{user.email},{title},{day}\n" for user, title, day in lines)
    seen = loading.preview(text, by_id=by.pk, today=on)
    return records.load_history(
        text, fingerprint=seen.fingerprint, reason="Go-live", by=by, today=on, at=at, **more
    )


def take_back(found, by, at, on=LATER, is_told=True, **more):
    said = {"reason": "The wrong file", "is_told": is_told, "by": by, "today": on, "at": at}
    return records.take_load_back(found, fingerprint=taking_back(found, on).fingerprint, **said, **more)


def revoke_each(found, by, at, on=LATER):
    for record in ComplianceRecord.objects.filter(credit__batch=found.public_id).order_by("cycle", "pk"):
        if queries.revocation_of(record.pk) is None:
            due_on = records.fresh_due_on(record, on)
            records.revoke(record, due_on=due_on, reason="The wrong file", by=by, today=on, at=at)


def standings(*days):
    """How everybody stands on these days, and what stands on record as finished."""
    names = (
        "user_id",
        "requirement_id",
        "status",
        "due_on",
        "window_opens_on",
        "completed_on",
        "valid_until",
    )
    found = [
        [*queries.obligations(day).order_by("user_id", "requirement_id").values_list(*names)] for day in days
    ]
    finished = ComplianceRecord.objects.filter(completed_at__isnull=False)
    kept = finished.order_by("pk").values_list("pk", "completed_on", "valid_until", "due_on", "late_days")
    derived = ComplianceRecord.objects.filter(completed_at__isnull=True, closed_at__isnull=True)
    return (
        found,
        [*kept],
        [*derived.order_by("user_id", "requirement_id").values_list("derivation", flat=True)],
    )


def after(deed):
    """What stands after that and the turn that follows; then it is as if it had not been done."""
    with transaction.atomic():
        deed()
        turn(LATER)
        found = standings(LATER, LATER + 40 * DAY, LATER + 500 * DAY)
        transaction.set_rollback(True)
    return found


def drawn(dice, users):
    """Lines of two files, no two of them alike, and what people do in between."""
    lines = {
        (user, dice.choice(["Yearly", "By the calendar"]), date(2021, 1, 5) + dice.randint(0, 2140) * DAY)
        for user in users
        for _ in range(dice.randint(1, 4))
    }
    ordered = sorted(lines, key=lambda line: (line[2], line[0].pk, line[1]))
    dice.shuffle(ordered)
    half = len(ordered) // 2
    return ordered[:half], ordered[half:]


@pytest.mark.parametrize("seed", range(2))
def test_taken_back_it_is_as_if_each_cycle_had_been_revoked_by_hand_in_any_order(ada, at, seed):
    dice, users = Random(seed), university()
    yearly = Requirement.objects.get(title="Yearly")
    if seed % 2:
        turn()
    first, second = (load(lines, ada, at) for lines in drawn(dice, users))
    turn()
    for user in dice.sample(users, 2):
        make_completion(user, course_of(yearly), at=noon(TODAY + DAY))
    waiver = records.ask_for_waiver(
        user=users[0], requirement=yearly, starts_on=TODAY + DAY, ends_on=TODAY + 90 * DAY,
        reason="Away", by=users[1], today=TODAY, at=at,
    )  # fmt: skip
    records.approve_waiver(waiver, note="", by=ada, today=TODAY, at=at)
    turn(TODAY + 2 * DAY)
    revoked = ComplianceRecord.objects.filter(credit__batch=first.public_id).order_by("-cycle").first()
    records.revoke(revoked, due_on=LATER, reason="Not theirs", by=ada, today=TODAY + 2 * DAY, at=at)
    assert not Credit.objects.filter(records__isnull=True).exists(), "each line made a cycle"
    for taken in ([second], [first, second]):
        by_hand = after(lambda taken=taken: [revoke_each(one, ada, at) for one in taken])
        at_once = after(lambda taken=taken: [take_back(one, ada, at) for one in taken])
        assert at_once == by_hand
    other_way = after(lambda: [take_back(one, ada, at) for one in (second, first)])
    # Only what each open cycle says that it stands for is the one that was revoked last.
    assert other_way[:2] == at_once[:2]


@pytest.fixture
def lea(ada):
    """Somebody with both requirements, of whom two completions of one were loaded and have become cycles."""
    (user,) = university(1)
    return user


def test_the_look_is_what_happens_and_only_who_owes_it_again_is_written_to(lea, ada, at):
    other = make_user(email="other@example.edu")
    make_affiliation(other, starts_on=date(2019, 9, 1))
    lines = [(lea, "Yearly", "2025-03-01"), (lea, "Yearly", "2026-02-20"), (other, "Yearly", "2025-03-01")]
    found = load(lines, ada, at)
    turn()
    make_completion(other, course_of(Requirement.objects.get(title="Yearly")), at=noon(TODAY))
    turn(TODAY + DAY)
    seen = taking_back(found, LATER)
    assert (seen.cycle_count, len(seen.user_ids), len(seen.lost), len(seen.opened)) == (3, 2, 1, 1)
    (row,) = seen.opened
    assert (row.user, row.before, row.after) == (lea, "compliant", "not_yet_due")
    assert row.opens.due_on == LATER + 30 * DAY
    undo = take_back(found, ada, at)
    turn(LATER)
    assert (undo.cycle_count, undo.people_count, undo.opened_count) == (3, 2, 1)
    now = dict(
        queries.obligations(LATER).filter(requirement=row.requirement).values_list("user_id", "status")
    )
    assert now == {lea.pk: "not_yet_due", other.pk: "compliant"}
    message = Message.objects.get(kind="records.load")
    assert message.user == lea
    said = messages_loads.letter(message)
    assert said is not None
    assert "due on 26 Dec 2026" in " ".join(said["sentences"])
    with pytest.raises(records.Refused, match="already"):
        take_back(found, ada, at)
    again = taking_back(found, LATER)
    assert (again.cycle_count, again.revoked_count) == (0, 3)
    kept = Revocation.objects.get(due_on__isnull=False)
    records.restore(kept, reason="It was right.", by=ada, today=LATER, at=at)
    assert messages_loads.letter(message) is None


def test_nobody_is_written_to_where_whoever_takes_it_back_says_so(lea, ada, at):
    found = load([(lea, "Yearly", "2026-02-20")], ada, at)
    turn()
    take_back(found, ada, at, is_told=False)
    assert not Message.objects.exists()


def test_what_made_no_cycle_counts_for_nothing_later_either(ada, at):
    user = make_user(email="late@example.edu")
    make_affiliation(user, kind="student", starts_on=date(2019, 9, 1))
    university(1)
    Requirement.objects.update(audience={"kinds": ["staff"]})
    found = load([(user, "Yearly", "2026-02-20")], ada, at)
    turn()
    seen = taking_back(found, LATER)
    assert (seen.cycle_count, seen.kept_count) == (0, 1)
    take_back(found, ada, at + 3 * DAY)
    yearly = Requirement.objects.get(title="Yearly")
    then = Knowledge(TODAY, at + DAY)
    assert [one.on for one in passes([yearly], known=then)[user.pk, yearly.pk]] == [date(2026, 2, 20)]
    assert not passes([yearly]) | passes([yearly], known=Knowledge(LATER, at + 4 * DAY))
    make_affiliation(user, kind="staff", starts_on=TODAY)
    turn(LATER)
    assert dict(queries.obligations(LATER).filter(user=user).values_list("requirement__title", "status"))[
        "Yearly"
    ] in {"not_yet_due", "overdue"}
    assert not ComplianceRecord.objects.filter(user=user, completed_at__isnull=False).exists()


def test_the_right_file_can_be_loaded_afterwards_but_what_was_revoked_by_hand_stays_revoked(lea, ada, at):
    found = load([(lea, "Yearly", "2024-03-01"), (lea, "Yearly", "2026-02-20")], ada, at)
    turn()
    by_hand = ComplianceRecord.objects.get(completed_on=date(2024, 3, 1))
    records.revoke(by_hand, due_on=TODAY, reason="Not theirs", by=ada, today=TODAY, at=at)
    take_back(found, ada, at, on=TODAY)
    lines = [(lea, "Yearly", "2024-03-01"), (lea, "Yearly", "2025-02-25"), (lea, "Yearly", "2026-02-20")]
    again = load(lines, ada, at)
    assert again.line_count == 2
    turn()
    status = queries.obligations(TODAY).filter(requirement__title="Yearly").get()
    assert (status.status, status.completed_on) == ("compliant", date(2026, 2, 20))


def test_above_the_threshold_a_second_person_sees_the_same_and_decides(lea, ada, at):
    bo, cy = (make_user(given_name=name, roles=("compliance_officer",)) for name in ("Bo", "Cy"))
    make_affiliation(cy, starts_on=date(2019, 9, 1))
    lines = [(lea, "Yearly", "2026-02-20"), (cy, "Yearly", "2026-02-20")]
    asked = load(lines, bo, at, takes_two=lambda ids: len(ids) > 1)
    assert asked.is_waiting
    assert not Credit.objects.exists()
    assert set(Message.objects.values_list("user_id", flat=True)) == {ada.pk}
    seen = loading.preview(asked.text, by_id=bo.pk, today=TODAY).fingerprint
    decision = {"remark": "", "today": TODAY, "at": at}
    for by, fingerprint, says in ((bo, seen, "themself"), (cy, seen, "yourself"), (ada, "x", "changed")):
        with pytest.raises(records.Refused, match=says):
            records.approve_load(asked, fingerprint=fingerprint, by=by, **decision)
    with pytest.raises(records.Refused, match="yourself"):
        records.refuse_load(asked, remark="", by=cy, today=TODAY, at=at)
    bo.role_grants.update(role="auditor")
    with pytest.raises(records.Refused, match="no longer certify"):
        records.approve_load(asked, fingerprint=seen, by=ada, **decision)
    bo.role_grants.update(role="compliance_officer")
    records.approve_load(asked, fingerprint=seen, by=ada, **decision)
    assert {(one.by, one.batch) for one in Credit.objects.all()} == {(bo, asked.public_id)}
    kept = Load.objects.get()
    assert (kept.decided_by, kept.text, kept.state) == (ada, "", "made")
    turn()
    undo = take_back(kept, ada, at, takes_two=lambda ids: len(ids) > 1)
    assert undo.is_waiting
    assert not Revocation.objects.exists()
    with pytest.raises(records.Refused, match="already"):
        take_back(kept, bo, at)
    seen = taking_back(kept, LATER).fingerprint
    decision["today"] = LATER
    for by, says in ((ada, "themself"), (cy, "your own|Training of")):
        with pytest.raises(records.Refused, match=says):
            records.approve_taking_back(undo, fingerprint=seen, by=by, **decision)
    with pytest.raises(records.Refused, match="yourself"):
        records.refuse_load(undo, remark="", by=cy, today=LATER, at=at)
    records.withdraw_load(undo, by=ada, at=at)
    with pytest.raises(records.Refused, match="of your own"):
        take_back(kept, cy, at)
    with pytest.raises(records.Refused, match="somebody else"):
        take_back(kept, bo, at, name=undo.public_id)
    with pytest.raises(records.Refused, match="meanwhile"):
        take_back(kept, ada, at, name=undo.public_id)
    undo = take_back(kept, ada, at, takes_two=lambda ids: len(ids) > 1)
    records.approve_taking_back(undo, fingerprint=seen, by=bo, **decision)
    assert Revocation.objects.count() == 2
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        LoadUndo.objects.filter(state="made").update(reason="Other")


def test_a_refusal_and_a_second_click_change_nothing(lea, ada, at):
    bo = make_user(given_name="Bo", roles=("compliance_officer",))
    name = uuid4()
    asked = load([(lea, "Yearly", "2026-02-20")], bo, at, takes_two=bool, name=name)
    assert load([(lea, "Yearly", "2026-02-20")], bo, at, takes_two=bool, name=name) == asked
    records.refuse_load(asked, remark="The wrong year", by=ada, today=TODAY, at=at)
    assert (Load.objects.get().state, Load.objects.get().text) == ("refused", "")
    answers = Message.objects.filter(kind="records.load", user=bo)
    assert answers.count() == 1
    bo.last_day_on = TODAY - timedelta(days=1)
    bo.save()
    other = load([(lea, "Yearly", "2026-02-20")], bo, at, takes_two=bool, name=uuid4())
    records.refuse_load(other, remark="The wrong year", by=ada, today=TODAY, at=at)
    assert answers.count() == 1, "they have left"
    with pytest.raises(records.Refused, match="meanwhile"):
        records.withdraw_load(asked, by=bo, at=at)
    with pytest.raises(records.Refused, match="meanwhile"):
        load([(lea, "Yearly", "2026-02-20")], bo, at, takes_two=bool, name=name)
    assert not Credit.objects.exists()


def test_while_a_requirement_rests_nothing_of_it_is_taken_back(lea, ada, at):
    found = load([(lea, "Yearly", "2026-02-20")], ada, at)
    turn()
    Requirement.objects.filter(title="Yearly").update(state="paused")
    with pytest.raises(records.Refused, match="rests at the moment"):
        take_back(found, ada, at)
    assert not Revocation.objects.exists()


def test_a_load_of_many_is_taken_back_by_as_many_statements_as_one_of_one(lea, ada, at):
    many = [make_user(email=f"m{number}@example.edu") for number in range(5)]
    for user in many:
        make_affiliation(user, starts_on=date(2019, 9, 1))
    one = load([(lea, "Yearly", "2026-02-20")], ada, at)
    others = load([(user, "Yearly", "2026-02-20") for user in many], ada, at)
    turn()
    counts = []
    for found in (one, others):
        seen = taking_back(found, LATER).fingerprint
        with CaptureQueriesContext(connection) as made:
            records.take_load_back(
                found, reason="x", is_told=True, fingerprint=seen, by=ada, today=LATER, at=at
            )
        counts.append(len(made))
    assert counts[0] == counts[1]
