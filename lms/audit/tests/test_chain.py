"""The log cannot be changed, and shows it if it was."""

import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from lms.audit import actions, queries, rules
from lms.audit.models import Event
from tenants import context

LONG_AGO = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Someone:
    public_id: uuid.UUID
    display_name: str


ADA = Someone(uuid.UUID(int=1), "Ada Alvarez")


def record(number=1, **fields):
    fields = {"action": "people.imported", "by": ADA, "at": LONG_AGO + timedelta(minutes=number), **fields}
    return actions.record(**fields)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_alpha")
def test_events_are_numbered_without_gaps_and_each_seals_the_one_before():
    first, second = record(1), record(2)
    assert (first.number, second.number) == (1, 2)
    assert second.previous_hash == first.hash
    assert queries.verify_chain() == rules.ChainReport(count=2, head=second.hash)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_alpha")
def test_every_kind_of_fact_still_gives_its_hash_after_it_was_stored():
    facts = {
        "count": 3, "share": 0.1, "whole": 2.0, "huge": 1e22, "tiny": 1e-9, "on": LONG_AGO.date(), "at": LONG_AGO,
        "id": uuid.UUID(int=7), "none": None, "names": ["Zoë", "a\x00b", "😀"], "change": {"repeat": [24, 12]},
    }  # fmt: skip
    record(facts=facts, object_label="x" * 400, by=None)
    stored = Event.objects.get()
    assert rules.seal(stored) == stored.hash
    assert stored.facts["on"] == "2026-11-23"
    assert stored.actor_label == "System"


@pytest.mark.django_db
@pytest.mark.usefixtures("in_alpha")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET actor_label = 'Eve'", "DELETE FROM audit_event", "TRUNCATE audit_event"],
)
def test_the_database_refuses_to_change_the_log(statement):
    record()
    with (
        pytest.raises((ProgrammingError, InternalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.get().actor_label == "Ada Alvarez"


@dataclass
class Row:
    number: int
    at: datetime = LONG_AGO
    actor_id: str = ""
    actor_label: str = "Ada"
    action: str = "a.b"
    object_id: str = ""
    object_label: str = ""
    facts: object = None
    ip_address: str = ""
    previous_hash: str = ""
    hash: str = ""


def chain(length):
    rows, head = [], ""
    for number in range(1, length + 1):
        row = Row(number=number, facts={"n": number}, previous_hash=head)
        row.hash = head = rules.seal(row)
        rows.append(row)
    return rows


def edit(rows):
    rows[2].actor_label = "Eve"


def edit_and_seal_again(rows):
    rows[2].actor_label = "Eve"
    rows[2].hash = rules.seal(rows[2])


def remove(rows):
    del rows[2]


def remove_and_renumber(rows):
    del rows[2]
    for number, row in enumerate(rows, start=1):
        row.number, row.hash = number, ""
        row.hash = rules.seal(row)


def swap(rows):
    rows[2].facts, rows[3].facts = rows[3].facts, rows[2].facts


@pytest.mark.parametrize(
    ("tamper", "broken_at", "fault"),
    [
        (edit, 3, "edited"),
        (edit_and_seal_again, 4, "moved"),
        (remove, 3, "missing"),
        (remove_and_renumber, 3, "moved"),
        (swap, 3, "edited"),
    ],
)
def test_checking_finds_the_first_entry_that_was_tampered_with(tamper, broken_at, fault):
    rows = chain(6)
    tamper(rows)
    report = rules.check(rows)
    assert (report.broken_at, report.fault) == (broken_at, fault)
    assert not report.is_complete


def test_cutting_off_the_newest_entries_shows_by_the_head_only():
    rows = chain(6)
    whole, cut = rules.check(rows), rules.check(rows[:4])
    assert cut.is_complete
    assert cut.head != whole.head


def test_many_writers_at_once_make_one_unbroken_chain(campus):
    def write(offset):
        with context.inside(campus):
            for number in range(5):
                record(offset + number)
        connection.close()

    threads = [threading.Thread(target=write, args=(10 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with context.inside(campus):
        report = queries.verify_chain()
    assert (report.is_complete, report.count) == (True, 20)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_alpha")
def test_the_tenants_own_role_may_not_switch_the_guard_off():
    record()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
