"""The filters of the list of people, read from the address: the same for the page, the file and the reminder."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.oversight import queries
from compliance.records.enums import PersonStanding
from lms.ui import filters


def people_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&standing=…&department=CODE&requirement=<public id>`; what does not fit is left out and said so."""
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name, e-mail or employee ID")),
            filters.Choice("standing", _("Standing"), PersonStanding.choices),
            filters.Choice("department", _("Department"), queries.department_choices()),
            filters.Choice("requirement", _("Requirement"), queries.requirement_choices()),
        ],
    )


def selection_of(chosen: filters.FilterSet) -> queries.Selection:
    """The filters as the queries take them."""
    return queries.Selection(
        search=chosen.value("q", ""),
        standing=chosen.value("standing"),
        department_code=chosen.value("department"),
        requirement_public_id=chosen.value("requirement"),
    )


class InviteForm(forms.Form):
    """Which department is invited, in the university's own words."""

    label = forms.CharField(
        label=_("Department"),
        max_length=120,
        help_text=_("Only your own site shows this name, until the department has taken up the invitation."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_label(self) -> str:
        """One line, without double blanks."""
        return " ".join(str(self.cleaned_data["label"]).split())


class CodeForm(forms.Form):
    """The code that a university has handed over; blanks, hyphens and case do not matter."""

    code = forms.CharField(
        label=_("Code of the invitation"),
        max_length=40,
        help_text=_(
            "Twelve letters and digits, like K7QM-3FXD-WTBC. It shows you the offer; nothing is shared yet."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
