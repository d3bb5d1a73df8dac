"""What an owner takes home: everything of theirs, nothing of anybody else's, no secret, and it can be read."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tenants.context import TenantRef, inside, public_schema
from tenants.models import TenantEvent
from tenants.portability import exporting
from tenants.tests.factories import AT
from tenants.transfer import layout

pytestmark = pytest.mark.isolation("I16")


@pytest.fixture(scope="module")
def takeout(lindenhof: TenantRef, folder: Path) -> zipfile.ZipFile:
    """The takeout of a university with one of everything."""
    exporting.takeout(lindenhof, folder / "takeout.zip", at=AT)
    return zipfile.ZipFile(folder / "takeout.zip")


def _rows(archive: zipfile.ZipFile, table: str) -> list[dict[str, str]]:
    text = archive.read(f"tables/{table}.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_every_table_is_in_it_or_left_out_for_a_reason(
    takeout: zipfile.ZipFile, lindenhof: TenantRef
) -> None:
    manifest = json.loads(takeout.read("manifest.json"))
    with psycopg.connect(settings.DATABASE_OWNER_URL) as owner:
        tables = {table.name: table.columns for table in layout.tables(owner, lindenhof.schema_name)}
    inside_it = {part["table"]: part for part in manifest["tables"]}
    reasons = {each["what"]: each["why"] for each in manifest["left_out"]}
    assert set(tables) - set(inside_it) == {what for what in reasons if "." not in what}
    for name, part in inside_it.items():
        assert tuple(part["columns"]) == tables[name]
        assert len(_rows(takeout, name)) == part["rows"], name
    assert all(reasons.values())
    assert manifest["snapshot"]["lsn"]
    assert manifest["tenant"]["time_zone"] == "Europe/Berlin"


def test_the_checksums_can_be_checked_by_anyone(takeout: zipfile.ZipFile, tmp_path: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum is not installed")
    takeout.extractall(tmp_path / "unpacked")
    listed = (tmp_path / "unpacked" / "checksums.txt").read_text().splitlines()
    assert len(listed) == len(takeout.namelist()) - 1
    command = [program, "--check", "--strict", "--quiet", "checksums.txt"]
    assert subprocess.run(command, cwd=tmp_path / "unpacked", check=False).returncode == 0


def test_words_are_in_it_and_secrets_are_not(takeout: zipfile.ZipFile, lindenhof: TenantRef) -> None:
    everything = b"".join(takeout.read(name) for name in takeout.namelist())
    assert everything.count(b"CANARY-alpha") > 10
    assert {row["password"] for row in _rows(takeout, "people_user")} == {"!"}
    assert {row["url"] for row in _rows(takeout, "consequences_receiver")} == {"https://127.0.0.1:9/duly"}
    letters = [row for row in _rows(takeout, "mail_message") if row["is_copy_kept"] == "f"]
    assert all(row["text"] == row["html"] == "" for row in letters)
    with inside(lindenhof):
        from lms.people.models import User

        hashes = [user.password for user in User.objects.all()]
    assert not any(each.encode() in everything for each in hashes if len(each) > 5)


def test_nothing_and_an_empty_text_stay_two_things(takeout: zipfile.ZipFile) -> None:
    line = takeout.read("tables/people_user.csv").decode().splitlines()[1]
    assert ',"",' in line
    assert ",," in line


def test_uploads_are_files_too(takeout: zipfile.ZipFile) -> None:
    names = [name for name in takeout.namelist() if name.startswith("files/catalog_courseupload/")]
    assert len(names) == 1
    zipfile.ZipFile(io.BytesIO(takeout.read(names[0]))).getinfo("course.toml")
    proofs = [name for name in takeout.namelist() if name.startswith("files/evidence_evidencefile/")]
    assert len(proofs) == 4
    assert all(takeout.read(name).startswith(b"%PDF ") for name in proofs)


def test_the_reader_finds_what_a_column_means(takeout: zipfile.ZipFile) -> None:
    words = takeout.read("data-dictionary.md").decode()
    assert "## people_user" in words
    assert "points to `people_department`" in words
    assert "left out" not in takeout.read("README.md").decode().split("## What is not in here")[0]


def test_the_command_writes_it_down_and_never_over_a_file(lindenhof: TenantRef, tmp_path: Path) -> None:
    target = tmp_path / "lindenhof.zip"
    out = io.StringIO()
    call_command("export_tenant", tenant=lindenhof.host, to=target, json=True, stdout=out)
    facts = json.loads(out.getvalue())
    assert facts["bytes"] == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    with public_schema():
        event = TenantEvent.objects.get(kind="data.exported", tenant=lindenhof.id)
    assert event.facts["sha256"] == facts["sha256"]
    with pytest.raises(CommandError, match="exists"):
        call_command("export_tenant", tenant=lindenhof.host, to=target)
    with pytest.raises(CommandError, match="No tenant answers"):
        call_command("export_tenant", tenant="nobody", to=tmp_path / "x.zip")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CommandError, match=r"is a folder\. Nothing was written"):
        call_command("export_tenant", tenant=lindenhof.host, to=tmp_path, force=True)
    assert sorted(tmp_path.iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lindenhof.zip"]
