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
from lms.people.actions.looking import ToSee, look, save_seen
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
from lms.people.actions.roles import LastOwner, OwnersOnly, grant_role, revoke_role

__all__ = [
    "AlreadyAppointed",
    "ChoiceInUse",
    "CodeTaken",
    "EmailTaken",
    "ExternalIdTaken",
    "FieldInUse",
    "FieldKeyTaken",
    "GroupCodeTaken",
    "GroupInUse",
    "InvitationExpired",
    "LastOwner",
    "NotOneself",
    "OwnParent",
    "OwnersOnly",
    "ToSee",
    "TooManyFields",
    "accept_invitation",
    "add_appointed_person",
    "add_department",
    "add_field",
    "add_group",
    "add_members",
    "add_person",
    "change_department",
    "change_field",
    "change_group",
    "change_profile",
    "deactivate",
    "edit_person",
    "grant_role",
    "invite",
    "look",
    "open_site",
    "reactivate",
    "refresh_days",
    "remove_member",
    "revoke_role",
    "save_affiliation",
    "save_seen",
    "set_values",
]
