"""The database told to look elsewhere, or told nothing: over the app's own login and through Django (I14).

What must not happen are rows of somebody else. A path that names nothing the role may enter is an error; one that also
names the role's own schema leads there, because PostgreSQL passes over what the role may not enter.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from config.local import database
from config.tests import servers
from config.tests.scorecard import Scorecard
from tenants.context import NoTenant, TenantRef, inside, no_scope, public_schema

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I14")]
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedTable,
    psycopg.errors.InvalidSchemaName,  # nothing to create in: no schema of the path may be entered
)
ALPHA, BETA = "t_alphaxxxxxxx", "t_betaxxxxxxxx"

# Paths without the role's own schema. `{other}` is the neighbour's.
FORGED = {
    "the neighbour": "{other}",
    "public": "public",
    "both": "{other}, public",
    "both, the other way round": "public, {other}",
    "the login's own": '"$user"',
    "the neighbour by its role": "{other}, pg_catalog, information_schema",
    "temporary": "pg_temp, {other}",
    "nowhere": "",
}
# How a path can be set: for the session, for the transaction, by a function that can be given any text.
WAYS = {
    "SET": "SET search_path = {path}",
    "SET LOCAL": "SET LOCAL search_path = {path}",
    "set_config": "SELECT set_config('search_path', {text}, false)",
    "set_config, local": "SELECT set_config('search_path', {text}, true)",
}
AS_ROLE = {"as alpha's role": f"SET ROLE r_{ALPHA}", "as the login itself": "RESET ROLE"}

CREATING = [
    f"CREATE TABLE {ALPHA}.mine (id int)",
    f"CREATE TABLE {BETA}.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    f"CREATE TABLE {ALPHA}.mine AS SELECT * FROM people_user",
    f"SELECT * INTO {ALPHA}.mine FROM people_user",
    "SELECT * INTO TEMPORARY mine FROM people_user",
    "CREATE TEMPORARY VIEW mine AS SELECT 1",
    f"CREATE VIEW {ALPHA}.mine AS SELECT 1",
    f"CREATE MATERIALIZED VIEW {ALPHA}.mine AS SELECT 1",
    f"CREATE SEQUENCE {ALPHA}.mine",
    "CREATE TEMPORARY SEQUENCE mine",
    f"CREATE TYPE {ALPHA}.mine AS (id int)",
    f"CREATE INDEX mine ON {ALPHA}.people_user (id)",
    "CREATE SCHEMA mine",
    f"CREATE SCHEMA IF NOT EXISTS mine AUTHORIZATION r_{ALPHA}",
    f"CREATE FUNCTION {ALPHA}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    f"CREATE OR REPLACE FUNCTION {ALPHA}.mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    f"CREATE RULE mine AS ON INSERT TO {ALPHA}.people_user DO NOTHING",
    f"ALTER TABLE {ALPHA}.people_user DISABLE TRIGGER ALL",
    f"ALTER TABLE {ALPHA}.people_user SET SCHEMA public",
    f"ALTER SCHEMA {ALPHA} RENAME TO mine",
    f"DROP SCHEMA {ALPHA} CASCADE",
    f"TRUNCATE {ALPHA}.people_user CASCADE",
    "SET session_replication_role = replica",
    "CREATE ROLE mine",
    "DO $$ BEGIN EXECUTE 'CREATE TEMPORARY TABLE mine (id int)'; END $$",
]


def _set(way: str, path: str) -> sql.Composed:
    """The statement that sets the path, `path` being a list of names as SQL writes it."""
    return sql.SQL(WAYS[way]).format(path=sql.SQL(path or "''"), text=sql.Literal(path))


def _connect() -> psycopg.Connection[Any]:
    return psycopg.connect(database.urls(servers.postgres(), "duly").app_url)


@pytest.mark.parametrize("role", AS_ROLE)
@pytest.mark.parametrize("path", FORGED)
def test_a_forged_path_is_an_error_over_a_bare_connection(path: str, role: str, scorecard: Scorecard) -> None:
    with _connect() as bare:
        for way in WAYS:
            bare.execute(sql.SQL(AS_ROLE[role]))
            bare.execute(_set(way, FORGED[path].format(other=BETA)))
            for statement in (
                "SELECT * FROM people_user",
                "UPDATE people_user SET email = email",
                "TABLE django_session",
            ):
                with pytest.raises(REFUSED), bare.transaction():
                    bare.execute(sql.SQL(statement))
                scorecard.count("I14", statements=1, forged_paths=1)
            bare.rollback()


@pytest.mark.parametrize("path", ["{other}, {own}", "{own}, {other}", "public, {other}, {own}"])
def test_a_path_with_both_tenants_leads_to_ones_own(path: str, scorecard: Scorecard) -> None:
    with _connect() as bare:
        bare.execute(f"SET ROLE r_{ALPHA}")
        bare.execute(_set("set_config", path.format(own=ALPHA, other=BETA)))
        entered = bare.execute("SELECT array_remove(current_schemas(false), 'public')").fetchone()
        owner = bare.execute(
            "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'people_user'::regclass"
        ).fetchone()
        scorecard.count("I14", statements=1, forged_paths=1)
    assert (entered, owner) == (([ALPHA],), (ALPHA,))


@pytest.mark.parametrize("statement", CREATING)
def test_a_tenants_role_creates_nothing(statement: str, scorecard: Scorecard) -> None:
    with _connect() as bare:
        bare.execute(f"SET ROLE r_{ALPHA}; SET search_path = {ALPHA}")
        with pytest.raises(REFUSED):
            bare.execute(sql.SQL(statement))
    scorecard.count("I14", statements=1, creations=1)


@pytest.mark.parametrize("statement", CREATING)
def test_nor_does_code_that_forgot_whose_it_is(statement: str, scorecard: Scorecard) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, REFUSED)
    scorecard.count("I14", statements=1, creations=1)


def _people() -> int:
    from lms.people.models import User

    return User.objects.count()


def _people_after(path: str) -> int:
    _forge(path)
    return _people()


def _forge(path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, false)", [path])


@pytest.mark.parametrize("path", FORGED)
def test_a_forged_path_is_an_error_through_django(
    alpha: TenantRef, beta: TenantRef, path: str, scorecard: Scorecard
) -> None:
    from lms.people.tests.factories import make_user

    with inside(beta):
        make_user(given_name="Not", family_name="Alphas")
    with inside(alpha):
        with pytest.raises(DatabaseError, match="does not exist"), transaction.atomic():
            _people_after(FORGED[path].format(other=beta.schema_name))
        assert _people() == 0, "after the error the path is the tenant's own again"
    scorecard.count("I14", statements=1, forged_paths=1)


def test_a_path_that_was_forged_does_not_last_into_the_next_scope(alpha: TenantRef, beta: TenantRef) -> None:
    from lms.people.tests.factories import make_user

    with inside(beta):
        make_user(given_name="Not", family_name="Alphas")
    with inside(alpha):
        _forge(f"{beta.schema_name}, {alpha.schema_name}")
        assert _people() == 0
    with inside(beta):
        assert _people() == 1
    with inside(alpha):
        assert _people() == 0


@pytest.mark.parametrize("scope", [no_scope, public_schema], ids=["no scope", "the public schema"])
def test_a_forgotten_context_is_an_error_through_django(
    alpha: TenantRef, scope: Callable[[], AbstractContextManager[None]], scorecard: Scorecard
) -> None:
    with scope():
        with pytest.raises(NoTenant):
            _people()
        for statement in (
            "SELECT * FROM people_user",
            "INSERT INTO django_session VALUES ('k', 'd', now())",
            f"SELECT * FROM {alpha.schema_name}.people_user",
            f"DELETE FROM {alpha.schema_name}.people_user",
        ):
            with (
                pytest.raises(DatabaseError, match=r"does not exist|permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
            scorecard.count("I14", statements=1, forgotten_contexts=1)
