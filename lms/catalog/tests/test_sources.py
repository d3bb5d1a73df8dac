"""Files from zips, uploads and folders: what leaves the folder, bombs and links are refused before unpacking."""

import io
import os
import stat
import zipfile

import pytest

from lms.catalog.facts import sources
from tenants.tests.shared import SHARED

HOSTILE = SHARED / "data" / "hostile"


def zip_of(*entries, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content, info.compress_type or compression)
    return buffer.getvalue()


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def refused(content):
    with pytest.raises(sources.Unreadable) as caught:
        sources.from_zip(content, "c.zip")
    return caught.value.problem.message


OUTSIDE = "This name leads out of the course folder or holds characters that file names cannot have."


@pytest.mark.parametrize(
    "name",
    [
        "../x.md",
        "a/../../x.md",
        "/etc/passwd",
        "C:/x.md",
        "a\\..\\x.md",
        "x\x00.md",
        "x\n.md",
        "a/\u202efdm.md",
        "//x/y.md",
    ],
)
def test_names_that_lead_out_of_the_folder_are_refused(name):
    # zipfile itself will not write a zero byte, so it is put in afterwards.
    packed = zip_of(("course.toml", "x"), (name.replace("\0", "~"), "x")).replace(b"x~.md", b"x\0.md")
    assert refused(packed) == OUTSIDE


def test_a_link_is_refused():
    assert refused(zip_of(link("01-x.md", "/etc/passwd"))) == "This is a link to another place."


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert refused(zip_of(("01-x.md", b"0" * 400_000))) == "This file unpacks to far more than its size."


def test_a_file_that_lies_about_its_size_is_stopped_at_the_limit():
    raw = bytearray(
        zip_of(("01-x.md", os.urandom(sources.MAX_FILE_BYTES + 1000)), compression=zipfile.ZIP_STORED)
    )
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    raw[at + 20 : at + 24] = (10).to_bytes(4, "little")
    with pytest.raises(sources.Unreadable):
        sources.from_zip(bytes(raw), "c.zip")


def test_too_many_files_and_too_many_bytes_are_refused():
    assert refused(zip_of(*((f"{n}.md", "x") for n in range(501)))) == "There are more than 500 files."
    big = os.urandom(500_000)
    many = zip_of(*((f"{n}.md", big) for n in range(11)), compression=zipfile.ZIP_STORED)
    assert refused(many) == "The zip is larger than 5 MB."
    text = b"".join(str(n).encode() for n in range(80_000))
    assert (
        refused(zip_of(*((f"{n}.md", text) for n in range(25)))) == "The files are more than 8 MB together."
    )
    assert refused(zip_of(("1.md", os.urandom(600_000)))) == "This file is larger than 512 KB."


def test_names_that_differ_only_in_case_are_refused():
    assert refused(zip_of(("01-x.md", "a"), ("01-X.md", "b"))) == "The zip holds two files with this name."


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"not a zip" * 100])
def test_what_is_no_zip_is_refused(content):
    assert refused(content) == "This is not a zip that can be read, or it is damaged."


def test_a_damaged_zip_is_refused():
    whole = bytearray(zip_of(("01-x.md", os.urandom(5000)), compression=zipfile.ZIP_STORED))
    whole[3000] ^= 0xFF
    assert refused(bytes(whole)) == "This is not a zip that can be read, or it is damaged."


def test_an_unusual_packing_is_refused():
    assert (
        refused(zip_of(("01-x.md", b"x" * 50), compression=zipfile.ZIP_LZMA))
        == "The zip is packed in an unusual way."
    )


def test_what_operating_systems_leave_behind_is_not_seen():
    source = sources.from_zip(
        zip_of(
            ("c/course.toml", "x"),
            ("__MACOSX/c/._course.toml", "x"),
            ("c/.DS_Store", "x"),
            ("c/Thumbs.db", "x"),
        ),
        "c.zip",
    )
    assert source.files == {"course.toml": b"x"}


def test_a_symbolic_link_in_a_folder_is_refused(tmp_path):
    (tmp_path / "course.toml").write_text("x")
    (tmp_path / "01-x.md").symlink_to("/etc/passwd")
    with pytest.raises(sources.Unreadable, match="link to another place"):
        sources.from_folder(tmp_path)


def test_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(sources.Unreadable, match="no such folder"):
        sources.from_folder(tmp_path / "gone")


def test_several_files_become_a_folder_without_modules():
    source = sources.from_uploads([("course.toml", b"a"), ("01-x.md", b"b"), (".DS_Store", b"c")])
    assert source.files == {"course.toml": b"a", "01-x.md": b"b"}
    with pytest.raises(sources.Unreadable, match="Two files have this name"):
        sources.from_uploads([("01-x.md", b"a"), ("01-X.md", b"b")])


def test_packing_is_the_same_for_the_same_files():
    files = {"b.md": b"2", "a.md": b"1"}
    assert sources.to_zip(files) == sources.to_zip(dict(sorted(files.items())))
    assert sources.from_zip(sources.to_zip(files), "x").files == files


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the example files (SHARED_DIR) are not here")
@pytest.mark.parametrize("name", ["zip-slip.zip", "zip-encodings/passwordis1.zip"])
def test_hostile_zips_from_the_wild_are_refused(name):
    assert refused((HOSTILE / name).read_bytes())
