"""What a requirement rests on: drafted from a control, cited, frozen in versions, covered, exported."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.requirements import actions, basis, packs, queries, rules
from compliance.requirements.forms_audience import data_of
from compliance.requirements.models import Requirement
from lms.audit.models import Event
from lms.people.tests.factories import make_user
from tenants.context import inside
from tenants.tests.factories import AT

from .factories import make_course, make_requirement
from .test_packs import control, write

pytestmark = pytest.mark.usefixtures("frozen")
PCI = "/requirements/laws/pci-dss-4/"
EMPTY = {
    "owner": "", "policy": "", "other-TOTAL_FORMS": "1", "other-INITIAL_FORMS": "0", "value-TOTAL_FORMS": "1",
    "value-INITIAL_FORMS": "0",
}  # fmt: skip


@pytest.fixture
def officer(client_for, alpha, bo):
    return client_for(alpha, bo)


@pytest.fixture
def on(alpha):
    with inside(alpha):
        return make_requirement()


def pci(*ids):
    (pack,) = packs.library()["pci-dss-4"]
    return tuple(basis.cite(pack, pack.control(one)) for one in ids)


@pytest.fixture
def two_versions(tmp_path, monkeypatch):
    """A law whose second version reads otherwise and lacks a control; called to make the second one known."""
    write(tmp_path, 1, control("1"), control("2"))
    known = packs.read_folder(tmp_path)
    monkeypatch.setattr(packs, "library", lambda: known)

    def publish():
        write(tmp_path, 2, control("1", "Train every year."), control("3"), day=11)
        known.update(packs.read_folder(tmp_path))

    return publish


def test_from_a_control_to_a_draft_that_cites_it(officer, alpha):
    with inside(alpha):
        course = make_course()
    page = officer.get(PCI)
    assert "0 of 4 answered" in page.text
    assert "pack=pci-dss-4&amp;control=12.6.3" in page.text
    address = "/requirements/new/?pack=pci-dss-4&control=12.6.3"
    form = officer.get(address)
    assert "Drafted to answer PCI DSS v4.0.1 12.6.3" in form.text
    assert "Protecting cardholder data, every year" in form.text
    answers = {name: value for name, value in form.context["form"].initial.items() if value is not None}
    answers |= {"course": course.pk, "remind_before": "7"} | data_of(answers.pop("audience"))
    answers["starts_on"] = answers["starts_on"].isoformat()
    checked = officer.post(address, answers | {"check": "1"})
    assert checked.status_code == 200
    assert "Drafted to answer" in checked.text
    saved = officer.post(address, answers | {"save": "1"})
    assert saved.status_code == 303
    with inside(alpha):
        (reference,) = basis.of(Requirement.objects.get()).authorities
    assert (reference.regime, reference.control, reference.pack_version) == ("PCI DSS v4.0.1", "12.6.3", 1)
    detail = officer.get(saved.url)
    assert "PCI DSS v4.0.1 12.6.3" in detail.text
    page = officer.get(PCI)
    assert "Not yet on" in page.text
    assert "0 of 4 answered" in page.text


@pytest.mark.parametrize(
    "query", ["pack=nothing&control=1", "pack=pci-dss-4&control=x", "pack=", "control=1"]
)
def test_a_control_that_is_not_there_is_a_form_like_any(officer, query):
    page = officer.get(f"/requirements/new/?{query}")
    assert page.status_code == 200
    assert "Drafted to answer" not in page.text


def test_only_a_requirement_that_is_on_answers_and_the_rest_are_gaps(officer, alpha):
    with inside(alpha):
        held = make_requirement()
        rest = make_requirement(title="Resting", state="paused")
        over = make_requirement(title="Over", state="retired")
        for requirement, ids in ((held, ["12.6.3"]), (rest, ["12.6.3.1"]), (over, ["12.6.3.2"])):
            basis.Basis(authorities=pci(*ids)).apply_to(requirement).save()
        found = queries.coverage_of("pci-dss-4")
        assert {line.control.id: line.answered.value for line in found.lines} == {
            "12.6.1": "not_by_training",
            "12.6.2": "gap",
            "12.6.3": "answered",
            "12.6.3.1": "not_yet",
            "12.6.3.2": "gap",
        }
        assert (found.answered_count, len(found.wanted)) == (1, 4)
        assert queries.coverage_of("no-such-law") is None
    page = officer.get("/requirements/laws/").text
    assert "Gaps" in page
    assert "PCI DSS v4.0.1 12.6.3.2 Acceptable use" in page
    assert "PCI DSS v4.0.1 12.6.3 Training" not in page
    assert "HIPAA" in page
    assert officer.get("/requirements/laws/no-such-law/").status_code == 404


def test_the_page_of_owner_policy_laws_and_values(officer, alpha, on, bo):
    address = f"/requirements/{on.public_id}/basis/"
    assert officer.get(address).status_code == 200
    answers = EMPTY | {
        "owner": bo.email.upper(),
        "policy": "Rule 7.2: staff are trained.",
        "pack-nist-800-171-r3": ["03.02.01 a"],
        "other-0-regime": "University policy",
        "other-0-control": "7.2",
        "other-0-asks": "Staff are trained every year.",
        "other-0-effective_from": "2025-09-01",
    }
    assert officer.post(address, answers).status_code == 303
    page = officer.get(f"/requirements/{on.public_id}/").text
    for words in (
        "University policy 7.2",
        "In force from 1 Sep 2025",
        "03.02.01 a",
        "not set",
        "Rule 7.2: staff",
    ):
        assert words in page, words
    form = officer.get(address).text
    assert "03.02.01 a: How often literacy training is repeated" in form
    values = {
        "value-TOTAL_FORMS": "1", "value-0-name": "How often", "value-0-value": "every 12 months",
        "value-0-since": "2026-01-01",
    }  # fmt: skip
    assert officer.post(address, answers | values).status_code == 303
    with inside(alpha):
        now = Requirement.objects.get()
        kept = list(now.versions.order_by("number"))
        first = Event.objects.filter(action="requirement.basis_changed").earliest("pk")
        assert now.number == 3
        assert [len(version.content["parameters"]) for version in kept] == [0, 1]
        assert kept[0].content["owner"] == {"id": bo.pk, "name": bo.display_name}
        assert kept[0].content["authorities"][1]["asks"] == "Staff are trained every year."
        assert first.facts["owner"] == ["", bo.display_name]
        assert first.facts["authorities"][1] == "NIST SP 800-171 r3 03.02.01 a, University policy 7.2"
    assert "Changed: values set here" in officer.get(f"/requirements/{on.public_id}/").text
    same = officer.post(address, answers | values)
    assert same.status_code == 303
    with inside(alpha):
        assert Requirement.objects.get().number == 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"owner": "nobody@example.org"}, "Nobody who is active here has this address."),
        ({"owner": "nobody"}, "Enter a valid email address"),
        ({"pack-pci-dss-4": ["99"]}, "Select a valid choice"),
        ({"other-0-regime": "Policy"}, "empty the whole row"),
        (
            {
                "other-0-regime": "P", "other-0-control": "1", "other-0-asks": "x",
                "other-0-effective_from": "2026-02-02", "other-0-effective_to": "2026-02-01",
            },
            "It cannot end before it begins.",
        ),
        ({"value-0-value": "yearly"}, "empty the value"),
        ({"value-0-since": "soon", "value-0-value": "x", "value-0-name": "y"}, "Enter a valid date"),
        ({"other-TOTAL_FORMS": "x"}, "did not arrive whole"),
        ({"other-0-asks": "x" * 2000}, "at most 1000 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_saved(officer, alpha, on, wrong, sentence):
    page = officer.post(f"/requirements/{on.public_id}/basis/", EMPTY | {"policy": "New"} | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    with inside(alpha):
        assert Requirement.objects.get().policy == ""


def test_somebody_who_left_cannot_be_named_owner_and_a_retired_one_stays_as_it_was(
    officer, alpha, on, at, bo
):
    with inside(alpha):
        gone = make_user(is_active=False)
        over = make_requirement(title="Over", state="retired")
        with pytest.raises(rules.NotAllowedNow):
            actions.set_basis(requirement=over, basis=basis.Basis(policy="x"), by=bo, at=at)
    address = f"/requirements/{on.public_id}/basis/"
    assert officer.post(address, EMPTY | {"owner": gone.email}).status_code == 422
    officer.post(f"/requirements/{over.public_id}/basis/", EMPTY | {"policy": "New"})
    with inside(alpha):
        assert Requirement.objects.get(pk=over.pk).policy == ""


def test_a_new_version_shows_what_changed_and_who_cites_the_old_one(officer, alpha, on, two_versions):
    address = f"/requirements/{on.public_id}/basis/"
    officer.post(address, EMPTY | {"pack-rule": ["1", "2"]})
    two_versions()
    page = officer.get("/requirements/laws/rule/").text
    for words in (
        "What cites an older version", "1 as in version 1", "2 as in version 1",
        "What this version changed", "Changed: what it asks", "No longer in the pack: One", "New: One",
        "cites version 1",
    ):  # fmt: skip
        assert words in page, words
    assert "New version" in officer.get("/requirements/laws/").text
    assert officer.get(f"/requirements/{on.public_id}/").text.count("Changed since version 1") == 2
    assert "No longer in this pack." in officer.get(address).text
    officer.post(address, EMPTY | {"pack-rule": ["1", "2"]})
    with inside(alpha):
        held = Requirement.objects.get()
        assert [row["pack_version"] for row in held.authorities] == [2, 1]
        first = held.versions.earliest("number")
        assert [row["asks"] for row in first.content["authorities"]] == ["Train.", "Train."]
        assert held.authorities[0]["asks"] == "Train every year."


def test_the_table_as_a_file_is_written_down(officer, alpha, on):
    with inside(alpha):
        basis.Basis(authorities=pci("12.6.3")).apply_to(on).save()
    file = officer.get("/requirements/laws.csv")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert len(rows) == sum(len(versions[-1].controls) for versions in packs.library().values())
    answered = [row for row in rows if row["answered"] == "answered"]
    assert [(row["control"], row["requirement"], row["cited_version"]) for row in answered] == [
        ("12.6.3", "Phishing, yearly", "1")
    ]
    with inside(alpha):
        assert Event.objects.get(action="requirement.coverage_exported").facts == {"lines": len(rows)}


def test_what_the_courses_teach_stands_beside_the_requirement_that_cites(officer, alpha):
    with inside(alpha):
        first = make_course("long", "Long", topics=["phishing", "<b>Tailgating</b>"])
        later, silent = make_course("short", "Short", topics=["phishing"]), make_course("silent", "Silent")
        gone = make_course("gone", "Gone", topics=["fax machines"])
        gone.versions.update(state="retired", retired_at=AT)
        sets = [
            {"from_round": 1, "courses": [first.pk, gone.pk]},
            {"from_round": 2, "courses": [later.pk, silent.pk, first.pk]},
        ]
        held = make_requirement(title="Held", satisfiers=sets)
        basis.Basis(authorities=pci("12.6.3.1")).apply_to(held).save()

    def cost():
        with CaptureQueriesContext(connection) as seen:
            officer.get(PCI)
        return len(seen)

    page = officer.get(PCI).text
    for words in (
        "Long, version 1, covers: phishing, &lt;b&gt;Tailgating&lt;/b&gt;",
        "Short, version 1, covers: phishing",
        "Silent names no topics",
    ):
        assert page.count(words) == 1, words
    assert "fax" not in page
    file = officer.get("/requirements/laws.csv").getvalue().decode("utf-8-sig")
    told = {row["topics"] for row in csv.DictReader(io.StringIO(file)) if row["requirement"] == "Held"}
    assert told == {
        "Long (version 1): phishing; <b>Tailgating</b>\nShort (version 1): phishing",
    }
    one = cost()
    with inside(alpha):
        for number in (1, 2):
            more = make_requirement(title=f"More {number}", course=make_course(f"m{number}", topics=["x"]))
            basis.Basis(authorities=pci("12.6.3", "12.6.3.1")).apply_to(more).save()
    assert cost() == one


def test_who_may_not_look_does_not(client_for, alpha, on, dee):
    visitor = client_for(alpha, dee)
    for address in (
        "/requirements/laws/",
        PCI,
        "/requirements/laws.csv",
        f"/requirements/{on.public_id}/basis/",
    ):
        assert visitor.get(address).status_code == 403
    assert visitor.post(f"/requirements/{on.public_id}/basis/", EMPTY).status_code == 403


def test_a_parameter_keeps_its_day_through_the_database(alpha, on):
    row = basis.Parameter("How often", "yearly", dt.date(2026, 1, 1))
    with inside(alpha):
        basis.Basis(parameters=(row,)).apply_to(on).save()
        assert basis.of(Requirement.objects.get()).parameters == (row,)


def test_a_version_is_shown_as_it_was_kept_whatever_came_later(officer, alpha, on, bo):
    address = f"/requirements/{on.public_id}/basis/"
    officer.post(address, EMPTY | {"owner": bo.email, "policy": "Old words.", "pack-pci-dss-4": ["12.6.3"]})
    officer.post(address, EMPTY | {"policy": "New words."})
    with inside(alpha):
        Requirement.objects.update(title="Renamed", first_due_days=99)
    old = officer.get(f"/requirements/{on.public_id}/versions/2/").text
    for words in (
        "Version 2 of Phishing, yearly",
        "within 30 days",
        bo.display_name,
        "Old words.",
        "12.6.3",
        "Effective from 23 Nov 2026 to 23 Nov 2026",
        f"Approved by {bo.display_name}, who made it",
    ):
        assert words in old, words
    assert "New words." not in old
    new = officer.get(f"/requirements/{on.public_id}/versions/3/").text
    assert "New words." in new
    assert "Changed: owner, policy, laws and standards" in new
    assert "the newest" in new
    assert officer.get(f"/requirements/{on.public_id}/versions/9/").status_code == 404


def test_what_an_older_release_kept_is_shown_too(officer, alpha, on, at):
    with inside(alpha):
        content = rules.content_of(on)
        for name in ("owner", "policy", "authorities", "parameters", "due_from"):
            del content[name]
        on.versions.create(number=1, content=content | {"given_up_field": 1}, at=at)
    page = officer.get(f"/requirements/{on.public_id}/versions/1/")
    assert page.status_code == 200
    assert "None are cited" in page.text


def test_every_part_of_a_version_has_a_name_for_the_history(alpha):
    with inside(alpha):
        content = rules.content_of(make_requirement())
    names = {field.attname for field in Requirement._meta.concrete_fields}
    assert {name for name in content if not {name, f"{name}_id"} & names} == set()
