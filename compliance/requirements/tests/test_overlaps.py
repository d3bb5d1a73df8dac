"""Who else asks the same people for the same course: counted as the rule and the people named by hand say."""

import datetime as dt

import pytest

from compliance.requirements import queries
from compliance.requirements.enums import RequirementState, Side
from compliance.requirements.models import Individual
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.enums import AffiliationKind
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import inside
from tenants.tests.factories import AT

TODAY = dt.date(2026, 10, 1)
STAFF = {"kinds": ["staff"]}


@pytest.fixture
def people(in_alpha):
    """Two members of staff and a student."""
    users = [make_user(email=f"{name}@example.org") for name in ("ana", "ben", "cy")]
    for user, kind in zip(users, ("staff", "staff", "student"), strict=True):
        make_affiliation(user, kind=AffiliationKind(kind))
    return users


def found(requirement):
    """Titles and numbers."""
    return [(each.other.title, each.count) for each in queries.overlaps(requirement, TODAY)]


def test_only_requirements_that_are_on_and_share_course_and_people_overlap(people):
    """One that shares the people but no course, or the course but nobody, or is not on, is not named."""
    make_requirement(title="Law", audience=STAFF)
    make_requirement(title="Other course", audience=STAFF, course=make_course("gdpr", "Privacy"))
    make_requirement(title="Nobody of them", audience={"kinds": ["contractor"]})
    make_requirement(title="Draft", audience=STAFF, is_on=False)
    make_requirement(title="Retired", audience=STAFF, state=RequirementState.RETIRED)
    make_requirement(title="Wider", audience={"everyone": True})
    draft = make_requirement(title="New", audience={"everyone": True}, is_on=False)
    assert found(draft) == [("Wider", 3), ("Law", 2)]


def test_whoever_is_named_by_hand_counts_as_named(people):
    ana, _ben, cy = people
    law = make_requirement(title="Law", audience=STAFF)
    draft = make_requirement(title="New", audience={"everyone": True}, is_on=False)
    for user, side in ((ana, Side.EXCLUDE), (cy, Side.INCLUDE)):
        Individual.objects.create(
            requirement=law, user=user, side=side, reason="Asked.", starts_on=TODAY, by=people[1], at=AT
        )
    assert found(draft) == [("Law", 2)]
    Individual.objects.create(
        requirement=draft, user=cy, side=Side.EXCLUDE, reason="Asked.", starts_on=TODAY, by=people[1], at=AT
    )
    assert found(draft) == [("Law", 1)]


def test_the_page_of_a_draft_says_it(client_for, alpha, bo):
    with inside(alpha):
        make_affiliation(make_user(email="ana@example.org"))
        law = make_requirement(title="Training by law", audience=STAFF)
        draft = make_requirement(title="New", audience=STAFF, is_on=False)
    page = client_for(alpha, bo).get(f"/requirements/{draft.public_id}/")
    assert f'<a href="/requirements/{law.public_id}/">Training by law</a>: 1 person' in page.text
