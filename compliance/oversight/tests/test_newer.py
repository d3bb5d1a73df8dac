"""A newer version of a course: whoever writes requirements is asked whether people should do it again."""

import datetime as dt

import pytest

from compliance.records.tests.factories import make_event
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.audit.models import Event
from lms.catalog.actions import import_course
from lms.catalog.models import CourseVersion
from lms.catalog.tests.factories import make_version, plan, text
from lms.people.tests.factories import make_user
from tenants import clock
from tenants.context import inside
from tenants.tests.factories import AT


@pytest.fixture
def course(alpha, at):
    with inside(alpha):
        found = make_course()
        make_requirement(title="Phishing, yearly", course=found)
        found.versions.update(state="retired", retired_at=at)
        CourseVersion.objects.create(
            course=found, number=2, state="published", title="Phishing", minutes=9, content_hash="1" * 64,
            created_at=AT, published_at=at,
        )  # fmt: skip
    with clock.frozen(at):
        yield found


def test_a_newer_version_offers_to_ask_again_until_somebody_has(alpha, client_for, ada, bo, course, at):
    officer = client_for(alpha, bo)
    page = f"/courses/{course.public_id}/"
    shown = officer.get(page)
    (one,) = shown.context["again"]
    assert "Version 2 is a newer one" in shown.text
    form = officer.get(one.url).context["form"]
    assert form["kind"].value() == "content"
    assert form["title"].value() == "Version 2 of “Phishing”"
    assert form["happened_on"].value() == at.date()
    with inside(alpha):
        make_event(one.requirement, by=ada, kind="content", happened_on=at.date())
    assert "Version 2 is a newer one" not in officer.get(page).text


def test_a_material_change_is_said_on_publishing_and_offered_to_who_may_ask(alpha, client_for, ada, bo, at):
    with inside(alpha), clock.frozen(at):
        course = make_version().course
        make_requirement(title="Phishing, yearly", course=course)
        import_course(plan=plan(text(), title="Phishing 2"), by=ada, at=at)
        writer = make_user(given_name="Wil", roles=("author",))
    with clock.frozen(at):
        author, officer = client_for(alpha, writer), client_for(alpha, bo)
        page, publish = f"/courses/{course.public_id}/", f"/courses/{course.public_id}/2/publish/"
        assert author.get(publish).status_code == 200
        for wrong, words in (
            ({}, "This field is required"),
            ({"change": "huge"}, "Select a valid choice"),
            ({"change": "material", "change_note": " "}, "Say what is new or different"),
            ({"change": "minor", "change_note": "\x00"}, "Null characters"),
        ):
            answer = author.post(publish, wrong)
            assert answer.status_code == 422, wrong
            assert words in answer.content.decode()
        said = {"change": "material", "change_note": "Deepfakes are new."}
        told = author.post(publish, said, follow=True).content.decode()
        assert "Version 2 changed materially" in told
        assert "Who may ask:" in told
        assert bo.display_name in told
        assert "Phishing, yearly" not in told, "authors see no requirements"
        assert author.post(publish, {"change": "minor"}).status_code == 303, (
            "published already: nothing changes"
        )
        assert "Phishing 2: version 2 changed materially" in officer.get("/overview/").content.decode()
        (one,) = officer.get(page).context["again"]
        assert "Deepfakes are new." in officer.get(page).content.decode()
        with inside(alpha):
            facts = Event.objects.get(action="course.published", actor_label=writer.display_name).facts
            assert (facts["change"], facts["note"]) == ("material", "Deepfakes are new.")
            make_event(one.requirement, by=ada, kind="content", happened_on=at.date())
        assert "changed materially" not in officer.get("/overview/").content.decode()
        assert "changed materially" not in author.get(page).content.decode()


def test_a_small_correction_takes_a_material_change_before_it_back_from_nobody(
    alpha, client_for, ada, bo, course, at
):
    with inside(alpha):
        course.versions.filter(number=2).update(state="retired", retired_at=at)
        said = {
            "change": "material",
            "change_note": "Deepfakes are new.",
            "state": "retired",
            "retired_at": at,
        }
        for number, facts in ((3, said), (4, {"change": "minor", "state": "published"})):
            CourseVersion.objects.create(
                course=course, number=number, title="Phishing", minutes=9, content_hash=str(number) * 64,
                created_at=AT, published_at=at, **facts,
            )  # fmt: skip
        writer = make_user(given_name="Wil", roles=("author",))
    officer, page = client_for(alpha, bo), f"/courses/{course.public_id}/"
    shown = officer.get(page)
    (one,) = shown.context["again"]
    assert "Version 3 changed materially" in shown.text
    assert "Deepfakes are new." in shown.text
    assert "Version+3+of" in one.url
    assert "Phishing: version 3 changed materially" in officer.get("/overview/").text
    assert "Version 3 changed materially" in client_for(alpha, writer).get(page).text
    with inside(alpha):
        make_event(one.requirement, by=ada, kind="content", happened_on=at.date())
    assert "changed materially" not in officer.get(page).text
    assert "changed materially" not in officer.get("/overview/").text


def test_small_corrections_offer_nothing(alpha, client_for, bo, course):
    with inside(alpha):
        first = course.versions.get(number=2)
        CourseVersion.objects.filter(pk=first.pk).update(state="retired", retired_at=AT)
        CourseVersion.objects.create(
            course=course, number=3, state="published", title="Phishing", minutes=9, content_hash="2" * 64,
            created_at=AT, published_at=AT, change="minor",
        )  # fmt: skip
    assert client_for(alpha, bo).get(f"/courses/{course.public_id}/").context["again"] == []


def test_what_does_not_fit_in_the_address_is_left_out(alpha, client_for, bo, course, at):
    form = client_for(alpha, bo).get("/events/new/?kind=x&title=%00%ff&on=9999-99-99").context["form"]
    assert form["happened_on"].value() == at.date()
    assert client_for(alpha, bo).get(f"/events/new/?on={at.date() + dt.timedelta(days=1)}").status_code == 200
