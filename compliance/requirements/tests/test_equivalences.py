"""One course counts for another: two people, reasons, and the pages."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from compliance.records.tests.factories import make_assignment, make_completion, make_record
from compliance.requirements import actions, queries, rules
from compliance.requirements.models import Equivalence
from compliance.requirements.queries.equivalences import equivalences
from lms.audit.models import Event
from tenants.context import inside

from .factories import make_course, make_requirement

LIST = "/requirements/equivalences/"


@pytest.fixture
def propose(alpha, ada, at):
    def propose(**fields):
        given = {
            "course_id": make_course("old", "Old").pk,
            "counts_for_id": make_course("new", "New").pk,
            "since": None,
            "until": None,
            "reason": "Covers the same chapters.",
            "by": ada,
            "at": at,
        }
        return actions.propose_equivalence(**(given | fields))

    return propose


def _approve(made, by, at):
    fingerprint = queries.settled_by_equivalence(made).fingerprint
    return actions.approve_equivalence(made, fingerprint=fingerprint, note="Yes.", by=by, at=at)


def test_nobody_decides_what_they_proposed_not_even_past_the_product(in_alpha, propose, ada, bo, at):
    made = propose()
    assert equivalences() == ()
    with pytest.raises(rules.NotAllowedNow, match="Somebody else"):
        _approve(made, ada, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Equivalence.objects.filter(pk=made.pk).update(state="approved", decided_by=ada, decided_at=at)
    _approve(made, bo, at)
    assert len(equivalences()) == 1
    with pytest.raises(rules.NotAllowedNow, match="decided already"):
        _approve(made, bo, at)
    assert [event.action for event in Event.objects.order_by("pk")][-2:] == [
        "requirement.equivalence_proposed",
        "requirement.equivalence_approved",
    ]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"since": dt.date(2026, 2, 1), "until": dt.date(2026, 1, 1)}, "before the first"),
        ({"reason": "  "}, "Say why"),
    ],
)
def test_what_cannot_be_is_refused_in_words(in_alpha, propose, fields, says):
    with pytest.raises(rules.NotAllowedNow, match=says):
        propose(**fields)
    assert not Equivalence.objects.exists()


def test_the_same_course_and_the_same_pair_twice_are_refused(in_alpha, propose):
    with pytest.raises(rules.NotAllowedNow, match="same course"):
        propose(counts_for_id=make_course("old", "Old").pk)
    propose()
    with pytest.raises(rules.NotAllowedNow, match="already"):
        propose()


def test_it_is_not_approved_for_others_than_were_shown(in_alpha, propose, bo, dee, at):
    made = propose()
    shown = queries.settled_by_equivalence(made).fingerprint
    record = make_record(make_assignment(dee, requirement=make_requirement(course=make_course("new"))))
    make_completion(dee, make_course("old"), at=at - dt.timedelta(days=1))
    assert record.window_opens_on < at.date()
    with pytest.raises(rules.NumbersChanged):
        actions.approve_equivalence(made, fingerprint=shown, note="", by=bo, at=at)
    assert Equivalence.objects.get().is_waiting


def test_the_pages_from_proposing_to_ending(alpha, client_for, ada, bo, at):
    with inside(alpha):
        old, new = make_course("old", "Old"), make_course("new", "New")
    proposer, officer = client_for(alpha, ada), client_for(alpha, bo)
    assert "No course counts for another" in officer.get(LIST).text
    wrong = proposer.post(f"{LIST}new/", {"course": old.pk, "counts_for": old.pk, "reason": "x"})
    assert (wrong.status_code, "Choose another course" in wrong.text) == (422, True)
    answers = {"course": old.pk, "counts_for": new.pk, "reason": "The same."}
    page = proposer.post(f"{LIST}new/", answers).headers["Location"]
    assert "Somebody else has to decide this" in proposer.get(page).text
    assert "1 equivalent course waits for a decision" in officer.get("/overview/").text
    with inside(alpha):
        fingerprint = queries.settled_by_equivalence(Equivalence.objects.get()).fingerprint
    silent = officer.post(f"{page}decide/", {"decision": "refuse"})
    assert (silent.status_code, "Say why you refuse it." in silent.text) == (422, True)
    stale = officer.post(f"{page}decide/", {"decision": "approve", "fingerprint": "old"})
    assert (stale.status_code, "The people changed meanwhile" in stale.text) == (422, True)
    officer.post(f"{page}decide/", {"decision": "approve", "fingerprint": fingerprint})
    assert "End it" in officer.get(page).text
    officer.post(f"{page}end/", {"reason": "A new law."})
    assert "A new law." in officer.get(page).text
    assert officer.get(f"{LIST}?state=ended&q=old").text.count("<tr>") == 2
    with inside(alpha):
        assert Equivalence.objects.get().ended_by == bo


def test_a_requirement_that_nobody_can_do_needs_attention(alpha, client_for, bo, at):
    with inside(alpha):
        course = make_course("gone", "Gone")
        make_requirement(title="Nobody can", course=course)
        course.versions.update(state="retired", retired_at=at)
    assert (
        "Nobody can: nobody can do it, as none of its courses is open"
        in client_for(alpha, bo).get("/overview/").text
    )
