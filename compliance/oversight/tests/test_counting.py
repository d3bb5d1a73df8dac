"""The page on which it is decided how grace counts, and what every report says of it."""

import csv
import html
import io
import re

import pytest
from django.urls import reverse

from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.records.models import GraceDecision
from compliance.records.tests.factories import make_grace_decision
from compliance.requirements.tests.factories import make_requirement
from lms.people.models import RoleGrant
from lms.people.tests.factories import make_user
from tenants.context import inside
from tenants.tests.factories import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SAYS = "Whoever is in the days of grace counts as compliant"


@pytest.fixture
def here(alpha):
    """One person done, three in grace of another requirement; one of them owes the first as well."""
    with inside(alpha):
        first, second = make_requirement(title="First"), make_requirement(title="Second")
        people = [make_user(given_name=f"P{number}") for number in range(4)]
        give(people[0], first, "compliant")
        give(people[1], first, "overdue")
        for person in people[1:]:
            give(person, second, "grace")
    return first, second, people


@pytest.fixture
def officer(here, alpha, client_for, bo):
    return client_for(alpha, bo)


def text_of(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_before_anybody_decides_the_page_says_what_it_would_make_of_the_figures(officer, here):
    said = text_of(officer.get(reverse("oversight:counting")))
    assert "Whoever is in the days of grace does not count as compliant." in said
    assert "All requirements together 3 1 of 4 25.0" in said
    assert "3 of 4 75.0 % (+2)" in said
    assert "Second 3 0 of 3 0.0 % 3 of 3 100.0 % (+3)" in said
    assert " First " not in said, "nobody is in grace of it"


def test_deciding_is_refused_in_words_and_keeps_what_was_typed(officer, alpha):
    url = reverse("oversight:counting-decide")
    for values, word in (
        ({}, "required"),
        ({"counts": "yes", "from_on": "2026-02-30", "reason": "x"}, "valid date"),
        ({"counts": "yes", "from_on": str(TODAY - DAY), "reason": "Kept words"}, "is over"),
        ({"counts": "no", "from_on": str(TODAY), "reason": "Kept words"}, "anyway"),
        ({"counts": "maybe", "from_on": str(TODAY), "reason": "x"}, "valid choice"),
        ({"counts": "yes", "from_on": str(TODAY), "reason": "a\x00b"}, "Null characters"),
    ):
        answer = officer.post(url, values)
        assert answer.status_code == 422
        assert word in answer.content.decode()
        if values.get("reason") == "Kept words":
            assert "Kept words" in answer.content.decode()
    with inside(alpha):
        assert not GraceDecision.objects.exists()


def test_decided_every_report_states_it(officer, here, alpha, client_for):
    answer = officer.post(
        reverse("oversight:counting-decide"),
        {"counts": "yes", "from_on": str(TODAY), "reason": "As agreed with the auditors"},
        follow=True,
    )
    said = text_of(answer)
    assert "Since 23 Nov 2026, decided by Bo" in said
    assert "As agreed with the auditors" in said
    for name in ("overview", "people"):
        assert f"{SAYS}: decided here, from 23 Nov 2026 on." in text_of(
            officer.get(reverse(f"oversight:{name}"))
        )
    learner = client_for(alpha, here[2][2])
    own = text_of(learner.get(reverse("oversight:status")))
    assert f"{SAYS}: decided here" in own
    assert "Compliant as of" in own
    assert "counts as compliant, days of grace until 28 Nov 2026" in own
    requirement = officer.get(reverse("requirements:detail", args=[here[1].public_id]))
    assert "or in the days of grace" in text_of(requirement)
    content = officer.get(reverse("oversight:people-csv")).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    yes = rows[0]["grace_counts"]
    assert {row["grace_counts"] for row in rows} == {yes}
    assert sum(row["is_compliant"] == yes for row in rows) == 3


def test_whoever_only_looks_decides_nothing(here, alpha, client_for):
    with inside(alpha):
        auditor = make_user(given_name="Aud")
        RoleGrant.objects.create(user=auditor, role="auditor", granted_at=AT)
    browser = client_for(alpha, auditor)
    assert "counting/decide" not in browser.get(reverse("oversight:counting")).content.decode()
    values = {"counts": "yes", "from_on": str(TODAY), "reason": "x"}
    assert browser.post(reverse("oversight:counting-decide"), values).status_code == 403
    with inside(alpha):
        assert not GraceDecision.objects.exists()


def test_a_decision_to_come_is_told_before_its_day(officer, alpha):
    with inside(alpha):
        make_grace_decision(1, TODAY + DAY)
    said = text_of(officer.get(reverse("oversight:counting")))
    assert "From 24 Nov 2026 on they count as compliant." in said
    assert "to come" in said
    overview = text_of(officer.get(reverse("oversight:overview")))
    assert "From 24 Nov 2026 on, whoever is in grace counts as compliant." in overview
    assert "1 of 4 people" in overview
