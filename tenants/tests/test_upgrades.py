"""A release over many tenants: planned once, the same in all of them, and nothing to do when nothing changed."""

import io
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models.signals import post_migrate

from tenants.context import TenantRef, inside, public_schema
from tenants.models import TenantUpgrade
from tenants.provisioning import content_types, schemas, template
from tenants.tests.factories import AT
from tenants.tests.planting import planted
from tenants.tests.portrait import portrait
from tenants.upgrades import actions, planning, survey
from tenants.upgrades.replay import Limits, Replay

TEXT = 'migrations.AddField("job", "{name}", models.TextField(db_default=""))'


@pytest.fixture
def owner(town: list[TenantRef]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        yield connection


def only(town: list[TenantRef]) -> frozenset[str]:
    return frozenset(ref.schema_name for ref in town)


def upgrade(town: list[TenantRef], **options: Any) -> actions.Outcome:
    return actions.upgrade(actions.Options(**{"only": only(town), "jobs": 2, **options}))


def columns(owner: psycopg.Connection[Any], name: str) -> set[str]:
    """The schemas in which some table has a column of this name."""
    rows = owner.execute(
        "SELECT c.relnamespace::regnamespace::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE a.attname = %s AND NOT a.attisdropped",
        [name],
    )
    return {schema for (schema,) in rows}


def recorded(owner: psycopg.Connection[Any], schema: str, name: str) -> int:
    row = owner.execute(
        f"SELECT count(*) FROM {schema}.django_migrations WHERE name = %s".encode(), [name]
    ).fetchone()
    return int(row[0]) if row else 0


def test_every_tenant_gets_the_release_and_a_second_run_has_nothing_to_do(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    with planted("jobs", TEXT.format(name="plain"), name="0901_plain"):
        first = upgrade(town)
        assert sorted(first.upgraded) == sorted(only(town))
        assert columns(owner, "plain") == only(town)
        assert {recorded(owner, ref.schema_name, "0901_plain") for ref in town} == {1}
        second = upgrade(town)
        assert (second.upgraded, second.current, second.failed) == ([], len(town), {})
        with public_schema():
            rows = TenantUpgrade.objects.filter(schema_name__in=only(town))
            assert {(row.state, row.attempts, row.error) for row in rows} == {("done", 1, "")}
            assert all(row.seconds and 0 < row.seconds < 60 for row in rows)


def test_nothing_to_do_is_one_statement(
    town: list[TenantRef], owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(town)
    sent: list[object] = []
    real = psycopg.Connection.execute

    def counted(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(query)
        return real(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    assert upgrade(town).current == len(town)
    assert len(sent) == 1


def test_what_is_on_record_is_believed_until_asked_to_verify(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    with planted("jobs", TEXT.format(name="believed"), name="0902_believed"):
        upgrade(town)
        schema = town[0].schema_name
        owner.execute(f"ALTER TABLE {schema}.jobs_job DROP COLUMN believed".encode())
        owner.execute(f"DELETE FROM {schema}.django_migrations WHERE name = '0902_believed'".encode())
        assert upgrade(town).upgraded == []
        assert upgrade(town, verify=True).upgraded == [schema]
        assert columns(owner, "believed") == only(town)


def test_an_upgraded_schema_equals_one_that_django_migrated_step_by_step(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    table = (
        'migrations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True)), ("word", '
        'models.CharField(max_length=9)), ("job", models.ForeignKey("jobs.job", models.CASCADE))], options='
        '{"constraints": [models.UniqueConstraint(fields=["word"], name="extra_word")]})'
    )
    change = 'migrations.AlterField("job", "phase", models.CharField(max_length=200, blank=True))'
    before = portrait(owner, town[0].schema_name)
    with owner.transaction():
        schemas.cut(owner, "t_madeanew")
    try:
        with planted("jobs", table, change, name="0903_extra"):
            assert len(upgrade(town).upgraded) == len(town)
            template.migrate("t_madeanew")
            new, old = portrait(owner, "t_madeanew"), portrait(owner, town[0].schema_name)
            types = [_types(owner, schema) for schema in ("t_madeanew", *sorted(only(town)))]
    finally:
        schemas.drop(owner, "t_madeanew")
    counters = {"sequence", "order"}  # what other tests left in these tenants, and what was counted there
    added = {row for row in old - before if row[0] not in counters}
    assert added
    assert added <= new
    assert not {row for row in before - old if row[0] not in counters} & new
    assert all(each == types[0] for each in types)
    # The new table is the tenant's to use, by the owner's default privileges.
    owner.execute(f"GRANT r_{town[1].schema_name} TO duly_owner".encode())
    with owner.transaction():
        owner.execute(f"SET LOCAL ROLE r_{town[1].schema_name}".encode())
        assert owner.execute(f"SELECT count(*) FROM {town[1].schema_name}.jobs_extra".encode()).fetchone()


def _types(owner: psycopg.Connection[Any], schema: str) -> object:
    return (
        owner.execute(
            f"SELECT id, app_label, model FROM {schema}.django_content_type ORDER BY 1".encode()
        ).fetchall(),
        owner.execute(f"SELECT id, codename FROM {schema}.auth_permission ORDER BY 1".encode()).fetchall(),
    )


def test_content_types_get_the_same_ids_everywhere_and_permissions_keep_their_holders(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    one = town[0].schema_name
    with owner.transaction():
        owner.execute(f"SET LOCAL search_path = {one}".encode())
        owner.execute(
            "UPDATE auth_permission SET content_type_id = 7 FROM django_content_type c "
            "WHERE c.id = content_type_id AND c.model = 'job'"
        )
        owner.execute("UPDATE django_content_type SET id = 7 WHERE model = 'job'")
        owner.execute("UPDATE auth_permission SET id = 8 WHERE codename = 'view_job'")
        owner.execute("INSERT INTO auth_group (id, name) VALUES (1, 'kept')")
        owner.execute("INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, 8)")
        owner.execute("INSERT INTO django_content_type (id, app_label, model) VALUES (9, 'gone', 'gone')")
        owner.execute("DELETE FROM auth_permission WHERE codename = 'add_message'")
    outcome = upgrade(town, verify=True)
    assert outcome.upgraded == [one]
    states, _ = survey.states(owner, sorted(only(town)))
    assert {state.named for state in states.values()} == {content_types.digest()}
    held = owner.execute(
        f"SELECT codename FROM {one}.auth_group_permissions g "
        f"JOIN {one}.auth_permission p ON p.id = g.permission_id".encode()
    ).fetchall()
    assert held == [("view_job",)]


def test_two_names_never_get_one_id() -> None:
    types, rights = content_types.wanted()
    assert len({each[0] for each in types}) == len(types) > 30
    assert len({each[0] for each in rights}) == len(rights) > 100
    # What Django would do after a migration is what `content_types` does; anything else has to be taught to it.
    receivers = {getattr(each[1](), "__name__", "") for each in post_migrate.receivers}
    assert receivers <= {"create_contenttypes", "create_permissions", ""}


MIXED = """
def fill(apps, schema_editor):
    Job = apps.get_model("jobs", "Job")
    Job.objects.using(schema_editor.connection.alias).update(mixed=schema_editor.connection.schema_name)
"""


def test_sql_and_code_and_work_outside_a_transaction_follow_one_another(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    for ref in town:
        _add_job(owner, ref)
    with (
        planted("jobs", TEXT.format(name="mixed"), name="0904_mixed"),
        planted(
            "jobs", "migrations.RunPython(fill, migrations.RunPython.noop)", head=MIXED, name="0905_fill"
        ),
        planted(
            "jobs",
            'AddIndexConcurrently("job", models.Index(fields=["mixed"], name="job_mixed"))',
            head="from django.contrib.postgres.operations import AddIndexConcurrently\n",
            name="0906_index",
            attributes="atomic = False",
        ),
        planted(
            "jobs",
            'migrations.AddField("job", "added_after", models.TextField(null=True))',
            name="0907_after",
        ),
    ):
        plan = call("migrate_tenants", plan=True, json=True, only=[town[0].schema_name])
        assert [each["migrations"] for each in json.loads(plan)] == [["jobs.0904_mixed"]]
        outcome = upgrade(town)
        assert sorted(outcome.upgraded) == sorted(only(town))
        for ref in town:
            schema = ref.schema_name
            filled = owner.execute(f"SELECT DISTINCT mixed FROM {schema}.jobs_job".encode()).fetchall()
            assert filled == [(schema,)]
            valid = owner.execute(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [f"{schema}.job_mixed"]
            ).fetchone()
            assert valid == (True,)
            assert recorded(owner, schema, "0906_index") == 1
        assert columns(owner, "added_after") == only(town)


def _add_job(owner: psycopg.Connection[Any], ref: TenantRef) -> None:
    owner.execute(
        f"INSERT INTO {ref.schema_name}.jobs_job (public_id, kind, params, checkpoint, result, status, phase, "
        "done_count, attempts, next_try_at, problem, reference, created_at) VALUES "
        "(gen_random_uuid(), 'x', '{}', '{}', '{}', 'done', '', 0, 0, now(), '', '', now())".encode()
    )


def test_a_default_that_is_made_up_is_made_up_in_each_tenant(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    for ref in town:
        _add_job(owner, ref)
    secret = 'migrations.AddField("job", "secret", models.CharField(max_length=40, null=True, default=token))'
    head = "import secrets\ndef token():\n    return secrets.token_hex(8)\n"
    with planted("jobs", secret, name="0908_secret", head=head):
        upgrade(town)
        made = {
            owner.execute(f"SELECT min(secret) FROM {ref.schema_name}.jobs_job".encode()).fetchone()
            for ref in town
        }
        assert len(made) == len(town)


def test_a_plan_made_for_another_state_is_refused_by_the_schema_itself(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    one = _candidate(owner, town[0])
    with planted("jobs", TEXT.format(name="twice"), name="0909_twice"):
        state = survey.states(owner, [one.schema])[0][one.schema]
        segment = planning.next_segment(one, state, lock_timeout_ms=2000)
        assert columns(owner, "twice") == set()
        replay = Replay(segment, Limits())
        replay.run(owner, one, at=AT)
        with pytest.raises(planning.Moved):
            replay.run(owner, one, at=AT)
        with pytest.raises(planning.Moved):
            planning.next_segment(one, state, lock_timeout_ms=2000)
        assert recorded(owner, one.schema, "0909_twice") == 1


def _candidate(owner: psycopg.Connection[Any], ref: TenantRef) -> survey.Candidate:
    return survey.Candidate(ref.id, ref.schema_name, ref.status, ref.cell)


def test_the_command_tells_people_and_programs(town: list[TenantRef], owner: psycopg.Connection[Any]) -> None:
    schema = town[0].schema_name
    with planted("jobs", TEXT.format(name="told"), name="0910_told"):
        waiting = json.loads(call("migrate_tenants", status=True, json=True, only=[schema]))
        assert waiting["counts"]["waiting"] == 1
        assert 'ADD COLUMN "told"' in call("migrate_tenants", plan=True, only=[schema], verbosity=2)
        assert columns(owner, "told") == set()
        said = call("migrate_tenants", only=[schema], jobs=1)
        assert "1 tenants: jobs.0910_told, as planned SQL" in said
        assert "1 upgraded, 0 were up to date, 0 failed" in said
        assert "1 done" in call("migrate_tenants", status=True, only=[town[0].host])
        assert "up to date" in call("migrate_tenants", plan=True, only=[schema])
        with pytest.raises(CommandError, match="No tenant answers"):
            call("migrate_tenants", only=["nobody"])


def call(*args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*args, **options, stdout=out)
    return out.getvalue()


def test_the_shared_schema_comes_first(town: list[TenantRef], owner: psycopg.Connection[Any]) -> None:
    with (
        planted("tenants", "migrations.RunSQL('SELECT 1', '')", name="0990_later"),
        planted("jobs", TEXT.format(name="early"), name="0911_early"),
        pytest.raises(CommandError, match=r"lacks tenants\.0990_later\. Run migrate_public first"),
    ):
        call("migrate_tenants", only=[town[0].schema_name])
    assert columns(owner, "early") == set()


def test_a_schema_without_a_tenant_is_left_alone(
    town: list[TenantRef], owner: psycopg.Connection[Any]
) -> None:
    owner.execute("CREATE SCHEMA t_nobodysown")
    try:
        assert upgrade(town).is_complete
    finally:
        owner.execute("DROP SCHEMA t_nobodysown")


def test_inside_a_tenant_the_record_cannot_be_read(town: list[TenantRef]) -> None:
    with inside(town[0]), pytest.raises(Exception, match="shared table"):
        TenantUpgrade.objects.count()
