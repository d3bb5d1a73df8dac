"""What the database itself refuses about requirements."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.requirements.models import Equivalence, Individual, Requirement, RequirementVersion
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.people.tests.factories import make_user
from tenants.tests.factories import AT


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


def _refused(change, match):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        change()


def test_what_a_requirement_said_cannot_be_changed_or_deleted():
    author = make_user()
    version = make_requirement().versions.create(
        number=1, content={"title": "x"}, at=AT, by=author, approved_by=author, effective_on=AT.date()
    )
    rows = RequirementVersion.objects.filter(pk=version.pk)
    for change in (
        lambda: rows.update(content={"title": "y"}),
        lambda: rows.update(at=AT + dt.timedelta(days=1)),
        lambda: rows.update(by=make_user(given_name="Eve")),
        lambda: rows.update(effective_on=AT.date() + dt.timedelta(days=1)),
        lambda: rows.update(approved_by=make_user(given_name="Eva")),
        version.delete,
    ):
        _refused(change, "What a requirement said cannot be changed")
    # Whoever wrote or approved it may be deleted one day; it stays.
    assert rows.update(by=None, approved_by=None) == 1


def test_a_decided_equivalence_cannot_be_changed_and_ends_once():
    asker, decider = make_user(given_name="Asa"), make_user(given_name="Bo")
    made = Equivalence.objects.create(
        course=make_course("a"), counts_for=make_course("b"), reason="x", asked_by=asker, asked_at=AT
    )
    rows = Equivalence.objects.filter(pk=made.pk)
    again = dt.date(2026, 12, 1)
    end = {"ended_on": again, "ended_by": decider, "ended_at": AT}
    kept = "What was proposed and decided cannot be changed"

    _refused(lambda: rows.update(since=again), kept)
    assert rows.update(state="approved", decided_by=decider, decided_at=AT) == 1
    for change in (
        lambda: rows.update(since=again),
        lambda: rows.update(decided_at=AT + dt.timedelta(days=1)),
        lambda: rows.update(state="refused"),
        made.delete,
    ):
        _refused(change, kept)
    assert rows.update(**end) == 1
    _refused(lambda: rows.update(ended_on=None, ended_by=None, ended_at=None), kept)


def test_a_naming_of_what_was_once_turned_on_cannot_be_deleted():
    requirement = make_requirement()
    requirement.versions.create(number=1, content={}, at=AT)
    Requirement.objects.filter(pk=requirement.pk).update(state="draft", turned_on_at=None)
    by = make_user()
    named = Individual.objects.create(
        requirement=requirement, user=make_user(given_name="Ana"), side="include", reason="x",
        starts_on=dt.date(2026, 11, 1), by=by, at=AT,
    )  # fmt: skip
    _refused(named.delete, "What was said by hand cannot be deleted")
