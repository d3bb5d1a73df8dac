"""Ana, who owes a requirement, and two who may ask and decide about her."""

import pytest

from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.tests.factories import make_affiliation, make_department, make_user

from .factories import TODAY, turn


@pytest.fixture
def ana():
    user = make_user(given_name="Ana", family_name="Ames")
    make_affiliation(user, department=make_department("LAW", name="School of Law"))
    return user


@pytest.fixture
def asker():
    return make_user(given_name="Asa", roles=("administrator",))


@pytest.fixture
def officer():
    return make_user(given_name="Bo", roles=("compliance_officer",))


@pytest.fixture
def owed(ana):
    """A requirement that Ana owes by 23 December, with a week of grace."""
    requirement = make_requirement(
        starts_on=TODAY, first_due_days=30, grace_days=7, recurs_months=12, course=make_course()
    )
    turn(TODAY)
    return requirement
