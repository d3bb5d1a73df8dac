"""What is done with people, against the database."""

import datetime as dt

import pytest

from lms.access import roles
from lms.people import actions, queries
from lms.people.actions import persons
from lms.people.models import Invitation, RoleGrant, User
from lms.people.tests.factories import make_user
from tenants import clock

pytestmark = pytest.mark.django_db


def test_a_new_site_has_an_owner_who_can_do_everything_and_an_invitation(in_alpha, at) -> None:
    token = actions.open_site(owner_name="Olu van Dyk", owner_email="Olu@Alpha.Example", at=at)
    owner = User.objects.get(email="olu@alpha.example")
    assert owner.display_name == "Olu van Dyk"
    assert {key for key, _ in owner.held_roles} == {"owner", "administrator", "compliance_officer", "author"}
    invitation = queries.open_invitation(token, at=at)
    assert invitation is not None
    assert invitation.user == owner
    assert not owner.has_usable_password()


def test_opening_a_site_twice_makes_one_owner(in_alpha, at) -> None:
    first = actions.open_site(owner_name="Olu Dyk", owner_email="olu@alpha.example", at=at)
    second = actions.open_site(owner_name="Olu Dyk", owner_email="olu@alpha.example", at=at)
    assert User.objects.count() == 1
    assert RoleGrant.objects.count() == 4
    assert queries.open_invitation(first, at=at) is None
    assert queries.open_invitation(second, at=at) is not None


@pytest.mark.parametrize(
    ("other", "refusal"),
    [({"email": "noor@alpha.example"}, actions.EmailTaken), ({"external_id": "e7"}, actions.ExternalIdTaken)],
)
def test_whoever_is_put_in_by_somebody_else_in_the_same_moment_is_refused_in_words(
    in_alpha, at, monkeypatch, other, refusal
) -> None:
    look = persons._set_fields

    def raced(person, values):
        looked = look(person, values)
        make_user(**{"email": "other@alpha.example", **other})
        return looked

    monkeypatch.setattr(persons, "_set_fields", raced)
    values = {"given_name": "Noor", "email": "noor@alpha.example", "external_id": "E7"}
    with pytest.raises(refusal):
        actions.add_person(values=values, by=None, at=at)
    assert not User.objects.exists()


def test_the_token_is_stored_nowhere(in_alpha, at, dee) -> None:
    token = actions.invite(user=dee, by=None, at=at)
    invitation = Invitation.objects.get()
    assert token not in invitation.token_hash
    assert len(invitation.token_hash) == 64


def test_an_invitation_works_once(in_alpha, at, dee) -> None:
    token = actions.invite(user=dee, by=None, at=at)
    actions.accept_invitation(token=token, password="a long enough password", at=at)
    dee.refresh_from_db()
    assert dee.check_password("a long enough password")
    with pytest.raises(actions.InvitationExpired):
        actions.accept_invitation(token=token, password="another long password", at=at)


def test_an_invitation_ends_after_seven_days(in_alpha, at, dee) -> None:
    token = actions.invite(user=dee, by=None, at=at)
    late = at + dt.timedelta(days=7)
    assert queries.open_invitation(token, at=late - dt.timedelta(seconds=1)) is not None
    with pytest.raises(actions.InvitationExpired):
        actions.accept_invitation(token=token, password="a long enough password", at=late)


def test_only_an_owner_makes_owners(in_alpha, at, ada, dee) -> None:
    admin = make_user(given_name="Al", family_name="Admin", roles=("administrator",))
    with pytest.raises(actions.OwnersOnly):
        actions.grant_role(user=dee, role="owner", by=admin, at=at)
    actions.grant_role(user=dee, role="owner", by=ada, at=at)
    with pytest.raises(actions.OwnersOnly):
        actions.revoke_role(grant=dee.role_grants.get(), by=admin, at=at)


def test_the_last_owner_can_neither_resign_nor_be_deactivated(in_alpha, at, ada, bo) -> None:
    grant = ada.role_grants.get(role="owner")
    with pytest.raises(actions.LastOwner):
        actions.revoke_role(grant=grant, by=ada, at=at)
    with pytest.raises(actions.LastOwner):
        actions.deactivate(person=ada, by=bo, at=at)
    actions.grant_role(user=bo, role="owner", by=ada, at=at)
    actions.revoke_role(grant=grant, by=ada, at=at)
    assert not RoleGrant.objects.filter(user=ada, role="owner").exists()


def test_a_deactivated_co_owner_does_not_count_as_one(in_alpha, at, ada, bo) -> None:
    actions.grant_role(user=bo, role="owner", by=ada, at=at)
    actions.deactivate(person=bo, by=ada, at=at)
    with pytest.raises(actions.LastOwner):
        actions.revoke_role(grant=ada.role_grants.get(role="owner"), by=ada, at=at)


def test_a_co_owner_past_their_last_day_does_not_count_as_one(in_alpha, at, ada, bo, dee) -> None:
    actions.grant_role(user=bo, role="owner", by=ada, at=at)
    User.objects.filter(pk=bo.pk).update(last_day_on=clock.today(at) - dt.timedelta(days=1))
    grant = ada.role_grants.get(role="owner")
    with pytest.raises(actions.LastOwner):
        actions.revoke_role(grant=grant, by=ada, at=at)
    with pytest.raises(actions.LastOwner):
        actions.deactivate(person=ada, by=dee, at=at)
    User.objects.filter(pk=bo.pk).update(last_day_on=clock.today(at))
    actions.revoke_role(grant=grant, by=ada, at=at)


def test_nobody_deactivates_themselves(in_alpha, at, ada) -> None:
    with pytest.raises(actions.NotOneself):
        actions.deactivate(person=ada, by=ada, at=at)


@pytest.mark.parametrize("role", ["learner", "manager", "emperor"])
def test_what_follows_from_the_facts_is_not_granted(in_alpha, at, ada, dee, role) -> None:
    with pytest.raises(ValueError, match="not a role"):
        actions.grant_role(user=dee, role=role, by=ada, at=at)


def test_a_role_over_departments_needs_one_and_others_take_none(in_alpha, at, ada, dee) -> None:
    with pytest.raises(ValueError, match="department"):
        actions.grant_role(user=dee, role=roles.DepartmentAdministrator.key, by=ada, at=at)


def test_granting_twice_is_once(in_alpha, at, ada, dee) -> None:
    actions.grant_role(user=dee, role="author", by=ada, at=at)
    actions.grant_role(user=dee, role="author", by=ada, at=at)
    assert dee.role_grants.count() == 1


def test_an_address_or_an_id_belongs_to_one_person_in_any_case(in_alpha, at, ada, dee) -> None:
    dee.external_id = "Emp-7"
    dee.save()
    with pytest.raises(actions.EmailTaken):
        actions.add_person(values={"email": dee.email, "family_name": "Double"}, by=ada, at=at)
    with pytest.raises(actions.ExternalIdTaken):
        actions.add_person(values={"email": "new@alpha.example", "external_id": "EMP-7"}, by=ada, at=at)


def test_a_new_address_is_the_one_to_sign_in_with(in_alpha, at, ada, dee) -> None:
    from allauth.account.models import EmailAddress

    actions.edit_person(person=dee, values={"email": "dee.new@alpha.example"}, by=ada, at=at)
    address = EmailAddress.objects.get(user=dee)
    assert (address.email, address.verified, address.primary) == ("dee.new@alpha.example", True, True)


def test_saving_without_a_change_leaves_no_trace(in_alpha, at, ada, dee) -> None:
    from lms.audit.models import Event

    before = Event.objects.count()
    assert not actions.edit_person(person=dee, values={"given_name": "Dee"}, by=ada, at=at)
    assert Event.objects.count() == before
