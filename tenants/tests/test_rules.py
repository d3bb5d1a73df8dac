"""Subdomains and time zones: every case of the bad-input table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.rules import lookalikes, reserved, subdomains, suggestions, time_zones


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("аpple", "letters"),  # a Cyrillic first letter
        ("xn--pple-43d", "punycode"),
        ("xn-a", "punycode"),
        ("münchen", "letters"),
        ("１２３", "letters"),  # full-width digits
        ("ﬁnance", "letters"),  # a ligature
        ("\u212aelvin", "letters"),  # the Kelvin sign, which lower-cases to k
        ("a--b", "hyphens"),
        ("-ab", "edges"),
        ("ab-", "edges"),
        ("_dmarc", "characters"),
        ("%00", "characters"),
        ("ab\x00", "characters"),
        ("ab\ncd", "characters"),
        ("ab cd", "characters"),
        ("a" * 64, "long"),
        ("a" * 31, "long"),
        ("ab", "short"),
        ("9ab", "first"),
        ("", "empty"),
        ("   ", "empty"),
        ("uni.example", "dots"),
        ("https://uni", "dots"),
        ("WWW", "reserved"),
        ("admin", "reserved"),
        ("Admin", "reserved"),
        ("adm1n", "reserved"),
        ("l0gin", "reserved"),
        ("user-content", "reserved"),
        ("duly", "reserved"),
        ("duiy", "reserved"),
    ],
)
def test_a_bad_subdomain_is_refused_with_a_sentence(typed: str, code: str) -> None:
    with pytest.raises(subdomains.SubdomainRefused) as refusal:
        subdomains.parse_subdomain(typed)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize("name", sorted(reserved.RESERVED))
def test_every_reserved_name_is_refused(name: str) -> None:
    with pytest.raises(subdomains.SubdomainRefused):
        subdomains.parse_subdomain(name)


def test_an_offensive_word_is_refused_as_a_whole_word_only() -> None:
    word = min(reserved.OFFENSIVE)
    for name in (word, f"{word}-university"):
        with pytest.raises(subdomains.SubdomainRefused) as refusal:
            subdomains.parse_subdomain(name)
        assert refusal.value.code == "reserved"
    assert subdomains.parse_subdomain("scunthorpe") == "scunthorpe"
    assert subdomains.parse_subdomain("essex") == "essex"


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("uni-freiburg", "uni-freiburg"),
        (" Uni-Freiburg ", "uni-freiburg"),
        ("abc", "abc"),
        ("a1b2", "a1b2"),
        ("a" + "b" * 29, "a" + "b" * 29),
    ],
)
def test_a_good_subdomain_is_kept_in_one_spelling(typed: str, parsed: str) -> None:
    assert subdomains.parse_subdomain(typed) == parsed


@given(st.text(max_size=40))
def test_whatever_is_typed_a_parsed_subdomain_has_the_shape(typed: str) -> None:
    try:
        parsed = subdomains.parse_subdomain(typed)
    except subdomains.SubdomainRefused:
        return
    assert subdomains.SHAPE.fullmatch(parsed)
    assert "--" not in parsed
    assert subdomains.parse_subdomain(parsed) == parsed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("harvard", "harvvard"),
        ("harvard", "harvard-edu"),
        ("harvard", "harvardedu"),
        ("harvard", "har-vard"),
        ("stanford", "stanf0rd"),
        ("illinois", "i11inois"),
        ("illinois", "llllnois"),
        ("wisconsin", "vvisconsin"),
        ("warm", "vvarm"),
        ("modena", "rnodena"),
        ("essex", "e55ex"),
        ("oxford-ac", "oxford"),
    ],
)
def test_lookalikes_share_a_skeleton(one: str, other: str) -> None:
    assert lookalikes.skeleton(one) == lookalikes.skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uni-freiburg", "freiburg"),
        ("wut", "vut"),
        ("tum", "lmu"),
        ("leeds", "leads"),
        ("ucl", "ucla"),
        ("mit", "mitt"),
    ],
)
def test_different_names_have_different_skeletons(one: str, other: str) -> None:
    assert lookalikes.skeleton(one) != lookalikes.skeleton(other)


def test_a_lookalike_of_a_name_in_use_is_refused_without_naming_the_other() -> None:
    in_use = {lookalikes.skeleton("northfield")}
    with pytest.raises(subdomains.SubdomainRefused) as refusal:
        subdomains.refuse_if_lookalike("n0rthfield-edu", in_use)
    assert refusal.value.code == "lookalike"
    assert "northfield" not in refusal.value.sentence
    subdomains.refuse_if_lookalike("southfield", in_use)


@pytest.mark.parametrize("name", ["harvard", "harvvard", "harvard-edu"])
def test_a_well_known_name_needs_an_address_of_that_university(name: str) -> None:
    subdomains.refuse_if_claimed(name, email_domain="harvard.edu")
    subdomains.refuse_if_claimed(name, email_domain="law.harvard.edu")
    for domain in ("gmail.com", "notharvard.edu", "harvard.edu.example.com"):
        with pytest.raises(subdomains.SubdomainRefused) as refusal:
            subdomains.refuse_if_claimed(name, email_domain=domain)
        assert refusal.value.code == "claimed"
    subdomains.refuse_if_claimed("northfield", email_domain="gmail.com")


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("Universität München", "", ["universitaet-muenchen", "muenchen"]),
        ("Northfield State University", "northfield.edu", ["northfield-state-university", "northfield"]),
        ("Université d’Aix-Marseille", "", ["universite-aix-marseille", "aix-marseille"]),
        ("Московский университет", "", ["moskovskii-universitet"]),
        ("東京大学", "g.u-tokyo.ac.jp", ["u-tokyo"]),
        ("Łódź University of Technology", "", ["lodz-university-technology"]),
        ("Queen’s College", "", ["queens-college", "queens"]),
    ],
)
def test_suggestions_come_from_the_name_and_the_mail_domain(
    name: str, domain: str, expected: list[str]
) -> None:
    found = suggestions.suggestions(name, email_domain=domain, count=5)
    assert [subdomain for subdomain in expected if subdomain not in found] == []


@given(st.text(max_size=120), st.from_regex(r"[a-z-]{0,40}(\.[a-z]{2,10}){0,3}", fullmatch=True))
def test_every_suggestion_would_be_accepted(name: str, domain: str) -> None:
    for subdomain in suggestions.suggestions(name, email_domain=domain):
        assert subdomains.parse_subdomain(subdomain) == subdomain


def test_suggestions_that_are_not_free_are_passed_over() -> None:
    taken = {"northfield-university", "northfield"}
    found = suggestions.free_suggestions("Northfield University", is_free=lambda name: name not in taken)
    assert len(found) == 3
    assert not taken & set(found)


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Oslo", "UTC"]
)
def test_a_place_is_a_time_zone(name: str) -> None:
    assert time_zones.parse_time_zone(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "US/Pacific-New",
        "GMT+5",
        "Etc/GMT+5",
        "",
        "../etc",
        "EST",
        "EST5EDT",
        "europe/berlin",
        "Mars/Olympus",
        "localtime",
    ],
)
def test_what_is_no_place_is_no_time_zone(name: str) -> None:
    with pytest.raises(time_zones.BadTimeZone):
        time_zones.parse_time_zone(name)


def test_an_old_name_is_refused_with_the_new_one_and_understood_from_a_browser() -> None:
    with pytest.raises(time_zones.BadTimeZone) as refusal:
        time_zones.parse_time_zone("Asia/Calcutta")
    assert "Asia/Kolkata" in refusal.value.sentence
    assert time_zones.old_names()["Asia/Calcutta"] == "Asia/Kolkata"
    assert "EST" not in time_zones.old_names()
