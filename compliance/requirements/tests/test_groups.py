"""Groups and systems: made by hand, filled from a pasted list, put away only when nothing asks for them."""

import datetime as dt
import re

import pytest

from compliance.records import actions as records
from compliance.records.models import Assignment
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people.models import Group, GroupMember
from lms.people.tests.factories import make_affiliation, make_user
from tenants import clock
from tenants.context import inside

LIST = "/people/groups/"


@pytest.fixture
def admin(client_for, alpha, ada):
    return client_for(alpha, ada)


@pytest.fixture
def laser(admin, alpha):
    made = admin.post(
        f"{LIST}add/", {"kind": "group", "name": "Laser users", "code": "laser", "purpose": "Lab 3"}
    )
    assert made.status_code == 303
    return made.url


def saved(seen):
    """What the button of the page that shows what follows sends."""
    (found,) = re.findall(r'name="fingerprint" value="([0-9a-f]{64})"', seen.text)
    return {"fingerprint": found, "save": "1"}


def _turn():
    """What the clockwork does soon after a change that it was told of."""
    records.reconcile(requirement_id=None, today=clock.today(), at=clock.now())


def test_a_group_is_made_once_and_listed(admin, laser):
    again = admin.post(f"{LIST}add/", {"kind": "system", "name": "Other", "code": "LASER"})
    assert again.status_code == 422
    assert "has this code" in again.text
    page = admin.get(LIST)
    assert "Laser users" in page.text
    assert "Lab 3" in page.text
    assert "No requirement asks for it yet" in admin.get(laser).text


def test_people_are_pasted_all_or_none_and_get_what_the_group_owes(admin, alpha, laser):
    with inside(alpha):
        for name in ("Ana", "Ben"):
            make_affiliation(make_user(given_name=name, email=f"{name.lower()}@example.org"))
        make_requirement(audience={"groups": ["LASER"]})
    bad = admin.post(
        f"{laser}members/", {"people": "ana@example.org\nnobody@example.org", "since": "2026-01-05"}
    )
    assert bad.status_code == 422
    assert "Line 2: Nobody here has the address or employee ID nobody@example.org." in bad.text
    with inside(alpha):
        assert not GroupMember.objects.exists()
    sent = {"people": "Ana <ana@example.org>\nben@example.org", "since": "2026-01-05"}
    seen = admin.post(f"{laser}members/", sent)
    for text in ("Nothing is saved yet", "Gets it: 2", "Phishing, yearly", "ana@example.org"):
        assert text in seen.text
    with inside(alpha):
        assert not GroupMember.objects.exists()
    assert admin.post(f"{laser}members/", sent | saved(seen)).status_code == 303
    assert (
        "is in it already"
        in admin.post(f"{laser}members/", {"people": "ana@example.org", "since": "2026-01-05"}).text
    )
    with inside(alpha):
        _turn()
        held = Assignment.objects.filter(withdrawn_on=None)
        assert {*held.values_list("user__given_name", flat=True)} == {"Ana", "Ben"}
        ana = GroupMember.objects.get(user__given_name="Ana").user.public_id
    seen = admin.post(f"{laser}members/{ana}/removal/")
    assert "Loses it" in seen.text
    with inside(alpha):
        assert GroupMember.objects.filter(user__public_id=ana).exists()
    assert admin.post(f"{laser}members/{ana}/removal/", saved(seen)).status_code == 303
    with inside(alpha):
        _turn()
        assert {*held.all().values_list("user__given_name", flat=True)} == {"Ben"}
        actions = {"people.group_added", "people.members_added", "people.member_removed"}
        assert actions <= {*Event.objects.values_list("action", flat=True)}


def test_what_a_list_does_to_training_is_saved_only_as_it_was_seen(admin, alpha, laser):
    sent = {"people": "ana@example.org\nben@example.org", "since": "2026-01-05"}
    with inside(alpha):
        ana, ben = (
            make_user(given_name=name, email=f"{name.lower()}@example.org") for name in ("Ana", "Ben")
        )
        make_affiliation(ana)
        make_requirement(audience={"groups": ["LASER"]})
    seen = admin.post(f"{laser}members/", sent)
    assert "Gets it: 1" in seen.text
    with inside(alpha):
        make_affiliation(ben)
    stale = admin.post(f"{laser}members/", sent | saved(seen))
    assert (stale.status_code, "It is not what you saw" in stale.text) == (422, True)
    assert "Gets it: 2" in stale.text
    with inside(alpha):
        assert not GroupMember.objects.exists()
    ahead = sent | {"since": (clock.today() + dt.timedelta(days=9)).isoformat()}
    later = admin.post(f"{laser}members/", ahead)
    assert "Gets it later: 2" in later.text
    assert admin.post(f"{laser}members/", ahead | saved(stale)).status_code == 422
    assert admin.post(f"{laser}members/", ahead | saved(later)).status_code == 303


def test_a_list_from_which_no_training_follows_is_saved_in_one_step(admin, alpha, laser):
    with inside(alpha):
        make_affiliation(make_user(given_name="Ana", email="ana@example.org"))
        make_requirement(audience={"all": [{"groups": ["LASER"]}, {"kinds": ["student"]}]})
    assert (
        admin.post(f"{laser}members/", {"people": "ana@example.org", "since": "2026-01-05"}).status_code
        == 303
    )


def test_a_group_that_a_requirement_asks_for_is_not_put_away(admin, alpha, laser):
    with inside(alpha):
        requirement = make_requirement(is_on=False, title="Laser safety", audience={"groups": ["LASER"]})
    sent = {"name": "Laser users", "purpose": "", "is_archived": "on"}
    refused = admin.post(f"{laser}edit/", sent)
    assert refused.status_code == 422
    assert "It is used by: Laser safety." in refused.text
    assert "Laser safety" in admin.get(laser).text
    with inside(alpha):
        requirement.delete()
    assert admin.post(f"{laser}edit/", sent).status_code == 303
    with inside(alpha):
        assert Group.objects.get().is_archived
