"""Populations in every state of compliance. Call inside a tenant."""

import datetime as dt
import random
from typing import Any

from compliance.records.tests.factories import finish, make_assignment, make_record
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.models import User
from lms.people.tests.factories import make_affiliation, make_department, make_user

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
STATES = (
    "compliant",
    "for_good",
    "expiring",
    "expired",
    "overdue",
    "grace",
    "soon",
    "later",
    "excused",
    "not_begun",
)


def give(user: User, requirement: Requirement, state: str) -> None:
    """An obligation that stands like this on TODAY."""
    status = "paused" if state == "excused" else "active"
    long_ago = TODAY - 300 * DAY
    assignment = make_assignment(
        user, requirement=requirement, status=status, assigned_on=long_ago, reason=[["kind", "staff"]]
    )
    if state in ("compliant", "for_good", "expiring", "expired"):
        until = {"compliant": 100, "for_good": None, "expiring": 10, "expired": -10}[state]
        valid_until = None if until is None else TODAY + until * DAY
        finish(make_record(assignment, due_on=long_ago + 30 * DAY), on=long_ago + 20 * DAY, until=valid_until)
        if valid_until is not None:
            make_record(assignment, cycle=2, window_opens_on=valid_until - 60 * DAY, due_on=valid_until)
        return
    due_in = {"overdue": -20, "grace": -2, "soon": 5, "later": 40, "excused": -20, "not_begun": 40}[state]
    make_record(
        assignment,
        due_on=TODAY + due_in * DAY,
        grace_ends_on=TODAY + 5 * DAY if state == "grace" else TODAY + due_in * DAY,
        window_opens_on=TODAY + DAY if state == "not_begun" else long_ago,
    )


def make_population(seed: int, *, people: int = 12) -> list[Any]:
    """People in three departments (some in none) with none to two obligations each, drawn by `seed`."""
    dice = random.Random(seed)
    departments = [make_department(code) for code in ("LAW", "MED", "ART")]
    requirements = [
        make_requirement(title="Phishing", course=make_course("phishing", "Phishing")),
        make_requirement(title="Data", course=make_course("data", "Data")),
    ]
    made = []
    for number in range(people):
        user = make_user(given_name=f"P{number}", family_name=f"Person {seed}")
        if department := dice.choice([*departments, None]):
            make_affiliation(user, department=department)
        for requirement in dice.sample(requirements, k=dice.randint(0, 2)):
            give(user, requirement, dice.choice(STATES))
        made.append(user)
    return made
