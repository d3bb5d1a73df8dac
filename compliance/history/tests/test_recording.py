"""Every change of a fact is kept by the database, whoever makes it, and stays as it was kept."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from compliance.history import facts
from compliance.history.models import Change
from lms.people.models import Affiliation, Leave, User
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import inside

pytestmark = pytest.mark.django_db


def _of(source: str, row_id: int) -> list[dict[str, object] | None]:
    return list(
        Change.objects.filter(source=source, row_id=row_id).order_by("pk").values_list("before", flat=True)
    )


def test_a_row_is_born_changes_and_goes(alpha):
    with inside(alpha):
        leave = Leave.objects.create(user=make_user(), starts_on=dt.date(2026, 3, 1))
        pk = leave.pk
        Leave.objects.filter(pk=pk).update(ends_on=dt.date(2026, 4, 1))
        Leave.objects.filter(pk=pk).update(ends_on=dt.date(2026, 4, 1))
        leave.delete()

        born, changed, gone = _of("people_leave", pk)

    assert born is None
    assert changed is not None
    assert changed["ends_on"] is None
    assert gone is not None
    assert gone["ends_on"] == "2026-04-01"


def test_many_rows_of_one_statement_are_kept_one_by_one(alpha):
    with inside(alpha):
        people = [make_user(email=f"p{n}@example.org") for n in range(3)]
        for person in people:
            make_affiliation(person, starts_on=dt.date(2026, 3, 1))
        Affiliation.objects.update(starts_on=dt.date(2026, 9, 1))

        kept = Change.objects.filter(source="people_affiliation", before__starts_on="2026-03-01")

        assert kept.count() == 3


def test_what_is_no_fact_leaves_no_trace(alpha):
    with inside(alpha):
        person = make_user()
        User.objects.filter(pk=person.pk).update(password="!x", locale="de")

        assert _of("people_user", person.pk) == [None]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_change SET before = NULL",
        "DELETE FROM history_change",
        "TRUNCATE history_change",
    ],
)
def test_what_was_kept_stays(alpha, statement):
    with inside(alpha):
        make_user()
        with (
            pytest.raises(DatabaseError, match=r"cannot be changed|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_every_model_of_facts_is_kept_or_left_out_for_a_reason():
    models = [model for model in apps.get_models() if model._meta.app_label in facts.APPS]
    missing = [
        model._meta.label
        for model in models
        if model._meta.db_table not in facts.FACTS and model._meta.label not in facts.NOT_FACTS
    ]

    assert missing == [], (
        "Give each a line in FACTS and a migration that watches it, or a reason in NOT_FACTS."
    )
    assert set(facts.NOT_FACTS) <= {model._meta.label for model in models}


def test_the_list_names_columns_that_are_there():
    by_table = {model._meta.db_table: model for model in apps.get_models()}

    for table, columns in facts.FACTS.items():
        there = {field.column for field in by_table[table]._meta.concrete_fields}
        assert set(columns) <= there, table
        assert "password" not in columns


def test_the_triggers_keep_what_the_list_says(alpha):
    with inside(alpha), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, t.tgname, string_to_array(encode(t.tgargs, 'escape'), '\\000')
              FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE t.tgname LIKE 'recorded\\_%%' AND c.relnamespace = current_schema()::regnamespace
            """
        )
        found = {(table, name): tuple(arguments[:-1]) for table, name, arguments in cursor.fetchall()}

    names = ("recorded_added", "recorded_changed", "recorded_removed")
    assert found == {(table, name): columns for table, columns in facts.FACTS.items() for name in names}


def test_nothing_that_days_past_rest_on_can_be_emptied_at_once(alpha):
    """The owner of the tables may, so a trigger refuses it; 32 of its type means: on TRUNCATE."""
    with inside(alpha), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE t.tgname = 'kept_whole' AND t.tgtype & 32 = 32 AND t.tgenabled = 'O'
               AND t.tgfoid = 'history_refuse'::regproc AND c.relnamespace = current_schema()::regnamespace
            """
        )
        found = {table for (table,) in cursor.fetchall()}

    assert found == {*facts.FACTS, *facts.AS_THEY_STAND}
