"""The shapes of what is typed; what it means is for the actions."""

from lms.people.forms.access import GrantRole, RevokeRole, Welcome
from lms.people.forms.fields import FieldForm, FieldValues
from lms.people.forms.groups import AddMembers, GroupForm
from lms.people.forms.persons import (
    AffiliationForm,
    DepartmentForm,
    LeaveForm,
    PersonForm,
    ProfileForm,
)
from lms.people.forms.rosters import ChooseColumns, DecideEdit, DecideImport, StartImport, UploadRoster

__all__ = [
    "AddMembers",
    "AffiliationForm",
    "ChooseColumns",
    "DecideEdit",
    "DecideImport",
    "DepartmentForm",
    "FieldForm",
    "FieldValues",
    "GrantRole",
    "GroupForm",
    "LeaveForm",
    "PersonForm",
    "ProfileForm",
    "RevokeRole",
    "StartImport",
    "UploadRoster",
    "Welcome",
]
