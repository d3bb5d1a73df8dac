"""Archives that somebody altered, cut off or made up: refused with a sentence, and nothing is written."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.context import TenantRef, inside, public_schema
from tenants.models import Restoration, Tenant
from tenants.portability import exporting, restoring
from tenants.portability.manifest import BadArchive
from tenants.portability.reading import Package
from tenants.portability.tests import facts
from tenants.portability.tests.conftest import MakeTenant
from tenants.tests.factories import AT

pytestmark = pytest.mark.isolation("I16")

Edit = Callable[[dict[str, bytes]], None]
ORDER = restoring.Order(by="system", reason="a test", at=AT)


@pytest.fixture(scope="module")
def takeout(lindenhof: TenantRef, folder: Path) -> Path:
    exporting.takeout(lindenhof, folder / "lindenhof.zip", at=AT)
    return folder / "lindenhof.zip"


@pytest.fixture(scope="module")
def empty(make_tenant: MakeTenant) -> TenantRef:
    return make_tenant()


def forge(source: Path, target: Path, edit: Edit, *, reseal: bool = True) -> Path:
    """The archive with `edit` done to its entries; with `reseal`, all lengths and checksums say it was always so."""
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    edit(entries)
    if reseal:
        _seal(entries)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def _seal(entries: dict[str, bytes]) -> None:
    manifest = json.loads(entries["manifest.json"])
    for part in manifest["tables"]:
        content = entries.get(part["file"], b"")
        part |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    entries["manifest.json"] = json.dumps(manifest).encode()
    entries.pop("checksums.txt")
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in entries.items()]
    entries["checksums.txt"] = "".join(lines).encode()


def _manifest(entries: dict[str, bytes], change: Callable[[Any], None]) -> None:
    manifest = json.loads(entries["manifest.json"])
    change(manifest)
    entries["manifest.json"] = json.dumps(manifest).encode()


def _table(name: str, change: Callable[[bytes], bytes]) -> Edit:
    def edit(entries: dict[str, bytes]) -> None:
        entries[f"tables/{name}.csv"] = change(entries[f"tables/{name}.csv"])

    return edit


def _cell(name: str, column: str, value: str) -> Edit:
    """Another value in one cell of the first row."""

    def change(text: bytes) -> bytes:
        header, first, rest = text.split(b"\n", 2)
        cells = re.findall(rb'("(?:[^"]|"")*"|[^,]*)(?:,|$)', first)[: header.count(b",") + 1]
        cells[header.decode().split(",").index(column)] = f'"{value}"'.encode()
        return b"\n".join([header, b",".join(cells), rest])

    return _table(name, change)


def _add(name: str, content: bytes) -> Edit:
    return lambda entries: entries.update({name: content})


def _told(change: Callable[[Any], None]) -> Edit:
    return lambda entries: _manifest(entries, change)


def _extra_table(entries: dict[str, bytes]) -> None:
    entries["tables/people_spy.csv"] = b"id\n"
    part = {
        "table": "people_spy",
        "columns": ["id"],
        "types": ["bigint"],
        "rows": 0,
        "bytes": 3,
        "sha256": "0" * 64,
        "file": "tables/people_spy.csv",
    }
    _manifest(entries, lambda manifest: manifest["tables"].append(part))


def _sessions(entries: dict[str, bytes]) -> None:
    _extra_table(entries)
    entries["tables/django_session.csv"] = entries.pop("tables/people_spy.csv")
    entries["manifest.json"] = entries["manifest.json"].replace(b"people_spy", b"django_session")


def _without_mail(entries: dict[str, bytes]) -> None:
    del entries["tables/mail_message.csv"]

    def forget(manifest: Any) -> None:
        manifest["tables"] = [part for part in manifest["tables"] if part["table"] != "mail_message"]

    _manifest(entries, forget)


def _miscount(manifest: Any) -> None:
    for part in manifest["tables"]:
        part["rows"] += 1


RESEALED: dict[str, tuple[Edit, str]] = {
    "a name that climbs out": (_add("../evil.sh", b"x"), "would lie outside"),
    "an absolute name": (_add("/etc/cron.d/evil", b"x"), "would lie outside"),
    "a name of another system": (_add("..\\evil.exe", b"x"), "would lie outside"),
    "a file nobody named": (_add("tables/people_spy.csv", b"id\n"), "does not name"),
    "a table of nobody's": (_extra_table, "does not know"),
    "a table that must not come": (_sessions, "must not bring"),
    "a bomb": (_add("README.md", b"0" * 40_000_000), "times its size"),
    "another format": (_told(lambda manifest: manifest.update(format="zip")), "another format"),
    "a later version": (_told(lambda manifest: manifest.update(format_version=2)), "format version 2"),
    "a manifest of nonsense": (
        _told(lambda manifest: manifest.update(tenant=[])),
        "manifest of the archive is damaged",
    ),
    "a release nobody ran": (
        _told(lambda manifest: manifest["release"].update(fingerprint="0" * 64)),
        "never ran",
    ),
    "a column more": (
        _told(lambda manifest: manifest["tables"][0]["columns"].append("spy")),
        "are not this release's: spy",
    ),
    "a table less": (_without_mail, "lacks the table mail_message"),
    "a NUL": (_table("people_user", lambda text: text.replace(b"Ada", b"A\x00a")), "0x00"),
    "another encoding": (
        _table("people_user", lambda text: text.replace(b"Ada", b"\xc4da")),
        "invalid byte sequence",
    ),
    "a broken line": (
        _table("people_user", lambda text: text + b'"1","2\n'),
        "people_user.csv cannot be read",
    ),
    "a header of other columns": (
        _table("people_user", lambda text: text.replace(b"family_name", b"given_nome", 1)),
        "people_user.csv cannot be read",
    ),
    "a number that is none": (
        _table("people_department", lambda text: text.replace(b'\n"1"', b'\n"one"', 1)),
        "invalid input syntax",
    ),
    "a reference into nothing": (_cell("people_affiliation", "department_id", "999999"), "does not hold"),
    "a value the table refuses": (
        _cell("people_user", "email", "ADA@EXAMPLE.ORG"),
        "user_email_is_lower_case",
    ),
    "rows that say the same twice": (
        _table("people_department", lambda text: text + text.splitlines()[1] + b"\n"),
        "duplicate key",
    ),
    "a count that is wrong": (_told(_miscount), "the manifest says"),
    "a zone that is none": (
        _told(lambda manifest: manifest["tenant"].update(time_zone="Mars/Olympus")),
        "time zone",
    ),
    "an audit log that was edited": (
        _table("audit_event", lambda text: text.replace(b"people.", b"peopel.", 1)),
        "audit log is broken",
    ),
}


@pytest.mark.parametrize("what", RESEALED)
def test_an_altered_archive_is_refused_whole(
    what: str, takeout: Path, empty: TenantRef, tmp_path: Path
) -> None:
    edit, sentence = RESEALED[what]
    forged = forge(takeout, tmp_path / "forged.zip", edit)
    with pytest.raises(BadArchive, match=sentence):
        restoring.import_into(empty, Package(forged), ORDER)
    assert _is_untouched(empty)


def _is_untouched(tenant: TenantRef) -> bool:
    with public_schema():
        now: Tenant = Tenant.objects.get(pk=tenant.id)
        assert not Restoration.objects.filter(tenant=tenant.id, state="building").exists()
        return (now.schema_name, now.closed_for, now.token_epoch) == (
            tenant.schema_name,
            "",
            tenant.token_epoch,
        )


def test_a_byte_that_changed_is_noticed(takeout: Path, empty: TenantRef, tmp_path: Path) -> None:
    edit = _table("people_user", lambda text: text.replace(b"Ada", b"Eve", 1))
    forged = forge(takeout, tmp_path / "forged.zip", edit, reseal=False)
    with pytest.raises(BadArchive, match="not what its checksum says"):
        restoring.import_into(empty, Package(forged), ORDER)
    assert _is_untouched(empty)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_a_file_that_was_cut_off_is_noticed(takeout: Path, tmp_path: Path, share: float) -> None:
    content = takeout.read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadArchive, match="cut off or damaged"):
        Package(tmp_path / "cut.zip").verify()


def test_a_file_damaged_in_the_middle_is_noticed(takeout: Path, tmp_path: Path) -> None:
    content = bytearray(takeout.read_bytes())
    for place in range(2_000, 2_200):
        content[place] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(content)
    with pytest.raises(BadArchive):
        Package(tmp_path / "bad.zip").verify()


def test_what_is_no_archive_at_all(tmp_path: Path, empty: TenantRef) -> None:
    (tmp_path / "text.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    for name in ("text.zip", "other.zip", "missing.zip", "."):
        with pytest.raises(CommandError):
            call_command("import_tenant", tmp_path / name, tenant=empty.host, stdout=io.StringIO())


def test_rows_that_name_another_tenant_are_refused(
    takeout: Path, empty: TenantRef, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    other = make_tenant()
    with public_schema():
        Tenant.objects.filter(pk=other.id).update(schema_name="t_abcdefghijkl")
    try:
        edit = _table("people_user", lambda text: text.replace(b"Ada", b"t_abcdefghijkl", 1))
        forged = forge(takeout, tmp_path / "forged.zip", edit)
        with pytest.raises(BadArchive, match="name another tenant"):
            restoring.import_into(empty, Package(forged), ORDER)
    finally:
        with public_schema():
            Tenant.objects.filter(pk=other.id).update(schema_name=other.schema_name)


def test_formulas_come_in_as_they_were(takeout: Path, make_tenant: MakeTenant, tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://evil.example")'
    edit = _table(
        "people_department",
        lambda text: text.replace(b"School of Law", formula.replace('"', '""').encode(), 1),
    )
    forged = forge(takeout, tmp_path / "forged.zip", edit)
    outcome = restoring.import_into(make_tenant(), Package(forged), ORDER)
    with inside(outcome.tenant):
        from lms.people.models import Department

        assert Department.objects.filter(name__startswith=formula).exists()


def test_alpha_takes_nothing_of_beta_along(
    lindenhof: TenantRef, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    from config.tests.isolation import world

    twin = make_tenant()
    world.twin(lindenhof, twin)
    before = facts.checksums(twin)
    exporting.takeout(lindenhof, tmp_path / "alpha.zip", at=AT)
    exporting.takeout(twin, tmp_path / "beta.zip", at=AT)
    words = {name: _everything(tmp_path / f"{name}.zip") for name in ("alpha", "beta")}
    assert b"CANARY-alpha" in words["alpha"]
    assert b"CANARY-beta" in words["beta"]
    assert b"CANARY-beta" not in words["alpha"]
    assert b"CANARY-alpha" not in words["beta"]
    assert facts.checksums(twin) == before


def _everything(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
