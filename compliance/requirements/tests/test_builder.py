"""The rule builder: built part by part without JavaScript, refined by htmx, and nothing forged gets through."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.core import audience
from compliance.core.attributes import Dated, DateOf, DateTest, OfAppointment
from compliance.core.audience import All, Departments, Everyone, Kinds, Not, OnLeave
from compliance.core.audience import Any as AnyOf
from compliance.core.fields import Field, FieldTest
from compliance.core.terms import Absence, Appointment, Person
from compliance.requirements import forms_audience, forms_nodes
from compliance.requirements.models import Requirement
from compliance.requirements.queries import sentences
from lms.people.models import Affiliation, Department, User
from lms.people.tests.factories import make_affiliation, make_department, make_user
from tenants.context import inside

from .factories import make_requirement
from .test_views import answers, fingerprint_in, officer, staff  # noqa: F401  (fixtures)

pytestmark = pytest.mark.usefixtures("frozen")

NEW = "/requirements/new/"
HTMX = {"HX-Request": "true"}
NESTED = {
    "who-is": "all",
    "who_0-is": "any",
    "who_0_0-is": "kinds",
    "who_0_0-kinds": ["staff"],
    "who_0_1-is": "all",
    "who_0_1_0-is": "departments",
    "who_0_1_0-departments": ["LAW"],
    "who_0_1_1-is": "kinds",
    "who_0_1_1-kinds": ["faculty"],
    "who_1-is": "none",
    "who_1_0-is": "on_leave",
}


def typed(page):
    """What a browser would send back of the rule."""
    return forms_fields(page.context["form"].data)


def forms_fields(data):
    return {name: data.getlist(name) for name in data if name.startswith("who")}


def test_three_levels_are_built_by_buttons_alone_and_keep_what_was_typed(officer, alpha, staff, answers):  # noqa: F811
    sent = answers | {"title": "Half typed", "first_due_days": "x"}
    steps = [
        ("group:who", {}),
        ("condition:who_1", {"who_1-new": "departments"}),
        ("group:who_1", {}),
        ("condition:who_1_1", {"who_1_1-new": "on_leave"}),
        ("up:who_1", {}),
    ]
    for deed, extra in steps:
        page = officer.post(NEW, sent | extra | {"do": deed})
        assert page.status_code == 200
        assert "Half typed" in page.text
        assert "Enter a whole number" not in page.text
        sent = sent | typed(page)
    assert sent["who_0-is"] == ["any"]
    assert sent["who_0_0-is"] == ["departments"]
    assert sent["who_0_1_0-is"] == ["on_leave"]
    assert sent["who_1-kinds"] == ["staff", "faculty"]
    sent |= {"who_0_0-departments": ["LAW"], "first_due_days": "30", "save": "1"}
    sent.pop("who_0_1_0-is")
    page = officer.post(NEW, {key: value for key, value in sent.items() if key != "who_0_1-new"})
    assert "This group is empty" in page.text
    page = officer.post(NEW, sent | {"do": "remove:who_0_1"})
    sent = {name: value for name, value in sent.items() if not name.startswith("who")} | typed(page)
    assert officer.post(NEW, sent).status_code == 303
    with inside(alpha):
        saved = Requirement.objects.get().audience
    assert saved == {"all": [{"any": [{"departments": ["LAW"]}]}, {"kinds": ["staff", "faculty"]}]}


def test_a_rule_of_three_levels_is_saved_said_and_opened_again(officer, alpha, staff, answers):  # noqa: F811
    plain = {name: value for name, value in answers.items() if not name.startswith("who")}
    page = officer.post(NEW, plain | NESTED | {"check": "1", "ask": "ana"})
    assert page.status_code == 200
    assert "2 people" in page.text
    assert "Ana Weber" in page.text
    (answer,) = page.context["explanations"]
    (whole,) = answer.parts
    assert (whole.word, [part.word for part in whole.parts if hasattr(part, "word")]) == ("all", ["any"])
    assert page.text.index("At least one of these</") < page.text.index("Not on leave")
    saved = officer.post(NEW, plain | NESTED | {"save": "1"})
    assert saved.status_code == 303
    with inside(alpha):
        rule = Requirement.objects.get().rule.audience
    expected = AnyOf((Kinds(("staff",)), All((Departments(("LAW",)), Kinds(("faculty",))))))
    assert rule == All((expected, Not(OnLeave())))
    form = officer.get(f"{saved.url}edit/").context["form"]
    again = officer.post(
        f"{saved.url}edit/", plain | forms_audience.data_of(form.initial["audience"]) | {"save": "1"}
    )
    assert again.status_code == 303
    with inside(alpha):
        assert Requirement.objects.get().rule.audience == rule


def test_htmx_gets_the_rule_and_the_preview_beside_it(officer, staff, answers):  # noqa: F811
    page = officer.post(NEW, answers | {"do": "condition:who", "who-new": "departments"}, headers=HTMX)
    assert "<html" not in page.text
    assert 'id="rule"' in page.text
    assert 'hx-swap-oob="true"' in page.text
    assert "Fill in what is missing in the rule" in page.text
    page = officer.post(NEW, answers | typed(page) | {"do": "remove:who_1"}, headers=HTMX)
    assert "2 people" in page.text


def test_before_the_rest_is_filled_in_the_people_are_counted_already(officer, staff, answers):  # noqa: F811
    sent = answers | {"title": "", "ask": "ben", "check": "1"}
    page = officer.post(NEW, sent, headers=HTMX)
    assert "2 people of" in page.text
    assert "Would be meant." in page.text
    assert "Staff in School of Law since 1 Jan 2026" in page.text
    page = officer.post(NEW, sent | {"who_0-kinds": ["contractor"]}, headers=HTMX)
    assert "Nobody matches today" in page.text
    assert "Would not be meant." in page.text


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ({}, "did not arrive whole"),
        ({"who-is": "all"}, "Nobody is meant yet"),
        ({"who-is": "most", "who_0-is": "everyone"}, "did not arrive whole"),
        ({"who-is": "all", "who_0-is": "shoe_size"}, "no condition of the type"),
        ({"who-is": "all", "who_0-is": "departments", "who_0-departments": ["GONE"]}, "GONE is not here any more"),
        ({"who-is": "all", "who_0-is": "kinds", "who_0-kinds": ["king\x00", "<b>"]}, "is not here any more"),
        ({"who-is": "any", "who_0-is": "none"}, "This group is empty"),
        ({"who-is": "none", "who_0-is": "everyone"}, "exclude each other"),
        (
            {"who-is": "all", "who_0-is": "kinds", "who_0-kinds": ["staff"], "who_1-is": "none",
             "who_1_0-is": "kinds", "who_1_0-kinds": ["staff", "faculty"]},
            "exclude each other",
        ),
        (
            {"who-is": "all"} | {f"who{'_0' * depth}-is": "any" for depth in range(1, 7)},
            "nested 4 deep",
        ),
        ({"who-is": "any"} | {f"who_{at}-is": "everyone" for at in range(90)}, "at most 60 parts"),
    ],
)  # fmt: skip
def test_what_nobody_can_mean_is_refused_in_words(officer, alpha, answers, who, sentence):  # noqa: F811
    plain = {name: value for name, value in answers.items() if not name.startswith("who")}
    page = officer.post(NEW, plain | who | {"save": "1"})
    assert page.status_code == 422
    assert sentence in page.text
    with inside(alpha):
        assert not Requirement.objects.exists()


@pytest.mark.parametrize(
    "deed",
    [
        "",
        "explode:who",
        "remove:who",
        "remove:who_7",
        "up:who_0_0_0_0_0_0",
        "condition:who_0",
        "group:who_99999",
        "\x00",
    ],
)
def test_a_forged_deed_changes_nothing(officer, answers, deed):  # noqa: F811
    page = officer.post(NEW, answers | {"do": deed, "who_0-new": "king"})
    assert page.status_code == 200
    assert typed(page) | {"who_0-new": None} == {
        "who-is": ["all"], "who_0-is": ["kinds"], "who_0-kinds": ["staff", "faculty"], "who_0-new": None,
    }  # fmt: skip


def test_a_department_that_is_gone_is_shown_so_that_it_can_be_taken_out(officer, alpha, staff):  # noqa: F811
    with inside(alpha):
        make_department("ART", name="Art")
        requirement = make_requirement(is_on=False, audience={"departments": ["ART", "LAW"]})
        Department.objects.filter(code="ART").delete()
    page = officer.get(f"/requirements/{requirement.public_id}/edit/")
    assert "ART (not here any more)" in page.text
    detail = officer.get(f"/requirements/{requirement.public_id}/")
    assert "ART: nobody is in them" in detail.text


def test_the_day_an_appointment_began_is_asked_for_and_opened_again(officer, alpha, staff, answers):  # noqa: F811
    plain = {name: value for name, value in answers.items() if not name.startswith("who")}
    sent = plain | {"who-is": "all", "who_0-is": "appointment_day", "who_0-which": "starts-within"}
    page = officer.post(NEW, sent | {"save": "1"})
    assert "This is needed for what you chose." in page.text
    page = officer.post(NEW, sent | {"who_0-days": "3650", "check": "1"})
    assert "Staff in School of Law since 1 Jan 2026" in page.text
    saved = officer.post(NEW, sent | {"who_0-days": "3650", "save": "1"})
    with inside(alpha):
        assert Requirement.objects.get().audience == {
            "all": [{"appointment": {"of": "starts", "test": "within", "days": 3650}}]
        }
    assert "began in the last 3650 days" in officer.get(saved.url).text
    page = officer.get(f"{saved.url}edit/")
    assert 'value="starts-within" selected' in page.text
    assert 'value="3650"' in page.text


def test_a_manager_is_typed_kept_by_key_and_said_by_name(officer, alpha, beta, staff, answers):  # noqa: F811
    with inside(beta):
        foreign = str(make_user(email="ben@beta.example").public_id)
    with inside(alpha):
        boss = make_user(given_name="Noor", family_name="Aziz", email="noor@alpha.example", external_id="E-7")
        boss_key = str(boss.public_id)
        Affiliation.objects.filter(user__given_name="Ana").update(manager=boss)
        User.objects.filter(pk=boss.pk).update(is_active=False)
    plain = {name: value for name, value in answers.items() if not name.startswith("who")}
    sent = plain | {"who-is": "all", "who_0-is": "manager", "who_0-test": "one_of"}
    for words, fault in (
        ("", "This is needed for what you chose."),
        ("e-7\nking@alpha.example", "Line 2: Nobody here has the address or employee ID king@alpha.example."),
        (foreign, "Line 1: This person is not here any more."),
        ("e-7\x00", "Null characters are not allowed."),
        ("x" * 900, "Line 1: Nobody here has"),
        ("\n".join(f"{number}@alpha.example" for number in range(21)), "These are 21 lines."),
    ):
        page = officer.post(NEW, sent | {"who_0-words": words, "save": "1"})
        assert (page.status_code, fault in page.text) == (422, True), fault
    page = officer.post(
        NEW, sent | {"who_0-words": "e-7\nNoor <NOOR@alpha.example>", "check": "1", "ask": "ana"}
    )
    assert "Manager: Noor Aziz" in page.text
    assert "reporting to Noor Aziz" in page.text
    saved = officer.post(NEW, sent | {"who_0-words": "E-7", "save": "1"})
    with inside(alpha):
        made = Requirement.objects.get()
        asked = {"key": "manager", "is": "one_of", "words": [boss_key]}
        assert made.audience == {"all": [{"attribute": asked}]}
    assert "Who report to Noor Aziz" in officer.get(saved.url).text
    page = officer.get(f"{saved.url}edit/")
    assert ("noor@alpha.example" in page.text, boss_key in page.text) == (True, False)
    with inside(alpha):
        Requirement.objects.update(audience={"attribute": asked | {"words": [foreign]}})
    assert "Who report to somebody who is not here any more" in officer.get(saved.url).text
    page = officer.get(f"{saved.url}edit/")
    assert "somebody who is not here any more" in page.text
    assert "ben@beta.example" not in page.text


def test_everyone_and_nobody_are_said(officer, staff, answers):  # noqa: F811
    plain = {name: value for name, value in answers.items() if not name.startswith("who")}
    page = officer.post(NEW, plain | {"who-is": "all", "who_0-is": "everyone", "check": "1"})
    assert "This means everyone who has an appointment." in page.text
    page = officer.post(NEW, plain | {"who-is": "all", "who_0-is": "nobody", "check": "1"})
    assert "only the people who are added by hand" in page.text


kinds = st.lists(st.sampled_from(["staff", "faculty", "contractor"]), min_size=1, max_size=3, unique=True)
leaves = st.one_of(
    kinds.map(lambda words: Kinds(tuple(words))),
    st.just(OnLeave()),
    st.just(Everyone()),
    st.builds(Dated, st.sampled_from(DateOf), st.sampled_from([DateTest.BEFORE, DateTest.AFTER]), st.dates()),
    st.builds(
        lambda of, count: Dated(of, DateTest.WITHIN, days=count), st.sampled_from(DateOf), st.integers(0, 99)
    ),
    st.sampled_from(
        [
            OfAppointment(Field("title", FieldTest.ONE_OF, ("Nurse", "Dean"))),
            OfAppointment(Field("title", FieldTest.NOT_SET)),
            OfAppointment(Field("working_time", FieldTest.AT_LEAST, Decimal(25))),
            OfAppointment(Field("manager", FieldTest.SET)),
            OfAppointment(Field("manager", FieldTest.NOT_SET)),
        ]
    ),
)
DAY = dt.date(2026, 11, 23)
PEOPLE = [
    Person(at, (Appointment(kind, (), DAY, title=title, working_time=Decimal(time), manager=title),), away)
    for at, (kind, away, title, time) in enumerate(
        (kind, away, title, time)
        for kind in ("staff", "faculty", "contractor", "student")
        for away in ((), (Absence(DAY, None),))
        for title, time in (("Nurse", 20), ("", 25))
    )
]


@st.composite
def drawn(draw, depth=1):
    if depth > forms_nodes.DEPTH - 1 or draw(st.booleans()):
        return draw(leaves)
    parts = tuple(draw(st.lists(drawn(depth + 1), min_size=1, max_size=3)))
    return draw(st.sampled_from([All(parts), AnyOf(parts), Not(AnyOf(parts)), Not(parts[0])]))


@given(drawn())
@settings(max_examples=80, deadline=None)
def test_whatever_can_be_drawn_comes_back_meaning_the_same(rule):
    try:
        sent = forms_audience.data_of(audience.dump(rule))
    except forms_audience.Unsayable:
        return
    form = forms_audience.Who.sent(sent)
    form.lists.__dict__["departments"] = []
    if form.is_valid():
        again = form.rule()
        meant = [audience.match(rule, each, DAY) is not None for each in PEOPLE]
        assert [audience.match(again, each, DAY) is not None for each in PEOPLE] == meant
        reopened = forms_audience.Who.sent(forms_audience.data_of(audience.dump(again)))
        reopened.lists.__dict__["departments"] = []
        assert reopened.is_valid()
        assert reopened.rule() == again
    else:
        assert not any(audience.match(rule, each, DAY) for each in PEOPLE)


def test_deeds_work_on_what_was_sent_alone():
    data = QueryDict(mutable=True)
    for name, value in NESTED.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    once = forms_nodes.edited(forms_nodes.edited(data, "up:who_1"), "down:who_0")
    assert forms_fields(once) == forms_fields(data)


def test_who_may_not_edit_may_not_build(client_for, alpha, dee, answers):  # noqa: F811
    with inside(alpha):
        make_affiliation(make_user(given_name="Cleo"))
    page = client_for(alpha, dee).post(NEW, answers | {"do": "group:who", "ask": "cleo"})
    assert page.status_code == 403
    assert "Cleo" not in page.text


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"all": [{"departments": ["LAW"]}, {"kinds": ["staff"]}]}, "Staff in School of Law."),
        (
            {"all": [{"kinds": ["faculty"]}, {"any": [{"kinds": ["staff", "faculty"]}, {"on_leave": True}]}]},
            "Faculty, and (staff or faculty or people on leave).",
        ),
        (
            {
                "any": [
                    {"all": [{"kinds": ["student"]}, {"departments": ["LAW"]}]},
                    {
                        "all": [
                            {"kinds": ["staff"]},
                            {"not": {"any": [{"on_leave": True}, {"departments": ["ART"]}]}},
                        ]
                    },
                ]
            },
            "(student in School of Law) or (staff, but not people on leave or in ART).",
        ),
        ({"not": {"any": [{"kinds": ["staff"]}, {"on_leave": True}]}}, "Not (staff or people on leave)."),
    ],
)
def test_a_nested_rule_is_a_sentence_that_reads_one_way(rule, sentence):
    names = {"LAW": "School of Law"}
    text = sentences.who_text(audience.parse(rule), names)
    assert f"{text[:1].upper()}{text[1:]}." == sentence


def test_a_null_byte_names_nobody(officer, staff, answers):  # noqa: F811
    assert officer.post(NEW, answers | {"check": "1", "ask": "a\x00\x00"}).status_code == 200
