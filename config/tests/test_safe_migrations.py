"""Bad migrations, planted one by one, and each is refused by the rule meant for it; good ones pass."""

import pytest
from django.apps import apps

from config.checkup import expand, migrations
from tenants.tests.planting import planted

POSTGRES = "from django.contrib.postgres.operations import *\n"
CODE = """
def work(apps, schema_editor):
    apps.get_model("jobs", "Job").objects.{using}update(kind="x")
"""
BACK = "migrations.RunPython.noop"

BAD = [
    ("drop", "jobs", 'migrations.RemoveField("job", "phase")', ""),
    ("drop", "jobs", 'migrations.DeleteModel("Job")', ""),
    ("rename", "jobs", 'migrations.RenameField("job", "phase", "stage")', ""),
    ("rename", "jobs", 'migrations.RenameModel("Job", "Task")', ""),
    ("rename", "jobs", 'migrations.AlterModelTable("job", "tasks")', ""),
    ("not-null", "jobs", 'migrations.AddField("job", "x", models.IntegerField(default=0))', ""),
    ("not-null", "jobs", 'migrations.AlterField("job", "total_count", models.PositiveBigIntegerField())', ""),
    ("change-type", "jobs", 'migrations.AlterField("job", "phase", models.TextField(blank=True))', ""),
    ("change-type", "jobs", 'migrations.AlterField("job", "kind", models.CharField(max_length=8))', ""),
    ("add-index", "mail", 'migrations.AddIndex("message", models.Index(fields=["id"], name="x"))', ""),
    ("add-index", "tenants", 'migrations.AddIndex("wakeup", models.Index(fields=["job"], name="x"))', ""),
    (
        "add-constraint",
        "jobs",
        'migrations.AddConstraint("job", models.UniqueConstraint(fields=["kind"], name="x"))',
        "",
    ),
    (
        "add-constraint",
        "jobs",
        'migrations.AddConstraint("job", models.CheckConstraint(condition=models.Q(attempts__lt=9), name="x"))',
        "",
    ),
    ("char-index", "jobs", 'migrations.AddField("job", "x", models.CharField(null=True, unique=True))', ""),
    (
        "char-index",
        "jobs",
        'migrations.CreateModel("X", [("id", models.BigAutoField(primary_key=True)), ("s", models.SlugField())])',
        "",
    ),
    (
        "python",
        "jobs",
        "migrations.RunPython(work)",
        CODE.format(using="using(schema_editor.connection.alias)."),
    ),
    ("python", "jobs", f"migrations.RunPython(work, {BACK})", CODE.format(using="")),
    (
        "direct-imports",
        "jobs",
        f"migrations.RunPython(work, {BACK})",
        "from lms.jobs.models import Job\ndef work(apps, schema_editor):\n    schema_editor.connection.alias\n",
    ),
    (
        "direct-imports",
        "jobs",
        f"migrations.RunPython(work, {BACK})",
        (
            "def work(apps, schema_editor):\n    from django.contrib.auth import get_user_model\n"
            "    schema_editor.connection.alias\n"
        ),
    ),
    ("sql", "jobs", 'migrations.RunSQL("SELECT 1")', ""),
    ("sql", "jobs", 'migrations.RunSQL("SELECT 1 FROM public.tenants_tenant", "")', ""),
    ("sql", "jobs", 'migrations.RunSQL("UPDATE t_abc.jobs_job SET kind = 1", "")', ""),
    ("sql", "jobs", "migrations.RunSQL('SET LOCAL search_path = x', '')", ""),
    ("sql", "jobs", 'migrations.RunSQL(["GRANT SELECT ON jobs_job TO x"], "")', ""),
    ("sql", "jobs", 'migrations.RunSQL([("CREATE EXTENSION citext", [])], "")', ""),
    ("extension", "jobs", "CITextExtension()", POSTGRES),
]


def found(label: str, *operations: str, head: str = "", attributes: str = "") -> list[str]:
    """As if everything that is there had been released."""
    released = migrations.present()
    with planted(label, *operations, head=head, attributes=attributes):
        return migrations.problems(released)


@pytest.mark.parametrize(("rule", "label", "operation", "head"), BAD)
def test_a_bad_migration_is_refused_by_the_rule_meant_for_it(
    rule: str, label: str, operation: str, head: str
) -> None:
    lines = found(label, operation, head=head)
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{label}.0900_planted: {rule}: ")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in BAD} | {"alone"} == set(expand.RULES)


def test_outside_a_transaction_there_is_one_operation() -> None:
    index = 'AddIndexConcurrently("job", models.Index(fields=["kind"], name="{}"))'
    lines = found("jobs", index.format("x"), index.format("y"), head=POSTGRES, attributes="atomic = False")
    assert [line.split(": ")[1] for line in lines] == ["alone"]


def test_no_rule_is_escaped_by_wrapping() -> None:
    """What is sent to the database counts, however it is written down."""
    today = BAD[18]
    assert today[0] == "direct-imports"
    wrapped = f"migrations.SeparateDatabaseAndState([{today[2]}])"
    assert [line.split(": ")[1] for line in found("jobs", wrapped, head=today[3])] == ["direct-imports"]
    index = 'AddIndexConcurrently("job", models.Index(fields=["kind"], name="{}"))'
    both = f"migrations.SeparateDatabaseAndState([{index.format('x')}, {index.format('y')}])"
    lines = found("jobs", both, head=POSTGRES, attributes="atomic = False")
    assert [line.split(": ")[1] for line in lines] == ["alone"]
    nested = "migrations.SeparateDatabaseAndState([migrations.SeparateDatabaseAndState([%s])])"
    assert len(found("jobs", nested % BAD[0][2])) == 1


GOOD = [
    ('migrations.AddField("job", "x", models.IntegerField(null=True))', ""),
    ('migrations.AddField("job", "x", models.IntegerField(db_default=0))', ""),
    ('migrations.AddField("job", "x", models.ManyToManyField("people.User"))', ""),
    ('migrations.AddIndex("job", models.Index(fields=["kind"], name="x"))', ""),
    ('migrations.AlterField("job", "phase", models.CharField(max_length=200, blank=True))', ""),
    (f"migrations.RunPython(work, {BACK})", CODE.format(using="using(schema_editor.connection.alias).")),
    ("migrations.RunSQL('UPDATE jobs_job SET kind = kind', '')", ""),
    ('migrations.SeparateDatabaseAndState([], [migrations.RemoveField("job", "phase")])', ""),
    (
        'AddConstraintNotValid("job", models.CheckConstraint(condition=models.Q(attempts__lt=9), name="x"))',
        POSTGRES,
    ),
]


@pytest.mark.parametrize(("operation", "head"), GOOD)
def test_a_good_one_passes(operation: str, head: str) -> None:
    assert found("jobs", operation, head=head) == []


def test_what_is_new_in_the_same_release_may_still_change() -> None:
    new = 'migrations.CreateModel("X", [("id", models.BigAutoField(primary_key=True)), ("s", models.TextField())])'
    assert found("jobs", new, 'migrations.RemoveField("x", "s")', 'migrations.DeleteModel("X")') == []


def test_the_second_step_names_the_release_that_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = 'migrations.RemoveField("job", "phase")'
    monkeypatch.setattr(migrations, "_current_version", lambda: "0.3.0")
    assert found("jobs", gone, attributes='contract_since = "0.2"') == []
    assert "must be a release before 0.3.0" in found("jobs", gone, attributes='contract_since = "0.3.0"')[0]


def test_an_exception_has_a_reason_and_something_to_except() -> None:
    constraint = BAD[11][2]
    reasoned = 'allowed = {"add-constraint": "the form has refused a second one since 0.1"}'
    assert found("jobs", constraint, attributes=reasoned) == []
    assert "too short" in found("jobs", constraint, attributes='allowed = {"add-constraint": "fine"}')[0]
    idle = found("jobs", GOOD[0][0], attributes=reasoned)
    assert idle == ["jobs.0900_planted: allowed 'add-constraint': nothing here breaks that rule"]


def test_before_the_first_release_there_is_nothing_to_survive() -> None:
    with planted("jobs", 'migrations.RemoveField("job", "phase")'):
        assert migrations.problems({}) == []
    with planted("jobs", 'migrations.RunSQL("SELECT 1")'):
        assert len(migrations.problems({})) == 1


def test_the_migrations_there_are_can_meet_the_last_release() -> None:
    assert migrations.problems(migrations.released()) == []
    assert {apps.get_model(name)._meta.label_lower for name in expand.LARGE} == expand.LARGE
