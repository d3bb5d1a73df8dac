"""`manage.py verify_audit` in scripts: exit codes and JSON."""

import json
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lms.audit import actions
from tenants.context import inside
from tenants.tests.factories import AT


def run(*arguments):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", *arguments, stdout=out)
    return ended.value.code, out.getvalue()


def fill(tenant):
    with inside(tenant):
        for number in range(3):
            actions.record(action="probe.done", by=None, at=AT, object_label=str(number))


@pytest.mark.django_db
def test_complete_logs_of_all_tenants_exit_with_0(alpha, beta):
    fill(alpha)
    code, out = run()
    assert code == 0
    assert "alpha.duly.localhost: complete, 3 entries" in out
    assert "beta.duly.localhost: complete, 0 entries, newest seal none" in out


def test_a_log_that_the_owner_of_the_tables_has_edited_exits_with_1(campus):
    fill(campus)
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        table = psycopg.sql.Identifier(campus.schema_name, "audit_event")
        connection.execute(psycopg.sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        connection.execute(psycopg.sql.SQL("UPDATE {} SET object_label = 'x' WHERE number = 2").format(table))
    code, out = run("--tenant", campus.host.partition(".")[0], "--json")
    assert code == 1
    report = json.loads(out)[campus.host]
    assert (report["is_complete"], report["broken_at"], report["fault"], report["count"]) == (
        False,
        2,
        "edited",
        1,
    )


@pytest.mark.django_db
def test_an_unknown_tenant_exits_with_2_and_names_some_that_exist(alpha):
    with pytest.raises(CommandError, match=r"alpha\.duly\.localhost") as error:
        call_command("verify_audit", "--tenant", "nowhere")
    assert error.value.returncode == 2
