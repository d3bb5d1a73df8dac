"""`manage.py import_course` in scripts: exit codes and JSON."""

import io
import json
import shutil

import pytest
from django.core.management import call_command

from lms.catalog.facts import sources, starter
from lms.catalog.models import CourseVersion
from tenants.context import inside

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A copy of the starter course that a test may spoil."""
    return shutil.copytree(starter.FOLDER / starter.FIRST_KEY, tmp_path / "phishing")


def run(source, *flags, tenant="alpha"):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("import_course", str(source), "--tenant", tenant, *flags, stdout=out, stderr=err)
    return left.value.code, out.getvalue(), err.getvalue()


def test_a_folder_is_saved_and_published_and_the_second_time_changes_nothing(alpha, folder):
    code, out, __ = run(folder, "--publish", "--json")
    facts = json.loads(out)
    assert code == 0
    assert (facts["version"], facts["state"], facts["changed"]) == (1, "published", True)
    assert (facts["lessons"], facts["questions"]) == (8, 13)
    code, out, __ = run(folder, "--publish")
    assert code == 0
    assert "already there, nothing changed" in out
    with inside(alpha):
        assert CourseVersion.objects.count() == 1


def test_a_zip_is_saved_as_a_draft(alpha, folder, tmp_path):
    packed = tmp_path / "phishing.zip"
    packed.write_bytes(sources.to_zip(sources.from_folder(folder).files))
    code, out, __ = run(packed)
    assert code == 0
    assert "Version 1 (draft): saved." in out


def test_problems_are_listed_with_file_and_line_and_nothing_is_saved(alpha, folder):
    lesson = folder / "01-see-it-coming" / "02-the-pattern.md"
    lesson.write_text(lesson.read_text() + "\n<script>x</script>\n")
    lines = lesson.read_text().count("\n")
    code, out, err = run(folder, "--publish")
    assert (code, out) == (1, "")
    assert (
        f"01-see-it-coming/02-the-pattern.md:{lines}: HTML is not used in lessons: <script>x</script>" in err
    )
    code, out, __ = run(folder, "--json")
    assert code == 1
    assert [(each["file"], each["line"]) for each in json.loads(out)["problems"]] == [
        ("01-see-it-coming/02-the-pattern.md", lines)
    ]
    with inside(alpha):
        assert not CourseVersion.objects.exists()


def test_a_check_saves_nothing(alpha, folder):
    assert run(folder, "--check")[0] == 0
    with inside(alpha):
        assert not CourseVersion.objects.exists()


def test_the_starter_course_is_known_by_name(alpha):
    assert run("starter", "--publish")[0] == 0


@pytest.mark.parametrize(("source", "tenant"), [("nowhere", "alpha"), ("starter", "nobody")])
def test_what_is_not_there_is_said_and_nothing_done(alpha, source, tenant):
    code, out, err = run(source, tenant=tenant)
    assert (code, out) == (2, "")
    assert err.strip()


def test_a_file_that_is_no_zip_is_refused(alpha, tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"nothing")
    code, out, __ = run(path, "--json")
    assert code == 2
    assert (
        json.loads(out)["problems"][0]["message"] == "This is not a zip that can be read, or it is damaged."
    )
