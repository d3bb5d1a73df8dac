"""Each login tried over a connection of its own: what it must not do is an error, never rows (I14)."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from psycopg import sql

from config.local import database
from config.local.database import DatabaseUrls
from config.tests import servers
from config.tests.engine import operators_login
from config.tests.scorecard import Scorecard
from lms.people.models import User
from tenants import logins
from tenants.context import TenantRef, inside

pytestmark = pytest.mark.isolation("I14")
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedTable,
    psycopg.errors.ReadOnlySqlTransaction,
)
CONSOLE = "t_reservedtest"


@pytest.fixture(scope="module")
def urls() -> DatabaseUrls:
    return database.urls(servers.postgres(), "duly")


@pytest.fixture
def console_schema(django_db_setup: None) -> Iterator[str]:
    """A schema made as the operators' own is made."""
    from tenants.provisioning import schemas

    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        schemas.cut(owner, CONSOLE, login=settings.DATABASE_OPERATOR_ROLE)
    yield CONSOLE
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        schemas.drop(owner, CONSOLE)


def _refused(url: str, statement: str, *before: str) -> str:
    """The error that the database answers `statement` with, after `before`; fails the test when there is none."""
    with psycopg.connect(url) as connection:
        for each in before:
            connection.execute(sql.SQL(each))
        with pytest.raises(REFUSED) as caught:
            connection.execute(sql.SQL(statement))
    return str(caught.value)


CREATING = [
    "CREATE TABLE public.mine (id int)",
    "CREATE TABLE {alpha}.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE mine",
    "ALTER TABLE public.tenants_tenant ADD COLUMN mine int",
    "ALTER ROLE duly_app SUPERUSER",
    "DROP TABLE public.tenants_tenant",
    "TRUNCATE public.tenants_tenant",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY public.tenants_tenant TO PROGRAM 'cat'",
    "GRANT duly_owner TO duly_app",
    "SET ROLE duly_owner",
    "UPDATE public.tenants_tenantevent SET reason = ''",
    "DELETE FROM public.tenants_tenantevent",
    "UPDATE public.tenants_deletioncertificate SET row_count = 0",
    "DELETE FROM public.tenants_deletioncertificate",
    "DELETE FROM public.django_migrations",
]


@pytest.mark.parametrize("statement", CREATING)
@pytest.mark.parametrize("login", ["app_url", "operator_url", "backup_url", "readonly_url"])
def test_no_login_at_run_time_creates_changes_or_climbs(
    django_db_setup: None, urls: DatabaseUrls, login: str, statement: str, scorecard: Scorecard
) -> None:
    _refused(getattr(urls, login), statement.format(alpha="t_alphaxxxxxxx"))
    scorecard.count("I14", statements=1)


@pytest.mark.parametrize(
    ("before", "statement"),
    [
        ([], "SELECT * FROM t_betaxxxxxxxx.people_user"),
        (["SET search_path = t_betaxxxxxxxx"], "SELECT * FROM people_user"),
        (
            ["SET search_path = t_alphaxxxxxxx, t_betaxxxxxxxx", "SET ROLE r_t_alphaxxxxxxx"],
            "SELECT * FROM t_betaxxxxxxxx.people_user",
        ),
        (["SET ROLE r_t_alphaxxxxxxx", "SET search_path = t_betaxxxxxxxx"], "SELECT * FROM people_user"),
        (["SET ROLE r_t_alphaxxxxxxx", "SET search_path = public"], "SELECT * FROM tenants_tenant"),
        (["SET ROLE r_t_alphaxxxxxxx"], "INSERT INTO t_betaxxxxxxxx.django_session VALUES ('k', 'd', now())"),
        (["SET ROLE r_t_alphaxxxxxxx"], "CREATE TEMPORARY TABLE mine (id int)"),
        (["SET ROLE r_t_alphaxxxxxxx"], "CREATE TABLE t_alphaxxxxxxx.mine (id int)"),
        ([], "SELECT * FROM people_user"),
    ],
)
def test_a_wrong_turn_of_the_app_is_an_error(
    django_db_setup: None, urls: DatabaseUrls, before: list[str], statement: str, scorecard: Scorecard
) -> None:
    """Schema-qualified, forged search path, forgotten context: nothing comes back."""
    _refused(urls.app_url, statement, *before)
    scorecard.count("I14", statements=1)


def test_the_console_enters_its_own_schema_and_no_tenant(urls: DatabaseUrls, console_schema: str) -> None:
    with psycopg.connect(urls.operator_url) as console:
        console.execute(f"SET ROLE r_{console_schema}; SET search_path = {console_schema}")
        assert console.execute("SELECT count(*) FROM people_user").fetchone() == (0,)
        console.execute("RESET ROLE")
        assert console.execute("SELECT count(*) > 1 FROM public.tenants_tenant").fetchone() == (True,)
    # The group of all tenants' roles holds rights on tables, but on no schema: nothing can be reached with it.
    _refused(urls.operator_url, "SELECT * FROM t_alphaxxxxxxx.people_user", "SET ROLE duly_tenant")
    for statement in (
        "SET ROLE r_t_alphaxxxxxxx",
        "SELECT * FROM t_alphaxxxxxxx.people_user",
        "GRANT r_t_alphaxxxxxxx TO duly_operator",
    ):
        _refused(urls.operator_url, statement)


def test_the_app_does_not_enter_the_consoles_schema(urls: DatabaseUrls, console_schema: str) -> None:
    _refused(urls.app_url, f"SET ROLE r_{console_schema}")
    _refused(urls.app_url, f"SELECT * FROM {console_schema}.people_user")


def test_the_backup_reads_everything_and_writes_nothing(django_db_setup: None, urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.backup_url) as backup:
        assert backup.execute("SELECT count(*) FROM t_alphaxxxxxxx.people_user").fetchone() is not None
        assert backup.execute("SELECT count(*) > 1 FROM public.tenants_tenant").fetchone() == (True,)
    for statement in (
        "INSERT INTO t_alphaxxxxxxx.django_session VALUES ('k', 'd', now())",
        "UPDATE public.tenants_tenant SET name = ''",
        "SELECT nextval('public.tenants_tenant_id_seq')",
    ):
        _refused(urls.backup_url, statement)
        # The read-only default is a courtesy; without it the rights are what refuses.
        _refused(
            urls.backup_url, statement, "SET default_transaction_read_only = off; COMMIT; BEGIN READ WRITE"
        )


def test_figures_are_all_the_read_only_login_sees(django_db_setup: None, urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.readonly_url) as reader:
        row = reader.execute("SELECT sum(tenants) FROM public.duly_figures").fetchone()
        assert row is not None
        assert row[0] >= 2
        reader.execute("SELECT * FROM public.duly_sign_ups_by_day")
    for statement in (
        "SELECT * FROM public.tenants_tenant",
        "SELECT * FROM public.tenants_tenanthealth",
        "SELECT * FROM public.tenants_signup",
        "SELECT * FROM t_alphaxxxxxxx.people_user",
        "SET ROLE r_t_alphaxxxxxxx",
    ):
        _refused(urls.readonly_url, statement)


def test_the_app_may_become_any_tenant_but_nobody_else() -> None:
    """The limit of the design, written down so that nobody believes otherwise (docs/adr: separate logins)."""
    url = database.urls(servers.postgres(), "duly").app_url
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE r_t_alphaxxxxxxx; SET ROLE r_t_betaxxxxxxxx")
    _refused(url, "SET ROLE duly_backup")
    _refused(url, "SET ROLE pg_read_all_data")


def test_this_process_has_a_weak_login(alpha: TenantRef) -> None:
    from django.core import checks

    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []


def test_the_console_has_one_too(alpha: TenantRef, operators: TenantRef, settings: Any) -> None:
    """The tests' own pages of the console run as this login: it enters the operators' schema and no other."""
    from django.core import checks
    from django.db import connection

    settings.SERVES_OPERATORS = True
    with operators_login():
        assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []
        with inside(operators), connection.cursor() as cursor:
            cursor.execute("SELECT session_user, current_user")
            assert cursor.fetchone() == (settings.DATABASE_OPERATOR_ROLE, operators.role)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic(), inside(alpha):
            User.objects.count()
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic(), inside(operators):
        User.objects.count()


def test_a_door_that_should_be_shut_is_noticed(alpha: TenantRef, settings: Any) -> None:
    """From either side: the app in the operators' schema, the console in a university's."""
    from django.core import checks

    for serves_operators in (False, True):
        settings.SERVES_OPERATORS = not serves_operators
        with operators_login(serves_operators):
            found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
        assert [each.id for each in found] == ["tenants.E007"]


@pytest.mark.parametrize(
    ("change", "back", "words"),
    [
        ("ALTER ROLE duly_app SUPERUSER", "ALTER ROLE duly_app NOSUPERUSER", "superuser"),
        ("ALTER ROLE duly_app BYPASSRLS", "ALTER ROLE duly_app NOBYPASSRLS", "BYPASSRLS"),
        ("ALTER ROLE duly_app CREATEROLE", "ALTER ROLE duly_app NOCREATEROLE", "roles or databases"),
        ("ALTER ROLE duly_app INHERIT", "ALTER ROLE duly_app NOINHERIT", "INHERIT"),
        (
            "GRANT CREATE ON SCHEMA public TO duly_app",
            "REVOKE CREATE ON SCHEMA public FROM duly_app",
            "create in",
        ),
        (
            "GRANT TEMPORARY ON DATABASE duly TO duly_app",
            "REVOKE TEMPORARY ON DATABASE duly FROM duly_app",
            "temporary",
        ),
        (
            "CREATE SCHEMA mine AUTHORIZATION duly_app",
            "DROP SCHEMA mine",
            "owns",
        ),
    ],
)
def test_a_login_that_is_too_strong_is_noticed(
    transactional_powers: None, change: str, back: str, words: str
) -> None:
    pg = servers.postgres()
    dsn = pg.dsn(pg.superuser, pg.superuser_password, "duly")
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute(change)
        try:
            assert any(words in each for each in logins.powers()), logins.powers()
        finally:
            superuser.execute(back)
    assert not any(words in each for each in logins.powers())


@pytest.fixture
def transactional_powers(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The check's own connection outside any test transaction, so that it sees what another one commits."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()
