"""Commands that know nothing of tenants are refused, by every way to call them; each of them was judged."""

import contextlib
import datetime as dt
import io
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command, get_commands
from django.core.management.commands import check

from tenants.context import NoTenant, TenantRef, inside, public_schema
from tenants.management import gate
from tenants.models import TenantEvent


def test_every_command_was_judged() -> None:
    assert gate.unlisted() == []
    assert gate.FINE.keys() & gate.REFUSED.keys() == set()
    assert gate.unlisted(lambda: {"vacuum_all": "some.library", "migrate_public": "tenants"}) == [
        "vacuum_all"
    ]


def test_what_is_listed_as_fine_or_replaced_is_there() -> None:
    commands = get_commands()
    assert gate.FINE.keys() - commands.keys() == set()
    assert {commands[name] for name in gate.REPLACED} == {"tenants"}
    # A library of tenancy that is not installed brings none of its commands along.
    assert "django_tenants" not in settings.INSTALLED_APPS


@pytest.mark.parametrize("name", sorted(gate.REFUSED))
def test_it_is_refused_by_name_with_what_to_use_instead(name: str) -> None:
    with pytest.raises(CommandError, match=f"`{name}` is refused: .* Use instead: ") as refusal:
        call_command(name, interactive=False)
    assert gate.REFUSED[name].instead in str(refusal.value)


@pytest.mark.parametrize("arguments", [["flush", "--no-input"], ["migrate_schemas", "--shared"], ["help"]])
def test_the_command_line_says_it_without_a_traceback(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments, "--settings=config.settings.test"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    if arguments == ["help"]:
        assert (done.returncode, "[refused: " in done.stdout) == (0, True)
    else:
        assert (done.returncode, f"`{arguments[0]}` is refused" in done.stderr) == (1, True)


def test_code_of_ours_has_a_door_of_its_own() -> None:
    call_command(check.Command(), stdout=io.StringIO())


def run_shell(**options: Any) -> str:
    out = io.StringIO()
    code = "from tenants import context; print(context.scope().schema)"
    with contextlib.redirect_stdout(out):
        call_command("shell", command=code, no_startup=True, verbosity=0, **options)
    return out.getvalue().strip()


def test_a_shell_has_to_say_whose_data_it_is_in(alpha: TenantRef) -> None:
    with pytest.raises(CommandError, match="Say whose data"):
        run_shell()
    with pytest.raises(CommandError, match="No tenant answers"):
        run_shell(tenant="nobody")
    assert run_shell(public=True) == "public"
    assert run_shell(tenant="alpha", reason="a learner cannot sign in") == alpha.schema_name
    with public_schema():
        event = TenantEvent.objects.get(kind="shell.opened")
        assert (event.tenant_id, event.reason) == (alpha.id, "a learner cannot sign in")
    with pytest.raises(NoTenant):
        Session.objects.count()


def test_sessions_that_have_ended_go_in_every_tenant(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    for tenant in (alpha, beta):
        with inside(tenant):
            Session.objects.create(
                session_key="old", session_data="", expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
            )
            Session.objects.create(
                session_key="new", session_data="", expire_date=dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
            )
    out = io.StringIO()
    call_command("clearsessions", tenant="beta", stdout=out)
    with inside(alpha):
        assert Session.objects.count() == 2
    call_command("clearsessions", json=True, stdout=out)
    for tenant in (alpha, beta):
        with inside(tenant):
            assert [each.session_key for each in Session.objects.all()] == ["new"]
