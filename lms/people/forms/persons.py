"""Forms about one person."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.people import queries, rules
from lms.people.enums import AffiliationKind
from lms.people.models import Department, User
from lms.ui.forms import one_line
from tenants.addresses import BadAddress, parse_address
from tenants.rules.time_zones import canonical_zones

# In the form a word, in the database empty: what the university has.
_AS_UNIVERSITY = "university"


class AddressField(forms.CharField):
    """One e-mail address, by the same rules as every other address here."""

    widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        """The address, lower-case. Raises ValidationError with a sentence that says what is wrong."""
        try:
            typed = super().clean(value)
            return parse_address(typed) if typed else ""
        except BadAddress as error:
            raise forms.ValidationError(error.sentence) from error


class NameField(forms.CharField):
    """A name in any script, on one line, in Unicode's composed form."""

    def to_python(self, value: Any) -> str:
        """Composed, blanks folded. Raises ValidationError for characters that cannot be seen."""
        text = one_line(super().to_python(value) or "")
        if not text.isprintable():
            raise forms.ValidationError(_("The name contains an invisible character. Type it anew."))
        return text


class PersonForm(forms.Form):
    """Who somebody is."""

    given_name = NameField(label=_("First name"), max_length=150, required=False)
    family_name = NameField(label=_("Last name"), max_length=150)
    preferred_name = NameField(
        label=_("Preferred first name"),
        max_length=150,
        required=False,
        help_text=_("Shown instead of the first name."),
    )
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("They sign in with it and get reminders there."),
    )
    external_id = NameField(
        label=_("Employee ID"),
        max_length=64,
        required=False,
        help_text=_("As your HR system knows them. A roster finds people by it."),
    )


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day on which somebody begins or ends, within the years that people work in."""

    widget = DateInput

    def validate(self, value: date | None) -> None:
        """What lies centuries away was mistyped."""
        super().validate(value)
        if value is not None and not rules.FIRST_YEAR <= value.year <= rules.LAST_YEAR:
            bounds = {"first": rules.FIRST_YEAR, "last": rules.LAST_YEAR}
            raise forms.ValidationError(_("Choose a day between %(first)d and %(last)d.") % bounds)


class AffiliationForm(forms.Form):
    """What somebody is to the university."""

    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), empty_label=_("Choose a department")
    )
    kind = forms.ChoiceField(label=_("Worker type"), choices=AffiliationKind.choices)
    title = NameField(label=_("Title"), max_length=200, required=False)
    manager = AddressField(
        label=_("Manager"),
        max_length=254,
        required=False,
        help_text=_("The e-mail address of the person they report to."),
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), required=False)
    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=300,
        required=False,
        help_text=_(
            "A corrected first or last day restates what is known of earlier days; the reason stands beside it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        department = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        department.queryset = Department.objects.order_by("name")

    def clean_manager(self) -> User | None:
        """The person with that address."""
        address = self.cleaned_data["manager"]
        if not address:
            return None
        manager = User.objects.filter(email=address).first()
        if manager is None:
            raise forms.ValidationError(_("Nobody here has this address. Add the manager first."))
        if self._person is not None and manager.pk == self._person.pk:
            raise forms.ValidationError(_("Nobody is their own manager."))
        return manager

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day is before the first."))
        return cleaned


class LeaveForm(forms.Form):
    """When somebody is away."""

    starts_on = DayField(label=_("First day away"))
    ends_on = DayField(label=_("Last day away"), required=False, help_text=_("Empty: until further notice."))
    is_removed = forms.BooleanField(
        label=_("This leave never was"),
        required=False,
        help_text=_("It is taken out."),
    )
    reason = NameField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("For the log, which others read. No diagnosis."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_removed"]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day is before the first."))
        return cleaned


class DepartmentForm(forms.Form):
    """What a department is called and belongs to; its code only while it is new."""

    name = NameField(label=_("Name"), max_length=200)
    code = NameField(
        label=_("Code"),
        max_length=64,
        help_text=_("As your rosters write it, such as LAW. It stays for good."),
    )
    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("No other department"),
        help_text=_("Who administers that department then also sees this one."),
    )

    def __init__(self, *args: Any, department: Department | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = cast("forms.ModelChoiceField[Department]", self.fields["parent"])
        parent.queryset = Department.objects.order_by("name")
        if department is not None:
            del self.fields["code"]
            parent.queryset = parent.queryset.exclude(pk__in=queries.with_those_below(department.code))

    def clean_code(self) -> str:
        """In capitals, as it is kept."""
        return str(self.cleaned_data["code"]).upper()


class ProfileForm(forms.Form):
    """What a person sets for themselves."""

    locale = forms.ChoiceField(label=_("Language"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("For the times shown to you. Due dates always end with the day at your university."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, str], university_zone: str) -> None:
        shown = {name: value or _AS_UNIVERSITY for name, value in initial.items()}
        super().__init__(data, initial=shown)
        locale = cast("forms.ChoiceField", self.fields["locale"])
        zone = cast("forms.ChoiceField", self.fields["time_zone"])
        locale.choices = [(_AS_UNIVERSITY, _("As the university")), *settings.LANGUAGES]
        same = _("As the university (%(zone)s)") % {"zone": university_zone}
        zone.choices = [
            (_AS_UNIVERSITY, same),
            *((name, name.replace("_", " ")) for name in canonical_zones()),
        ]

    def clean(self) -> dict[str, Any]:
        """Empty where the university decides."""
        cleaned = super().clean() or {}
        return {name: "" if value == _AS_UNIVERSITY else value for name, value in cleaned.items()}
