"""The pages about people, through the browser's door."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from lms.people.enums import RosterImportState
from lms.people.forms import GrantRole
from lms.people.models import RosterImport, User
from lms.people.tests.factories import make_affiliation, make_department, make_user
from lms.ui.dates import day_text
from tenants import clock
from tenants.context import inside

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(alpha, ada, client_for):
    return client_for(alpha, ada)


def path(name: str, **kwargs) -> str:
    return reverse(f"people:{name}", kwargs=kwargs)


def test_an_empty_list_says_how_to_begin(alpha, browser) -> None:
    with inside(alpha):
        User.objects.exclude(given_name="Ada").delete()
    page = browser.get(path("person-list"))
    assert page.status_code == 200
    assert "Import a roster" in page.content.decode()


@pytest.mark.parametrize("word", ["dubois", "DEE", "dee.dubois@", "E-17", "dee dubois"])
def test_people_are_found_by_name_address_or_id(alpha, browser, dee, bo, word) -> None:
    with inside(alpha):
        User.objects.filter(pk=dee.pk).update(external_id="E-17")
    text = browser.get(path("person-list"), {"q": word}).content.decode()
    assert "Dubois, Dee" in text
    assert "Brandt, Bo" not in text


@pytest.mark.parametrize("wild", ["%", "_", "\\"])
def test_signs_of_the_database_find_nothing(browser, dee, wild) -> None:
    assert "No people match" in browser.get(path("person-list"), {"q": wild}).content.decode()


def test_the_list_costs_the_same_for_one_person_and_for_four(
    alpha, browser, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(path("person-list"))
        return len(captured)

    def hire(given: str) -> None:
        with inside(alpha):
            make_affiliation(make_user(given_name=given), department=make_department())

    hire("One")
    browser.get(path("person-list"))
    first = cost()
    for given in ("Two", "Three", "Four"):
        hire(given)
    assert cost() == first


def test_a_learner_sees_themselves_and_nobody_else(alpha, client_for, dee, bo) -> None:
    browser = client_for(alpha, dee)
    assert browser.get(path("person-list")).status_code == 403
    assert browser.get(path("person-detail", public_id=dee.public_id)).status_code == 200
    assert browser.get(path("person-detail", public_id=bo.public_id)).status_code == 404


def test_a_manager_sees_their_reports_and_nobody_else(alpha, client_for, dee, bo) -> None:
    with inside(alpha):
        lead = make_user(given_name="Lee", family_name="Lead")
        make_affiliation(dee, manager=lead)
    browser = client_for(alpha, lead)
    text = browser.get(path("person-list")).content.decode()
    assert "Dubois, Dee" in text
    assert "Brandt, Bo" not in text
    assert browser.get(path("person-detail", public_id=dee.public_id)).status_code == 200
    assert browser.get(path("person-detail", public_id=bo.public_id)).status_code == 404
    assert browser.get(path("person-edit", public_id=dee.public_id)).status_code == 403


def test_a_department_administrator_reaches_the_departments_below(alpha, client_for, dee, bo) -> None:
    with inside(alpha):
        from lms.people.models import RoleGrant

        school = make_department("LAW")
        make_affiliation(dee, department=make_department("LAW-LIB", parent=school))
        make_affiliation(bo, department=make_department("MED"))
        head = make_user(given_name="Hal", family_name="Head")
        RoleGrant.objects.create(
            user=head, role="department_administrator", department=school, granted_at=head.created_at
        )
    text = client_for(alpha, head).get(path("person-list")).content.decode()
    assert "Dubois, Dee" in text
    assert "Brandt, Bo" not in text


def test_someone_of_another_university_is_not_there(alpha, beta, browser, cy) -> None:
    assert browser.get(path("person-detail", public_id=cy.public_id)).status_code == 404
    assert "Castro" not in browser.get(path("person-list")).content.decode()


def test_a_person_is_added_with_an_appointment(alpha, browser) -> None:
    with inside(alpha):
        department = make_department()
    form = {
        "given_name": "Noor",
        "family_name": "Ahmadi",
        "email": "Noor@Alpha.Example",
        "department": department.pk,
        "kind": "staff",
        "starts_on": "2026-11-23",
    }
    answer = browser.post(path("person-add"), form)
    assert answer.status_code == 303
    with inside(alpha):
        person = User.objects.get(email="noor@alpha.example")
        assert person.affiliations.get().department == department
        assert str(person.first_day_on) == "2026-11-23"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "a@x.example, b@x.example", "one e-mail address only"),
        ("email", "dee.dubois@alpha.duly.localhost", "has this address"),
        ("family_name", "Evil\u202e", "invisible character"),
        ("ends_on", "2026-01-01", "before the first"),
        ("ends_on", "9999-12-31", "between 1930 and 2100"),
        ("starts_on", "0001-01-01", "between 1930 and 2100"),
        ("manager", "nobody@alpha.example", "Nobody here has this address"),
    ],
)
def test_what_does_not_fit_is_explained_and_what_was_typed_stays(
    alpha, browser, dee, field, value, words
) -> None:
    with inside(alpha):
        department = make_department()
    form = {
        "given_name": "Noor",
        "family_name": "Ahmadi",
        "email": "noor@alpha.example",
        "department": department.pk,
        "kind": "staff",
        "starts_on": "2026-11-23",
        field: value,
    }
    answer = browser.post(path("person-add"), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Noor"' in answer.content.decode()


def test_deactivating_asks_first_and_shuts_out_at_once(alpha, browser, client_for, dee) -> None:
    theirs = client_for(alpha, dee)
    assert theirs.get(path("profile")).status_code == 200
    asked = browser.get(path("person-deactivate", public_id=dee.public_id))
    assert "Deactivate Dee Dubois?" in asked.content.decode()
    assert browser.post(path("person-deactivate", public_id=dee.public_id)).status_code == 303
    assert theirs.get(path("profile")).status_code == 302
    assert browser.post(path("person-reactivate", public_id=dee.public_id)).status_code == 303
    assert theirs.get(path("profile")).status_code == 200


def test_someone_whose_last_day_is_over_is_signed_out(alpha, client_for, dee) -> None:
    import datetime as dt

    theirs = client_for(alpha, dee)
    with inside(alpha):
        make_affiliation(dee, ends_on=dt.date(2026, 2, 1))
    assert theirs.get(path("profile")).status_code == 302


def test_a_role_is_given_and_taken_away(alpha, browser, dee) -> None:
    assert browser.post(path("role-grant", public_id=dee.public_id), {"role": "author"}).status_code == 303
    with inside(alpha):
        grant = dee.role_grants.get()
    page = browser.get(path("person-detail", public_id=dee.public_id)).content.decode()
    assert "Writes courses" in page
    browser.post(path("role-revoke", public_id=dee.public_id), {"grant": grant.pk})
    with inside(alpha):
        assert not dee.role_grants.exists()


def test_an_administrator_is_not_offered_to_make_owners(alpha, client_for, dee) -> None:
    with inside(alpha):
        admin = make_user(given_name="Al", family_name="Admin", roles=("administrator",))
    browser = client_for(alpha, admin)
    url = path("role-grant", public_id=dee.public_id)
    assert 'value="owner"' not in browser.get(url).content.decode()
    assert browser.post(url, {"role": "owner"}).status_code == 422


def test_a_role_grant_of_somebody_else_cannot_be_taken_through_this_page(alpha, browser, dee, bo) -> None:
    with inside(alpha):
        grant = bo.role_grants.get()
    browser.post(path("role-revoke", public_id=dee.public_id), {"grant": grant.pk})
    with inside(alpha):
        assert bo.role_grants.filter(pk=grant.pk).exists()


def test_the_export_holds_what_the_list_shows_and_no_formula(alpha, browser) -> None:
    with inside(alpha):
        make_user(given_name="=cmd|' /C calc'!A0", family_name="Zed")
    answer = browser.get(path("person-csv"), {"q": "zed"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert "\"'=cmd" in text


def test_the_invited_choose_a_password_and_are_in(alpha, client_for, deliver, browser, dee) -> None:
    with inside(alpha):
        User.objects.filter(pk=dee.pk).update(password="!")
    browser.post(path("person-invite", public_id=dee.public_id))
    mail = next(mail for mail in deliver() if mail["X-Envelope-To"] == dee.email)
    found = re.search(r"/welcome/[\w-]+/", mail.get_body(("plain",)).get_content())
    assert found
    link = found[0]
    theirs = client_for(alpha)
    assert theirs.get(link).status_code == 200
    assert theirs.get(link).status_code == 200
    assert theirs.post(link, {"password": "short"}).status_code == 422
    assert theirs.post(link, {"password": "alpha university 1"}).status_code == 422
    done = theirs.post(link, {"password": "a heron on the roof at dawn"})
    assert done.status_code == 302
    assert theirs.get(path("profile")).status_code == 200
    assert theirs.get(link).status_code == 410


def test_before_somebodys_first_day_inviting_says_what_waits_for_it(alpha, browser, dee) -> None:
    with inside(alpha):
        make_affiliation(dee, starts_on=clock.today() + dt.timedelta(days=5))
        first = day_text(clock.today() + dt.timedelta(days=5))
    page = path("person-detail", public_id=dee.public_id)
    assert f"Their first day is {first}: no reminder leaves before it." in browser.get(page).content.decode()
    told = browser.post(path("person-invite", public_id=dee.public_id), follow=True).content.decode()
    assert told.count("no reminder leaves before it") == 2, "in the answer and beside the button"
    assert "so it ends before that day" not in told
    given = {"given_name": "Neo", "family_name": "New", "email": "neo@example.org", "kind": "staff"}
    with inside(alpha):
        starts_on = (clock.today() + dt.timedelta(days=40)).isoformat()
        given |= {"department": str(make_department().pk), "starts_on": starts_on}
    added = browser.post(path("person-add"), given, follow=True).content.decode()
    assert "Neo New was added." in added
    assert "so it ends before that day" in added
    with inside(alpha):
        User.objects.filter(pk=dee.pk).update(first_day_on=clock.today())
    assert "no reminder leaves" not in browser.get(page).content.decode()


def test_an_invitation_opens_no_door_in_another_tenant(alpha, beta, client_for, browser, at, dee) -> None:
    from lms.people import actions

    with inside(alpha):
        token = actions.invite(user=dee, by=None, at=at)
    assert client_for(beta).get(path("welcome", token=token)).status_code == 404
    assert client_for(alpha).get(path("welcome", token=token)).status_code == 200


def test_a_roster_goes_through_all_its_steps(alpha, browser, client_for, deliver) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from lms.people.tests.test_import import csv

    joins = {"id": "3", "email": "neo@alpha.example", "hired": "2099-03-02"}
    content = csv({}, {"id": "2", "email": "not-an-address"}, joins)
    answer = browser.post(path("import-new"), {"file": SimpleUploadedFile("staff.csv", content)})
    assert answer.status_code == 303
    page = browser.get(answer["Location"]).content.decode()
    assert "staff.csv has 3 lines" in page
    with inside(alpha):
        roster = RosterImport.objects.get()
        columns = roster.mapping["columns"]
    form = {name: str(index) for name, index in columns.items()}
    form |= {"encoding": "utf-8", "delimiter": ",", "date_order": "day", "default_kind": "none"}
    here = path("import-detail", public_id=roster.public_id)
    assert browser.post(answer["Location"], form)["Location"] == here
    assert "Checking the file" in browser.get(here).content.decode()
    deliver()
    preview = browser.get(here).content.decode()
    assert "This is what will happen" in preview
    assert "is not an e-mail address" in preview
    assert "Import 2 lines" in preview
    start = path("import-start", public_id=roster.public_id)
    assert browser.post(start, {"absent": "keep"}).status_code == 303
    assert browser.post(start, {"absent": "keep"}).status_code == 303
    deliver()
    done = browser.get(here).content.decode()
    assert "1 line was left out" in done
    assert "1 new person has not begun yet" in done
    assert "Their first day is 2 Mar 2099: no reminder leaves before it." in done
    with inside(alpha):
        roster.refresh_from_db()
        assert roster.state == RosterImportState.DONE
        assert User.objects.filter(email="ana@alpha.example").count() == 1
    problems = b"".join(browser.get(path("import-problems", public_id=roster.public_id)).streaming_content)
    assert "“not-an-address” is not an e-mail address" in problems.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04\x14\x00", "Excel workbook or a zip archive"),
        (b"Name,E-mail\n", "holds no people"),
        (b"%PDF-1.7", "This is a PDF"),
    ],
)
def test_what_is_no_roster_is_refused_with_a_sentence(browser, content, words) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = browser.post(path("import-new"), {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_ending_many_people_has_to_be_confirmed_in_figures(alpha, browser, at) -> None:
    from lms.people.tests.test_import import checked, csv, run

    with inside(alpha):
        run(csv(*({"id": str(n), "email": f"p{n}@alpha.example"} for n in range(1, 6))), at)
        roster = checked(csv({"id": "1", "email": "p1@alpha.example"}), at)
    start = path("import-start", public_id=roster.public_id)
    refused = browser.post(start, {"absent": "deactivate", "confirmed_count": "3"})
    assert refused.status_code == 422
    assert browser.post(start, {"absent": "deactivate", "confirmed_count": "4"}).status_code == 303


def test_an_import_of_another_university_is_not_there(alpha, beta, browser, cy, client_for, at) -> None:
    from lms.people.tests.test_import import checked, csv

    with inside(alpha):
        roster = checked(csv({}), at)
    assert browser.get(path("import-detail", public_id=roster.public_id)).status_code == 200
    theirs = client_for(beta, cy)
    for name in ("import-detail", "import-columns", "import-problems"):
        assert theirs.get(path(name, public_id=roster.public_id)).status_code == 404


def test_the_profile_keeps_language_and_time_zone(alpha, client_for, dee) -> None:
    browser = client_for(alpha, dee)
    assert browser.get(path("profile")).status_code == 200
    assert browser.post(path("profile"), {"locale": "de", "time_zone": "Europe/Berlin"}).status_code == 303
    old_name = {"locale": "university", "time_zone": "US/Pacific"}
    assert browser.post(path("profile"), old_name).status_code == 422
    with inside(alpha):
        dee.refresh_from_db()
        assert (dee.locale, dee.time_zone) == ("de", "Europe/Berlin")


def test_a_department_is_added_renamed_and_put_below_another(alpha, browser) -> None:
    with inside(alpha):
        law = make_department("LAW")
    new = {"name": "Law library", "code": "law-lib", "parent": law.pk}
    assert browser.post(path("department-add"), new).status_code == 303
    assert browser.post(path("department-add"), new).status_code == 422
    with inside(alpha):
        from lms.people.models import Department

        library = Department.objects.get(code="LAW-LIB")
        assert library.parent == law
    url = path("department-edit", public_id=law.public_id)
    assert browser.post(url, {"name": "Law", "parent": library.pk}).status_code == 422
    assert browser.post(url, {"name": "Law School"}).status_code == 303
    text = browser.get(path("department-list")).content.decode()
    assert "Law School" in text
    assert "Law library" in text


def test_a_role_over_everybody_takes_no_department(in_alpha) -> None:
    law = make_department("LAW")
    form = GrantRole({"role": "evidence_reviewer", "department": str(law.pk)}, may_make_owners=False)
    assert not form.is_valid()
    assert "over everybody" in form.errors["department"][0]
