"""A change that asks for a group or a field that was put away meanwhile is not made, and says which."""

import pytest

from compliance.changes import actions
from compliance.changes.enums import Kind
from compliance.requirements.models import Requirement
from compliance.requirements.tests.factories import make_requirement
from lms.people import actions as people
from lms.people.enums import FieldKind, GroupKind
from tenants import clock

from .factories import edit, make, prepare, undo

IN_LAB = {"groups": ["LAB"]}
CLEARED = {"field": {"key": "cleared", "is": "set"}}


@pytest.fixture(autouse=True)
def _here(in_alpha):
    pass


@pytest.fixture
def lab(bo, at):
    return people.add_group(code="LAB", name="Laser lab", kind=GroupKind.GROUP, purpose="", by=bo, at=at)


@pytest.fixture
def cleared(bo, at):
    said = {"key": "cleared", "name": "Cleared on", "kind": FieldKind.DATE, "purpose": ""}
    return people.add_field(**said, choices=[], by=bo, at=at)


def archive(group, bo, at, *, is_archived=True):
    people.change_group(group=group, name=group.name, purpose="", is_archived=is_archived, by=bo, at=at)


def retire(field, bo, at):
    people.change_field(field=field, name=field.name, purpose="", choices=[], is_retired=True, by=bo, at=at)


def test_what_waited_meanwhile_is_not_made_until_it_is_back(alpha, client_for, lab, cleared, bo, at):
    live = make_requirement()
    change = edit(live, bo, at, audience={"any": [IN_LAB, CLEARED]})
    archive(lab, bo, at)
    retire(cleared, bo, at)
    for deed in (make, _ask):
        with pytest.raises(actions.Refused, match="Laser lab, Cleared on"):
            deed(change, at)
    page = client_for(alpha, bo).get(f"/changes/{change.public_id}/").content.decode()
    assert "Laser lab, Cleared on. It cannot be made until that is brought back." in page
    archive(lab, bo, at, is_archived=False)
    with pytest.raises(actions.Refused, match="retired meanwhile: Cleared on"):
        make(change, at)
    live.refresh_from_db()
    assert live.number == 1


def _ask(change, at):
    given = {"found": change, "fingerprint": change.fingerprint, "reason": "", "by": change.proposed_by}
    actions.ask(**given, today=clock.today(at), at=at)


def test_an_undo_does_not_bring_back_what_was_put_away(lab, bo, at):
    live = make_requirement(audience=IN_LAB)
    changed = make(edit(live, bo, at, audience={"kinds": ["staff"]}), at)
    archive(lab, bo, at)
    with pytest.raises(actions.Refused, match="Laser lab"):
        undo(changed, bo, at)
    archive(lab, bo, at, is_archived=False)
    undo(changed, bo, at)
    live.refresh_from_db()
    assert live.audience == IN_LAB


def test_what_is_put_away_since_long_stands_in_nobodys_way(lab, bo, at):
    live = make_requirement(audience=IN_LAB)
    make(prepare(live, Kind.RETIRE, bo, at), at)
    archive(lab, bo, at)
    Requirement.objects.filter(pk=live.pk).update(state="active")
    make(edit(live, bo, at, grace_days=9), at)
    make(prepare(live, Kind.PAUSE, bo, at), at)
