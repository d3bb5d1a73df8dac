"""`manage.py import_roster`, as a script would use it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from lms.people.enums import RosterImportState
from lms.people.imports import intake
from lms.people.models import RosterImport, User
from lms.people.tests.test_import import csv
from tenants.context import inside

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(alpha, tmp_path):
    """`command(content, *options)` answers (exit code, what it wrote)."""

    def run(content: bytes, *options: str, tenant: str = "alpha.duly.localhost") -> tuple[object, str]:
        file = tmp_path / "roster.csv"
        file.write_bytes(content)
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("import_roster", str(file), "--tenant", tenant, *options, stdout=out, stderr=out)
        return ended.value.code, out.getvalue()

    return run


def test_a_good_file_goes_in_and_the_exit_code_is_0(alpha, command) -> None:
    code, said = command(csv({}), "--json")
    assert code == 0
    assert json.loads(said)["counts"]["create"] == 1
    with inside(alpha):
        assert User.objects.filter(email="ana@alpha.example").exists()


def test_lines_left_out_are_named_and_the_exit_code_is_1(alpha, command) -> None:
    code, said = command(csv({}, {"id": "2", "email": "nonsense"}))
    assert code == 1
    assert "line 3: error: “nonsense” is not an e-mail address." in said
    with inside(alpha):
        assert User.objects.count() == 1


def test_a_dry_run_leaves_no_trace(alpha, command) -> None:
    code, said = command(csv({}), "--dry-run", "--json")
    assert (code, json.loads(said)["counts"]["create"]) == (0, 1)
    with inside(alpha):
        assert not User.objects.exists()
        assert not RosterImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "tenant", "words"),
    [
        (csv({}), "nowhere", "No tenant answers"),
        (b"", "alpha.duly.localhost", "The file is empty"),
        (b"Name,Phone\nAna,1\n", "alpha.duly.localhost", "Choose the column with the e-mail address"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_exit_code_is_2(alpha, command, content, tenant, words) -> None:
    code, said = command(content, "--json", tenant=tenant)
    assert code == 2
    assert words in json.loads(said)["error"]


def test_those_absent_are_ended_only_when_asked(alpha, command) -> None:
    command(csv({}, {"id": "2", "email": "b@alpha.example"}))
    command(csv({}), "--end-absent")
    with inside(alpha):
        assert User.objects.get(external_id="2").last_day_on is not None


def test_nothing_is_imported_while_an_import_is_undone_or_another_one_begun(alpha, command, at) -> None:
    with inside(alpha):
        made = RosterImport.objects.create(content=b"", created_at=at)
        undo = RosterImport.objects.create(
            undoes=made, content=b"", created_at=at, state=RosterImportState.IMPORTING
        )
    code, said = command(csv({}), "--json")
    assert (code, "is being undone" in json.loads(said)["error"]) == (2, True)
    with inside(alpha):
        RosterImport.objects.filter(pk=undo.pk).delete()
    other = connection.copy()
    try:
        with other.cursor() as cursor, connection.cursor() as mine:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [intake._LOCK, alpha.schema_name])
            mine.execute("SET LOCAL lock_timeout = '50ms'")
            code, said = command(csv({}), "--json")
    finally:
        other.close()
    assert (code, "is being made just now" in json.loads(said)["error"]) == (2, True)
    with inside(alpha):
        assert not User.objects.exists()
