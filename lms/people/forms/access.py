"""Forms about getting in and about roles."""

from typing import Any, cast

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from lms.access import roles
from lms.people.models import Department, RoleGrant, User
from lms.ui.forms import CardLabel


class Welcome(forms.Form):
    """The first password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 15 characters. A sentence is easy to remember and hard to guess."),
    )

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        """The password, if the rules let it pass."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self._user)
        return password


class GrantRole(forms.Form):
    """Which role, and over which department where it is one over departments."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Only for a department administrator."),
    )

    def __init__(self, *args: Any, may_make_owners: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [role for role in roles.ASSIGNABLE if may_make_owners or role is not roles.Owner]
        role = cast("forms.ChoiceField", self.fields["role"])
        department = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        role.choices = [(one.key, CardLabel(one.name, one.description)) for one in offered]
        department.queryset = Department.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        """A department goes with the role over departments, and with no other."""
        cleaned = super().clean() or {}
        if not (role := roles.BY_KEY.get(cleaned.get("role", ""))):
            return cleaned
        if role.scope == roles.Scope.DEPARTMENT and not cleaned.get("department"):
            self.add_error("department", _("Choose the department they administer."))
        if role.scope != roles.Scope.DEPARTMENT and cleaned.get("department"):
            self.add_error("department", _("This role is over everybody. Leave the department empty."))
        return cleaned


class RevokeRole(forms.Form):
    """Which of the roles a person holds is to go."""

    grant = forms.ModelChoiceField(queryset=RoleGrant.objects.none())

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grant = cast("forms.ModelChoiceField[RoleGrant]", self.fields["grant"])
        grant.queryset = RoleGrant.objects.filter(user=person)
