"""Law packs: every one that comes with Duly is whole, broken ones are refused, and a new version says what changed."""

import re
from datetime import date
from pathlib import Path

import pytest

from compliance.requirements import packs
from lms.people.enums import AffiliationKind

PACK = """
key = "rule"
version = {version}
dated = 2026-11-{day}
name = "The rule"
regime = "Rule"
status = "effective"
summary = "A rule."
source = "Somewhere"
url = "https://example.org/"
dating = "As read."
"""
CONTROL = """
[[controls]]
id = "{id}"
title = "One"
asks = "{asks}"
kind = "training"
checked = "read"
evidence = []
"""


def write(folder: Path, version: int, *controls: str, day: int = 10, name: str = "") -> None:
    text = PACK.format(version=version, day=day) + "".join(controls)
    (folder / (name or f"rule.v{version}.toml")).write_text(text)


def control(id_: str = "1", asks: str = "Train.") -> str:
    return CONTROL.format(id=id_, asks=asks)


@pytest.mark.parametrize("key", packs.library())
def test_every_pack_says_where_it_stands_and_drafts_only_what_the_form_can_say(key):
    for pack in packs.library()[key]:
        assert re.fullmatch(r"[a-z0-9-]+", key)
        for each in pack.controls:
            assert each.url.startswith("https://")
            assert each.asks.endswith(".")
            assert each.dating.endswith("."), "where its days come from, or why there are none"
            in_force = each.effective_from is not None and each.effective_from <= pack.dated
            assert not in_force or each.status is packs.Status.EFFECTIVE, (
                "in force by its day and by its word"
            )
            assert len(each.asks) <= 400, "in one's own words, not the text of the law"
            assert not any(line.endswith(".") for line in (*each.evidence, *each.missing))
            if each.draft:
                assert set(each.draft.kinds) <= set(AffiliationKind.values)
                assert each.kind is packs.Kind.TRAINING
            assert each.duty is None or each.kind is packs.Kind.PROGRAMME


def test_what_a_law_leaves_to_the_university_has_no_interval():
    found = {
        (key, each.id): each.duty.repeats_months
        for key, versions in packs.library().items()
        for each in versions[-1].controls
        if each.duty
    }
    assert found["pci-dss-4", "12.6.2"] == 12
    assert [key for key, months in found.items() if months] == [("pci-dss-4", "12.6.2")]
    assert {
        ("nist-800-53-r5", "AT-1"),
        ("nist-800-53-r5", "AT-2 c/d"),
        ("nist-800-171-r3", "03.02.01 b"),
    } <= found.keys()


def test_the_laws_that_universities_meet_are_there_and_ferpa_mandates_nothing():
    library = packs.library()
    assert {
        "nist-800-53-r5", "nist-800-171-r2", "nist-800-171-r3", "cmmc", "glba-safeguards", "hipaa", "pci-dss-4",
        "ferpa", "texas",
    } <= library.keys()  # fmt: skip
    assert not any(each.wants_requirement for each in library["ferpa"][-1].controls)
    assert library["texas"][-1].control("HB 3512 (2025)").effective_from == date(2025, 9, 1)
    assert library["glba-safeguards"][-1].control("(e)(1)").checked is packs.Checked.UNVERIFIED


@pytest.mark.parametrize(
    ("key", "control", "since"),
    [
        ("nist-800-171-r3", "03.02.01 a", date(2024, 5, 14)),
        ("cmmc", "AT.L2-3.2.1", date(2024, 12, 16)),
        ("glba-safeguards", "(e)(1)", date(2023, 6, 9)),
        ("hipaa", "164.308(a)(5)(i)", date(2005, 4, 20)),
        ("hipaa", "164.530(b)(1)", date(2003, 4, 14)),
        ("pci-dss-4", "12.6.2", date(2025, 3, 31)),
        ("texas", "2063.103 (a)-(f)", date(2025, 9, 1)),
        ("texas", "2054.5192", None),
    ],
)
def test_a_control_is_in_force_from_its_own_day_else_from_that_of_the_pack(key, control, since):
    assert packs.library()[key][-1].control(control).effective_from == since


def test_a_new_version_says_what_is_new_what_is_gone_and_what_reads_otherwise(tmp_path):
    write(tmp_path, 1, control("1"), control("2"))
    write(tmp_path, 2, control("1", "Train every year."), control("3"), day=11)
    old, new = packs.read_folder(tmp_path)["rule"]
    found = {
        change.control_id: (change.before is None, change.after is None, change.names)
        for change in packs.changes(old, new)
    }
    assert found == {
        "1": (False, False, ("asks",)),
        "3": (True, False, ()),
        "2": (False, True, ()),
    }
    assert packs.changes(new, new) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (control().replace("asks", "askes"), "unknown askes"),
        (control().replace('title = "One"', ""), "lacks title"),
        (control() + "dating = ''", "dating is empty"),
        (control(asks=""), "asks is empty"),
        (control().replace('"training"', '"hope"'), "hope"),
        (control().replace('"read"', "7"), "checked has to be a str"),
        (control() + control(), "each id once"),
        ("controls = []", "a pack has controls"),
        (control() + "effective_from = 2026-02-02\neffective_to = 2026-02-01", "ends before it begins"),
        (control() + "draft = 3", "draft has to be a dict"),
        (control() + "[controls.draft]\ntitle = 'x'", "lacks first_due_days, kinds"),
        ("][", "rule.v1.toml"),
    ],
)
def test_a_broken_pack_is_refused_with_its_file_and_the_place(tmp_path, text, sentence):
    write(tmp_path, 1, text)
    with pytest.raises(packs.BrokenPack, match=re.escape(sentence)) as refused:
        packs.read_folder(tmp_path)
    assert "rule.v1.toml" in str(refused.value)


def test_versions_follow_each_other_and_files_are_called_by_them(tmp_path):
    write(tmp_path, 1, control(), name="rule.toml")
    with pytest.raises(packs.BrokenPack, match=r"has to be called rule\.v1\.toml"):
        packs.read_folder(tmp_path)
    (tmp_path / "rule.toml").unlink()
    write(tmp_path, 2, control())
    with pytest.raises(packs.BrokenPack, match="have to be 1, 2, 3"):
        packs.read_folder(tmp_path)
    write(tmp_path, 1, control(), day=12)
    with pytest.raises(packs.BrokenPack, match="dated before"):
        packs.read_folder(tmp_path)
