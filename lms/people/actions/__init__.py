"""What is done with people; keyword-only, the actor is `by`, the moment is `at` (UTC)."""

from lms.people.actions.appointments import AlreadyAppointed, add_appointed_person, save_affiliation
from lms.people.actions.days import refresh_days
from lms.people.actions.departments import CodeTaken, OwnParent, add_department, change_department
from lms.people.actions.fields import (
    ChoiceInUse,
    FieldInUse,
    FieldKeyTaken,
    TooManyFields,
    add_field,
    change_field,
    set_values,
)
from lms.people.actions.groups import (
    GroupCodeTaken,
    GroupInUse,
    add_group,
    add_members,
    change_group,
    remove_member,
)
from lms.people.actions.invitations import InvitationExpired, accept_invitation, invite, open_site
from lms.people.actions.leaves import LeavesOverlap, remove_leave, save_leave
from lms.people.actions.looking import TakesTwo, ToSee, look, save_seen
from lms.people.actions.persons import (
    EmailTaken,
    ExternalIdTaken,
    NotOneself,
    add_person,
    change_profile,
    deactivate,
    edit_person,
    reactivate,
)
from lms.people.actions.proposals import NotNow as EditNotNow
from lms.people.actions.proposals import Refused as EditRefused
from lms.people.actions.proposals import approve as approve_edit
from lms.people.actions.proposals import follows_of as follows_of_edit
from lms.people.actions.proposals import propose
from lms.people.actions.proposals import reject as reject_edit
from lms.people.actions.proposals import withdraw as withdraw_edit
from lms.people.actions.roles import LastOwner, OwnersOnly, grant_role, revoke_role
from lms.people.actions.signing_in import note_first_sign_in

__all__ = [
    "AlreadyAppointed",
    "ChoiceInUse",
    "CodeTaken",
    "EditNotNow",
    "EditRefused",
    "EmailTaken",
    "ExternalIdTaken",
    "FieldInUse",
    "FieldKeyTaken",
    "GroupCodeTaken",
    "GroupInUse",
    "InvitationExpired",
    "LastOwner",
    "LeavesOverlap",
    "NotOneself",
    "OwnParent",
    "OwnersOnly",
    "TakesTwo",
    "ToSee",
    "TooManyFields",
    "accept_invitation",
    "add_appointed_person",
    "add_department",
    "add_field",
    "add_group",
    "add_members",
    "add_person",
    "approve_edit",
    "change_department",
    "change_field",
    "change_group",
    "change_profile",
    "deactivate",
    "edit_person",
    "follows_of_edit",
    "grant_role",
    "invite",
    "look",
    "note_first_sign_in",
    "open_site",
    "propose",
    "reactivate",
    "refresh_days",
    "reject_edit",
    "remove_leave",
    "remove_member",
    "revoke_role",
    "save_affiliation",
    "save_leave",
    "save_seen",
    "set_values",
    "withdraw_edit",
]
